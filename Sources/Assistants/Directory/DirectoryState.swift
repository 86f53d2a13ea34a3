import Pipelines

/// Everything the directory's dialogue remembers of one conversation.
public struct DirectoryState: ScriptedState, Equatable, Codable {
    /// A hospital that is asked about.
    struct Subject: Sendable, Equatable, Codable {
        var words: [String]
        var spoken: String
        /// All that was said where the name was, to be judged by its sound.
        var phrase: [String] = []
    }

    enum Stage: Sendable, Equatable, Codable {
        case open
        /// Several fit; it was asked which is meant.
        case choosing([Int])
        /// The city of a subject, or of a list where there is none, was asked for.
        case askingCity(Subject?)
        /// "Do you mean …?"; of names where no city was said, whichever branch it is.
        case guessing([Int], hasCity: Bool)
        /// "Do you mean a city?", for a list.
        case guessingCity(Int)
    }

    /// Nil until the first thing is said.
    var index: HospitalIndex?
    /// Of the directory that positions in the state are of.
    var version: Int64?
    /// What was said while the directory was being looked up.
    var heldInput: CallerInput?
    var stage = Stage.open
    /// The rest of a list that was begun.
    var more: [Int] = []
    /// It was just asked whether to go on with a list.
    var isOffering = false
    /// What "it" and "the second one" mean.
    var focus: [Int] = []
    /// The subject of the last question, for "and in Pune?".
    var subject: Subject?

    var question = DirectoryPromptKey.ask
    var askCounts: [DirectoryPromptKey: Int] = [:]
    var lastReply: [String] = []
    var hasProgressed = false
    /// A question was answered in this conversation.
    var hasAnswered = false
    var failures = 0
    var storeFailures = 0

    public init() {}

    /// The members that a conversation keeps between its messages: the directory is read again.
    private enum CodingKeys: CodingKey {
        case version, stage, more, isOffering, focus, subject, question, askCounts, lastReply
        case hasProgressed, hasAnswered, failures, storeFailures
    }

    /// Takes the directory, which may be another one than when the conversation was left.
    mutating func take(_ index: HospitalIndex) {
        self.index = index
        defer { version = index.version }
        guard let version, version != index.version else { return }
        // Positions mean other hospitals now.
        stage = .open
        more = []
        isOffering = false
        focus = []
    }
}

/// A tool call of the directory's dialogue: all it needs is the index, once in a conversation.
public struct DirectoryCall: ScriptedToolCall {
    public var isReadOnly: Bool { true }

    public func effectName(in context: ToolContext) -> String? { nil }

    /// The index is this dialogue's own: other engines have tools that answer from it.
    public func action(answered answer: HospitalIndex) -> DialogueAction? { nil }

    public func run(in context: ToolContext, completion: @escaping ToolCompletion<HospitalIndex>) {
        context.directories.index(
            assistantID: context.rules.settings.id, store: context.store, completion: completion)
    }
}
