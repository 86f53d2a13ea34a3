import Foundation
import Language

/// Fills the wordings of one assistant.
struct Prompts {
    let settings: AssistantSettings

    init(_ settings: AssistantSettings) { self.settings = settings }

    /// The sentences of a prompt, one element each.
    /// - Parameter variant: how often it was said before; the last variant is kept.
    func sentences(
        _ key: some PromptWording, _ values: [String: String] = [:], variant: Int = 0
    ) -> [String] {
        fill(settings.prompts[key] ?? key.standard, values, variant)
    }

    /// The first words of a conversation: the owner's, or a prompt's.
    func greeting(_ key: some PromptWording) -> String {
        settings.greeting ?? sentences(key).joined(separator: " ")
    }

    private func fill(_ variants: [String], _ values: [String: String], _ variant: Int)
        -> [String]
    {
        guard let template = variants.indices.contains(variant) ? variants[variant] : variants.last
        else { return [] }
        return Self.split(template).map { sentence in
            var text = sentence.replacingOccurrences(of: "{name}", with: settings.name)
            for (name, value) in values {
                text = text.replacingOccurrences(of: "{\(name)}", with: value)
            }
            return SaidValues.sentence(text)
        }
    }

    /// Splits before values are filled in, so that a name with a dot does not end a sentence.
    private static func split(_ template: String) -> [String] {
        var result: [String] = []
        var sentence = ""
        for word in template.split(separator: " ") {
            sentence += sentence.isEmpty ? word : " " + word
            if word.last.map({ ".?!".contains($0) }) ?? false {
                result.append(sentence)
                sentence = ""
            }
        }
        if !sentence.isEmpty { result.append(sentence) }
        return result
    }
}
