import Pipelines

/// Something that happened in a call, for whoever looks on.
public struct CallEvent: Sendable {
    public enum Kind: Sendable {
        case began
        /// Once a stage at most.
        case conversation(ConversationEvent)
        case turn(TurnRecord)
        /// So many frames of the caller's audio did not arrive, and silence stands in for them.
        case audioLost(frameCount: Int)
        /// A command was done: its name.
        case commanded(String)
        case ended(CallSummary)
    }

    public let call: CallDescription
    /// The leg of the call, as ``CallHandle/leg`` counts.
    public let leg: UInt64
    /// Nanoseconds of the monotonic clock.
    public let atNanos: UInt64
    public let kind: Kind

    public init(call: CallDescription, leg: UInt64, atNanos: UInt64, kind: Kind) {
        self.call = call
        self.leg = leg
        self.atNanos = atNanos
        self.kind = kind
    }
}

/// A call at its end.
public struct CallSummary: Sendable {
    /// Nil where the carrier ended it.
    public var ending: ConversationEnding?
    /// In words, for the log.
    public var why: String
    /// False where something went wrong.
    public var isOrderly: Bool
    public var seconds: Double
    /// Seconds since 1970-01-01T00:00Z.
    public var endedAt: Int64
    public var counters: ConversationCounters
    /// Messages that the carrier would not take.
    public var refusedMessages: Int
}
