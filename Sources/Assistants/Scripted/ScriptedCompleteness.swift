import Language
import Pipelines

/// Judges how much of an answer the words so far are, by their form.
enum ScriptedCompleteness {
    /// A sentence does not end with these.
    private static let openWords: Set<String> = [
        "for", "at", "um", "uh", "erm", "er", "hmm", "and", "a", "an", "the", "on", "with", "of",
        "or", "my", "is", "under", "in", "like", "i'd", "i'll", "it's", "its", "but", "because",
        "so", "around", "about", "maybe", "we", "we're", "i", "i'm", "next", "this", "half",
        "quarter", "past", "make", "want", "need", "would", "could", "can", "name's",
        "are", "be", "if", "then", "from", "by", "let", "let's", "actually", "well",
        "mr", "mrs", "ms", "dr", "between", "until", "to",
    ]

    /// Nil where it depends on what was asked.
    /// - Parameter mayEndOpen: true where the last word is an answer although sentences go on after it.
    static func ofForm(_ utterance: Utterance, mayEndOpen: Bool) -> Completeness? {
        guard let last = utterance.tokens.last else { return .unknown }
        if last.breakAfter == .ellipsis || last.breakAfter == .comma { return .incomplete }
        if !mayEndOpen, openWords.contains(last.text) { return .incomplete }
        let commands = HeardCommand.matches(in: utterance).filter { !$0.value.isWeak }
        guard let command = commands.first else { return nil }
        // Whoever asks for a moment goes on after it.
        if commands.allSatisfy({ $0.value.command == .wait }) { return .incomplete }
        return command.range.count == utterance.count ? .complete : nil
    }
}
