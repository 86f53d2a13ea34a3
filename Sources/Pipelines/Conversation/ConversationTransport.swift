/// The way from a conversation to its caller. Called on the call's loop; must not call back into
/// the conversation before returning, and must outlive it.
public protocol ConversationTransport: AnyObject {
    /// Speech to append to the other side's buffer, in the form of ``ConversationOptions/audio``; valid during
    /// the call.
    func sendMedia(_ speech: UnsafeBufferPointer<UInt8>)
    /// Asks for word when everything sent so far has been played.
    func sendMark(_ name: MarkName)
    /// Empties the other side's buffer; pending marks come back at once.
    func sendClear()
    /// Between these, several messages may be gathered into one write.
    func cork()
    func uncork()
    /// Sets the conversation's one timer: call ``Conversation/advance(nowNanos:)`` at that time; nil
    /// stops it. Called only when the time has changed.
    func setTimer(atNanos: UInt64?)
    /// The conversation is over and closed. Not called after ``Conversation/end(nowNanos:)``.
    func conversationEnded(_ ending: ConversationEnding)
}

/// Something in a conversation worth a log line; times in milliseconds.
public enum ConversationEvent: Sendable {
    case started
    case callerSpeaking
    case callerPaused
    /// `ms` from the request to the transcript.
    case transcribed(text: String, ms: Double)
    /// The first sentence of a reply came `ms` after it was asked for.
    case replied(turn: TurnID, text: String, ms: Double, isSpeculative: Bool)
    /// A sentence is spoken to its end; `ms` from the request to the first byte, 0 from the cache.
    case synthesized(turn: TurnID, text: String, byteCount: Int, ms: Double)
    /// Speech over the agent stopped playout; what it was is not known yet.
    case playoutHeld(turn: TurnID)
    /// It was nothing: speech goes on.
    case playoutResumed(turn: TurnID)
    /// The caller took the turn after hearing this much.
    case interrupted(turn: TurnID, heard: String)
    /// The caller went on before hearing the reply; the words belong to the next turn.
    case merged(turn: TurnID)
    case speculationWasted(turn: TurnID)
    /// Synthesis was slower than speech.
    case underrun(turn: TurnID)
    case callerSilent(count: Int)
    case dtmf(String)
    /// More keys were pressed than a number has: these are dropped. Told once a number.
    case dtmfLimitReached(digitsMax: Int)
    case stageFailed(StageError)
    case ended(ConversationEnding)
}

/// Watches a conversation, for the log, the metrics and the console. Called on the call's loop.
public protocol ConversationObserver: AnyObject {
    func conversation(_ event: ConversationEvent)
    /// A turn's reply has been heard, interrupted or given up.
    func turnFinished(_ record: TurnRecord)
}
