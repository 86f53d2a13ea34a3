import DSP
import Language

/// Names one turn of one call: the n-th thing the caller said, counted from 1.
public typealias TurnID = Int

/// The facts of a call that are known when its stages are made.
public struct CallInfo: Sendable {
    public var callSid: String
    public var assistantID: String
    /// Caller's and called number in E.164, empty when the stream did not say.
    public var from: String
    public var to: String
    public var language: String
    /// Names that the caller is likely to say, such as those on the menu; the likeliest first.
    public var vocabulary: [String] = []
    /// How the two understand each other.
    public var channel: Channel

    /// A way to an assistant.
    public enum Channel: Sendable, Equatable { case voice, text }

    public init(
        callSid: String, assistantID: String, from: String = "", to: String = "",
        language: String = "en", channel: Channel = .voice
    ) {
        self.callSid = callSid
        self.assistantID = assistantID
        self.from = from
        self.to = to
        self.language = language
        self.channel = channel
    }
}

/// Why a stage could not do its work; the turn goes on to the next engine of its chain.
public enum StageError: Error, Sendable, CustomStringConvertible {
    case timedOut(stage: String, afterMs: Int)
    case failed(stage: String, reason: String)
    case overloaded(stage: String)

    public var description: String {
        switch self {
        case .timedOut(let stage, let afterMs): "\(stage) did not answer within \(afterMs) ms"
        case .failed(let stage, let reason): "\(stage) failed: \(reason)"
        case .overloaded(let stage): "\(stage) has no free worker; lower limits.maxCalls or add one"
        }
    }
}

// MARK: - Speech to text

/// A transcript of the utterance so far.
public struct Transcript: Sendable, Equatable, Codable {
    public var text: String
    /// 0…1 where the engine says so.
    public var confidence: Double?

    public init(text: String, confidence: Double? = nil) {
        self.text = text
        self.confidence = confidence
    }
}

/// A speech-to-text engine, shared by all calls. `makeSession` is called on the call's loop.
public protocol SpeechToText: Sendable {
    var name: String { get }
    func makeSession(call: CallInfo, loop: any CallLoop) -> any SpeechToTextSession
}

/// The hint that an engine which hears the ends of turns makes of the caller's last words.
public enum EndOfTurnHint: Sendable, Equatable {
    /// The turn is likely to end here; nothing is decided.
    case likely
    /// It did not: the caller goes on.
    case resumed
    /// The turn has ended.
    case ended
}

/// One call's recogniser. Bound to the call's loop: every method is called there, every callback
/// arrives there.
///
/// The audio of one utterance is fed as it comes; a transcript of what has been fed can be asked for
/// at any moment, more than once (speculation, then again if the caller went on).
public protocol SpeechToTextSession: AnyObject {
    /// A new utterance begins; what was fed before is forgotten and pending requests are cancelled.
    func beginUtterance()
    /// Takes linear 16-bit samples at 8 kHz. Does not allocate, lock or wait. Samples beyond the
    /// engine's limit are dropped and counted.
    func feed(_ samples: UnsafeBufferPointer<Int16>)
    /// Asks for the transcript of all that has been fed. The answer comes exactly once, on the loop,
    /// possibly before this returns, unless cancelled.
    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void)
    /// Aborts the request under way, if any; its completion is not called.
    func cancelRequest()
    /// The call is over; frees what is held.
    func close()
    /// Told, on the loop, what the engine makes of the utterance's end, where it hears that.
    var onEndOfTurn: ((EndOfTurnHint) -> Void)? { get set }
}

extension SpeechToTextSession {
    /// Nothing is ever told.
    public var onEndOfTurn: ((EndOfTurnHint) -> Void)? {
        get { nil }
        set {}
    }
}

// MARK: - Dialogue

/// The caller's part in a turn.
public enum CallerInput: Sendable, Equatable, Codable {
    case speech(Transcript)
    case dtmf(String)
    /// Nothing was said for the idle time-out; the n-th time in a row, from 1.
    case silence(count: Int)
    /// Speech was heard but no words were understood.
    case unintelligible
}

/// A part of a reply: what a dialogue says and does, in order.
public enum ReplyPart: Sendable, Equatable {
    /// One speakable sentence.
    case sentence(String)
    /// Speech that the dialogue itself makes, perhaps still growing, with what is known of its words
    /// (``SpeechClip/transcript``). Where the channel is text, a dialogue answers in sentences.
    case speech(SpeechClip)
    /// Hang up when all has been heard.
    case hangUp
    /// Hand over to a human (TwiML after the stream ends) when all has been heard.
    case handOver(number: String)
    /// No more parts for this turn.
    case end
}

/// A dialogue engine (scripted, LLM), shared by all calls.
public protocol DialogueEngine: Sendable {
    var name: String { get }
    func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession
}

/// One call's dialogue. Bound to the call's loop, like ``SpeechToTextSession``.
public protocol DialogueSession: AnyObject {
    /// What is said first; nil where the caller is to speak first.
    var greeting: String? { get }
    /// Judges the words so far against what was asked last; `.unknown` leaves it to the conversation
    /// (``ConversationOptions/judgesWords``). Cheap: microseconds.
    func completeness(of text: String) -> Completeness
    /// Works out the reply. Parts arrive at `output` on the loop, in order, ending with `.end` or an
    /// error. Until ``commit(turn:)`` nothing with an effect may happen (no row written, no message
    /// sent) and the session's memory of the conversation does not change; parts that depend on an
    /// effect wait for it. A second call for the same turn replaces the first.
    func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void)
    /// The turn is the caller's final word: effects may happen, memory may change.
    func commit(turn: TurnID)
    /// The reply is not wanted any more. Before commit: leave no trace. After it: stop producing.
    func cancel(turn: TurnID)
    /// What the caller really heard of the reply, once it is known (all of it, or cut by a barge-in).
    func heard(turn: TurnID, text: String)
    func close()

    // What a chain of engines asks; the defaults are right for an engine that can't take part.

    /// Whether another engine may still be asked in place of this one.
    func standing(of turn: TurnID) -> ReplyStanding
    /// Like ``respond(to:turn:output:)`` after another engine broke off: the caller has heard `said`,
    /// and only the rest is wanted. False, and nothing done, where that can't be.
    func respond(
        to input: CallerInput, turn: TurnID, after said: [String],
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) -> Bool
    /// Another engine answered this turn, or went on with it; the caller heard `reply` of it.
    func overheard(_ input: CallerInput, turn: TurnID, reply: String)
    /// What this engine's tools have done in committed turns since this was last asked, oldest first.
    func takeActions() -> [DialogueAction]
    /// Another engine's tools have done this, in that turn or before it.
    func witnessed(_ actions: [DialogueAction], turn: TurnID)

    // What a conversation asks that is held in pieces: one webhook a turn, on any loop or node.

    /// What the session remembers, as text that ``resume(from:)`` of a later session takes up; nil
    /// where that can't be. Only between turns: not while a reply is being worked out.
    var memory: String? { get }
    /// Takes up the conversation that `memory` was of. Before the first turn. False, and nothing
    /// changed, where it is none of this engine's.
    func resume(from memory: String) -> Bool
}

/// A call of a tool in a conversation, with its answer: what every engine of a chain has to know so
/// that each can go on where another stopped.
public struct DialogueAction: Sendable, Equatable, Codable {
    /// The tool's declared name.
    public var tool: String
    /// A JSON object.
    public var arguments: String
    /// JSON.
    public var answer: String
    /// True when something was changed by it.
    public var hasEffect: Bool

    public init(tool: String, arguments: String, answer: String, hasEffect: Bool) {
        self.tool = tool
        self.arguments = arguments
        self.answer = answer
        self.hasEffect = hasEffect
    }
}

/// How far a reply has got, as far as trying it again elsewhere goes.
public enum ReplyStanding: Sendable {
    /// Nothing but thinking has happened.
    case working
    /// An effect waits for the commit: there is nothing to be impatient about.
    case awaitingCommit
    /// An effect has begun; asking another engine could have it happen twice.
    case acted
}

extension DialogueSession {
    public func standing(of turn: TurnID) -> ReplyStanding { .working }
    public func respond(
        to input: CallerInput, turn: TurnID, after said: [String],
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) -> Bool { false }
    public func overheard(_ input: CallerInput, turn: TurnID, reply: String) {}
    public func takeActions() -> [DialogueAction] { [] }
    public func witnessed(_ actions: [DialogueAction], turn: TurnID) {}
    public var memory: String? { nil }
    public func resume(from memory: String) -> Bool { false }
}

extension CallerInput {
    /// The caller's own part of it as it is recorded; empty where nothing was said or keyed.
    public var recordedText: String {
        switch self {
        case .speech(let transcript): transcript.text
        case .dtmf(let keys): keys
        case .silence, .unintelligible: ""
        }
    }
}

// MARK: - Text to speech

/// A text-to-speech engine, shared by all calls.
public protocol TextToSpeech: Sendable {
    var name: String { get }
    /// Starts to speak `text` into a clip of the form `audio`, which can be read while it grows. Called on any
    /// thread; synthesis runs elsewhere. `onAudio` is called (on any thread) when samples or the end were
    /// added. Cancel through the clip.
    func synthesize(
        _ text: String, voice: String?, audio: CallAudio, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip
    /// Opens what the sentences of a call on this loop, in this voice, are going to need. On that loop;
    /// returns at once, and is cheap when it was done a moment ago.
    func warm(voice: String?, on loop: any CallLoop)
}

extension TextToSpeech {
    public func warm(voice: String?, on loop: any CallLoop) {
        (self as? any ServiceWarming)?.warm(on: loop)
    }
}

// MARK: - Remote services

/// An engine that talks to a server, and can make its connections before they are needed.
public protocol ServiceWarming: Sendable {
    /// Opens what a call on this loop is going to need. On that loop; returns at once. Harmless and
    /// cheap when it was done a moment ago.
    func warm(on loop: any CallLoop)
}
