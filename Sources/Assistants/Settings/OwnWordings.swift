/// An owner's wordings in place of the standard ones, by prompts of any kind of dialogue.
public struct OwnWordings: Sendable {
    private struct Name: Hashable {
        /// Prompts of two dialogues may be called alike.
        var owner: ObjectIdentifier
        var prompt: String
    }

    private var variants: [Name: [String]] = [:]

    public init() {}

    /// The variants of a prompt that are said in turn; nil for the standard ones.
    public subscript<Prompt: PromptWording>(prompt: Prompt) -> [String]? {
        get { variants[Name(owner: ObjectIdentifier(Prompt.self), prompt: prompt.rawValue)] }
        set {
            variants[Name(owner: ObjectIdentifier(Prompt.self), prompt: prompt.rawValue)] = newValue
        }
    }

    /// The names of those that have no text.
    var empty: [String] { variants.filter { $0.value.isEmpty }.map(\.key.prompt).sorted() }
}
