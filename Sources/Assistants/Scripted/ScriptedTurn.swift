import Language
import Pipelines

/// The part of a dialogue's memory that all scripted dialogues have.
protocol ScriptedState: Sendable {
    associatedtype Prompt: DialoguePrompt

    /// The question asked last, for repeating it and for asking it differently.
    var question: Prompt { get set }
    /// The wording that comes next where a question has to be asked again.
    var askCounts: [Prompt: Int] { get set }
    var lastReply: [String] { get set }
    /// The caller said something of use in this turn.
    var hasProgressed: Bool { get set }
    /// Turns in a row without progress.
    var failures: Int { get set }
    /// Calls in a row to which the store gave no answer.
    var storeFailures: Int { get set }
}

/// The part of an understanding that all scripted dialogues take from an utterance.
protocol ScriptedUnderstanding {
    var answer: HeardAnswer? { get }
    var commands: [HeardCommand] { get }
    /// Commands that count only when nothing else was understood.
    var weakCommands: [HeardCommand] { get }
    var isQuestion: Bool { get }
    var isEmpty: Bool { get }

    /// True when the words of a command are meant as one beside all else that was said: "operator" may
    /// be a word of what is broken.
    func isMeant(_ command: HeardCommand) -> Bool
}

/// The prompts of a dialogue, with those that the machine of all dialogues says.
protocol DialoguePrompt: PromptWording {
    static var greeting: Self { get }
    static var help: Self { get }
    static var outOfScope: Self { get }
    static var anythingElse: Self { get }
    static var storeFailed: Self { get }
    static var tryAgain: Self { get }
}

/// One event's way through a scripted dialogue: a copy of the state that is worked on, and the reply.
///
/// What all dialogues do alike is in the extensions: what the caller did becomes words, commands or a
/// failure in `+Hearing`; questions, trouble and the farewell are put into words in `+Saying`. What a
/// dialogue does in its own way is asked for here, and nothing of it has a default.
protocol ScriptedTurn {
    associatedtype State: ScriptedState
    associatedtype Call: ScriptedToolCall
    associatedtype Said: ScriptedUnderstanding
    typealias Prompt = State.Prompt

    var settings: AssistantSettings { get }
    var state: State { get set }
    var sentences: [String] { get set }
    var next: DialogueStep<State, Call>.Next { get set }

    // MARK: - What comes in

    /// Takes what the caller did: looks up what words are read by, if it is not known yet, and goes on
    /// with ``hear(_:)``.
    mutating func take(_ input: CallerInput)
    /// Takes what a tool answered.
    mutating func take(_ result: Result<Call.Answer, ToolError>)
    /// Reads words as an answer to what was asked, and goes on with ``understand(_:)``.
    mutating func takeSpeech(_ text: String)
    /// Does what only callers of this dialogue ask of the conversation itself; false for anything else.
    mutating func takeOwnCommand(_ said: Said) -> Bool
    /// Takes the answer to what is open.
    mutating func takeAnswer(_ said: Said)

    // MARK: - What is open

    /// True when nothing is under way, so that the only question is whether there is anything else.
    var isDone: Bool { get }
    /// True when the keys 1 and 2 are a yes and a no.
    var expectsYesNo: Bool { get }
    /// True when keys can be an answer: a number that was asked for.
    var takesDigits: Bool { get }
    /// Says the number of what was done last, while the caller has not heard it; nil when they have.
    var unheardNumber: Prompt? { get }
    /// The values of the state that a wording may name.
    func values(of key: Prompt) -> [String: String]

    // MARK: - What is done

    /// Drops what is under way, and asks what was asked first.
    mutating func startOver()
    /// Drops what is under way, or says why it stays.
    mutating func cancel(_ said: Said)
    mutating func askAnythingElse()
    /// Keeps what the store did not take, to be done again at a yes; false where that is looked up again
    /// with whatever is said next.
    mutating func awaitRetry() -> Bool
    /// Does again what the store did not take.
    mutating func retry()
}
