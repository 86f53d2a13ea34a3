/// One sentence, or a few, that a scripted dialogue says, as its owner can replace it.
public struct PromptEntry: Sendable, Equatable {
    public var name: String
    /// The standard wordings, said in turn when the same thing has to be said again.
    public var standard: [String]
    /// Words in braces that are filled in.
    public var placeholders: Set<String>
    /// Those that every wording has to hold: what is agreed to is read back whole.
    public var required: Set<String>

    /// What is wrong with a wording; nil where it can be said.
    public func fault(in wording: String) -> String? {
        let found: Set<String>
        switch Self.placeholders(in: wording) {
        case .failure(let fault): return fault.text
        case .success(let names): found = names
        }
        if let unknown = found.subtracting(placeholders).min() {
            let known = placeholders.sorted().map { "{\($0)}" }.joined(separator: ", ")
            return "{\(unknown)} is not known in \(name); "
                + (known.isEmpty ? "it has no placeholders" : "known here: \(known)")
        }
        if let missing = required.subtracting(found).min() {
            return "\(name) must hold {\(missing)}: what is agreed to is read back whole"
        }
        return nil
    }

    struct BraceFault: Error { var text: String }

    /// The names between braces.
    static func placeholders(in text: String) -> Result<Set<String>, BraceFault> {
        var names: Set<String> = []
        var name: String?
        for character in text {
            switch (character, name) {
            case ("{", nil): name = ""
            case ("{", _): return .failure(BraceFault(text: "a '{' is not closed"))
            case ("}", nil): return .failure(BraceFault(text: "a '}' has no '{' before it"))
            case ("}", let found?):
                names.insert(found)
                name = nil
            default: name?.append(character)
            }
        }
        return name == nil ? .success(names) : .failure(BraceFault(text: "a '{' is not closed"))
    }
}

/// The prompts of a dialogue: names, and wordings that can be replaced.
public protocol PromptWording: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    var standard: [String] { get }
    /// True when it reads back what a yes would do.
    var isReadBack: Bool { get }
}

extension PromptWording {
    /// The entry as an owner sees it: the placeholders of its standard wordings, and the business's
    /// name.
    var entry: PromptEntry {
        func names(_ text: String) -> Set<String> {
            (try? PromptEntry.placeholders(in: text).get()) ?? []
        }
        let all = standard.reduce(into: Set(["name"])) { $0.formUnion(names($1)) }
        return PromptEntry(
            name: rawValue, standard: standard, placeholders: all,
            required: isReadBack ? names(standard[0]) : [])
    }

    static var entries: [PromptEntry] { allCases.map(\.entry) }

    /// Puts a wording in the place of the standard one; false where the name is another dialogue's.
    static func replace(
        _ name: String, by variants: [String], in wordings: inout OwnWordings
    ) -> Bool {
        guard let key = Self(rawValue: name) else { return false }
        wordings[key] = variants
        return true
    }
}
