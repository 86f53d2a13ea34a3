/// How a conversation came to its end.
public enum ConversationEnding: Sendable, Equatable {
    /// The dialogue said goodbye, or the caller was silent too often.
    case hangUp
    /// The caller is to be connected to `number`.
    case handOver(number: String)
    /// The longest call time was reached.
    case timeLimit
    /// The caller hung up or the stream broke.
    case callerGone
    /// Several turns in a row could not be answered.
    case failed
}

/// An action that the turn machine wants done, in order.
public enum TurnAction: Sendable, Equatable {
    /// A new utterance: forget what was fed before, feed from this sample on.
    case beginUtterance(fromSample: Int64)
    /// The last utterance goes on: keep what was fed, feed on, from this sample where it was not yet.
    case continueUtterance(fromSample: Int64)
    /// Stop feeding; what the detector finds next is a new beginning.
    case endUtterance
    /// Answer with ``TurnMachine/transcribed(_:_:_:at:)`` or ``TurnMachine/transcriptFailed(_:at:)``.
    case requestTranscript(Int)
    case cancelTranscript
    /// Begin a reply; nothing of it may be heard, or have an effect, before `commit`.
    case startReply(turn: TurnID, input: CallerInput, isSpeculative: Bool)
    /// The reply was begun in vain: the caller went on. No trace of it may stay.
    case discardReply(turn: TurnID)
    /// The turn is the caller's final word: effects may happen, and speech may be sent.
    case commit(turn: TurnID, speechEndNanos: UInt64)
    /// Stop playout and clear what was sent ahead; it may be resumed.
    case holdPlayout(turn: TurnID)
    /// It was nothing: go on from where the caller heard speech stop.
    case resumePlayout(turn: TurnID)
    /// The caller interrupted: the reply is over, what was heard of it is what counts.
    case interrupt(turn: TurnID)
    /// The reply is over, though the caller has said nothing: what was heard of it is what counts.
    case cutOff(turn: TurnID)
    /// The caller went on before hearing anything: the reply is over, the words join the next turn.
    case merge(turn: TurnID)
    /// Say this within the reply of `turn`, before what is still to come.
    case sayFiller(turn: TurnID)
    /// The reply failed or is too late: cancel the rest and say so instead.
    case apologize(turn: TurnID)
    /// Not even the apology could be said.
    case giveUp(turn: TurnID)
    /// The longest call time is reached: say goodbye as reply `turn`.
    case sayGoodbye(turn: TurnID)
    /// What the caller says is understood by nobody any more: say so as reply `turn`, the last one.
    case sayFailure(turn: TurnID)
    case end(ConversationEnding)
}
