import Foundation
import Language
import Pipelines

/// A call of a tool by a scripted dialogue.
public protocol ScriptedToolCall: Sendable, Equatable {
    associatedtype Answer: Sendable, Equatable
    /// True when it only looks, so that it may run before the caller's turn is final.
    var isReadOnly: Bool { get }
    /// What it would do, where it changes something; the same for the same (``EffectName``).
    func effectName(in context: ToolContext) -> String?
    /// Any thread; does not block.
    func run(in context: ToolContext, completion: @escaping ToolCompletion<Answer>)
    /// What was done, as the other engines of a chain are told of it; nil where they need not know.
    func action(answered answer: Answer) -> DialogueAction?
}

/// An event of a dialogue.
public enum DialogueEvent<Answer: Sendable>: Sendable {
    case caller(CallerInput)
    /// The tool that the last step called has answered.
    case answer(Result<Answer, ToolError>)
}

/// The step that a dialogue makes of an event.
public struct DialogueStep<State: Sendable, Call: ScriptedToolCall>: Sendable {
    public enum Next: Sendable, Equatable {
        /// The caller's turn.
        case listen
        /// The answer is needed before more can be said.
        case call(Call)
        case hangUp
        case handOver(number: String)
    }

    public var state: State
    public var sentences: [String]
    public var next: Next

    public init(state: State, sentences: [String], next: Next) {
        self.state = state
        self.sentences = sentences
        self.next = next
    }
}

/// A dialogue as a pure state machine: an event and the time in, a new state, sentences and perhaps
/// a tool call out. No input or output, no clock of its own; any thread.
public protocol ScriptedDialogue: Sendable {
    /// Kept between the messages of a conversation by text; what can be read again is left out.
    associatedtype State: Sendable, Equatable, Codable
    associatedtype Call: ScriptedToolCall
    var initialState: State { get }
    /// What is said before the caller speaks.
    var greeting: String { get }
    func step(_ state: State, _ event: DialogueEvent<Call.Answer>, now: Date)
        -> DialogueStep<State, Call>
    /// Judges the words so far against what was asked last.
    func completeness(of text: String, in state: State, now: Date) -> Completeness
    /// True when the caller was asked to agree to something that a yes would do: only a yes to what
    /// was heard counts.
    func asksForAgreement(in state: State) -> Bool
    /// The state after the caller has heard `text` of the last reply.
    func heard(_ text: String, in state: State) -> State
    /// The state after another engine's tool has done something in this conversation.
    func witnessed(_ action: DialogueAction, in state: State, now: Date) -> State
    /// The state after another engine's reply was heard, of which this dialogue has followed the
    /// caller's side: what was asked, and whether what is to be done was read back.
    func overheard(_ reply: String, in state: State, now: Date) -> State
}
