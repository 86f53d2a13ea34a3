/// The record of one turn, in milliseconds from the end of the caller's speech (from the moment
/// the turn was taken where the caller did not speak); nil where something did not happen.
public struct TurnRecord: Sendable, Equatable {
    public enum Outcome: String, Sendable {
        case heard, interrupted, merged, failed, cutOff
    }

    public var turn: TurnID
    public var input: CallerInput?
    /// Nanoseconds of the monotonic clock.
    public var speechEndNanos: UInt64
    /// The turn was decided to be over.
    public var endpointMs: Double = 0
    public var transcriptMs: Double?
    public var firstPartMs: Double?
    public var firstSentenceMs: Double?
    public var firstSpeechByteMs: Double?
    public var firstFrameSentMs: Double?
    /// By the mark behind the first frame.
    public var firstFramePlayedMs: Double?
    public var finishedMs: Double = 0

    public var callerText: String
    public var replyText: String
    public var heardText: String
    /// The reply was begun before the turn was over.
    public var isSpeculative: Bool
    /// Replies begun for this turn and thrown away.
    public var wastedSpeculations: Int
    public var hasFiller: Bool
    public var outcome: Outcome

    public var isInterrupted: Bool { outcome == .interrupted }
}
