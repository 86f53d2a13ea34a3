/// One thing the caller said and what the agent did then. Times are nanoseconds on the monotonic
/// clock.
///
/// Frame n of 160 samples is due at start + n · 20 ms. The end of speech is when the frame that
/// carries the last sample of speech was due to be sent: a server cannot know of that sample
/// earlier. The mouth that said it closed up to 20 ms before, since a telephone sends a frame when
/// its last sample has been taken: ``mouthClosedNanos``.
public struct CallTurn: Sendable, Equatable {
    public var text: String
    public var expectsReply: Bool
    /// It was said over the agent's words.
    public var isBargeIn: Bool
    /// The caller had waited in vain for the agent before saying it.
    public var isAfterTimeout: Bool
    /// When the frame with the first sample of speech was due.
    public var speechStartNanos: UInt64
    /// When the frame with the last sample of speech was due.
    public var speechEndNanos: UInt64
    /// Where in that frame the last sample stands, 0…159.
    public var lastSpeechSample: Int
    /// When the first audio of the answer came.
    public var firstReplyNanos: UInt64?
    /// When a `clear` came between the beginning of this utterance and the answer to it.
    public var clearNanos: UInt64?
    /// When the last audio came that was under way before the `clear`.
    public var lastOldAudioNanos: UInt64?
    /// When audio first came that the caller had not finished the sentence for: the agent cut in.
    public var cutInNanos: UInt64?
    /// Audio that came as the answer.
    public var replyByteCount: Int64 = 0

    /// When the last sample of speech was spoken.
    public var mouthClosedNanos: UInt64 {
        let sinceThen = UInt64(SampleClock.frameSampleCount - 1 - lastSpeechSample)
        return speechEndNanos - sinceThen * SampleClock.sampleNanos
    }

    /// From the end of speech to the first audio of the answer; nil when none came.
    public var responseNanos: UInt64? {
        firstReplyNanos.map { $0 > speechEndNanos ? $0 - speechEndNanos : 0 }
    }

    /// As `responseNanos`, from when the mouth closed.
    public var responseFromMouthNanos: UInt64? {
        firstReplyNanos.map { $0 > mouthClosedNanos ? $0 - mouthClosedNanos : 0 }
    }

    /// From the first frame of speech to the `clear`; nil when none came.
    public var clearLatencyNanos: UInt64? { clearNanos.map { $0 - speechStartNanos } }

    /// From the first frame of speech to the last audio of what it talked over.
    public var lastOldAudioLatencyNanos: UInt64? {
        lastOldAudioNanos.map { $0 > speechStartNanos ? $0 - speechStartNanos : 0 }
    }

    /// An answer was due and none came before the caller spoke again or hung up.
    public var isUnanswered: Bool { expectsReply && firstReplyNanos == nil }
}
