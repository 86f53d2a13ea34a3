/// The limits of a stream.
public struct MediaStreamLimits: Sendable, Equatable {
    /// Audio in one `media` message, in bytes. Twilio sends 160.
    public var payloadBytesMax: Int
    /// How long the peer may take from the handshake to `start`; 0: for ever.
    public var startTimeoutMs: Int
    /// How long no audio may come after `start`; 0: for ever. Twilio sends a frame every 20 ms.
    public var mediaTimeoutMs: Int
    /// The largest gap in the chunk numbers that is reported with a piece of audio. A larger one is
    /// reported and counted as this many, so that a wild number cannot make anyone fill hours.
    public var chunkGapMax: UInt64

    public init(
        payloadBytesMax: Int = 8000, startTimeoutMs: Int = 10_000, mediaTimeoutMs: Int = 30_000,
        chunkGapMax: UInt64 = 500
    ) {
        precondition(payloadBytesMax > 0 && startTimeoutMs >= 0 && mediaTimeoutMs >= 0)
        self.payloadBytesMax = payloadBytesMax
        self.startTimeoutMs = startTimeoutMs
        self.mediaTimeoutMs = mediaTimeoutMs
        self.chunkGapMax = chunkGapMax
    }
}
