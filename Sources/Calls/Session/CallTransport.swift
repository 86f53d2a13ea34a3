import DSP
import Pipelines

/// The reason why a call's transport is closed from our side.
public enum TransportClosing: Sendable, Equatable {
    /// The conversation has ended; the carrier goes on with the call, or ends it.
    case ended
    /// This node goes away; the carrier may connect the call again.
    case goingAway
    /// What is sent there is not read.
    case unread
}

/// What carries a call's audio between us and the caller: Twilio's Media Streams, a browser's
/// connection, or a test. On the call's loop.
///
/// It hands what comes from the other side to a ``CallSession``, and sends what that wants sent. It
/// must not call the session back from a method of this, and must live as long as the session does.
public protocol CallTransport: AnyObject {
    /// The form of what it carries, both ways; the same for the whole call.
    var audio: CallAudio { get }
    /// Sends speech to append to the other side's buffer, in the form ``audio``; valid during the call.
    /// Never waits or allocates.
    func sendMedia(_ speech: UnsafeBufferPointer<UInt8>)
    /// Asks for word when everything sent so far has been played.
    func sendMark(_ name: MarkName)
    /// Empties the other side's buffer; pending marks come back at once.
    func sendClear()
    /// Between these, several messages may be gathered into one write.
    func cork()
    func uncork()
    /// Messages that the other side would not take, as it does not read what it was sent.
    var refusedMessageCount: Int { get }
    /// Nothing more is sent. Called once at most, and not after the session was told of an end.
    func close(_ why: TransportClosing)
}
