import DSP
import Realtime

/// How a call ended.
public enum CallEnd: Sendable, Equatable, CustomStringConvertible {
    /// The caller's script came to its end, and the socket closed after it.
    case hungUp
    /// The other side closed the socket.
    case closedByAgent(code: UInt16, reason: String)
    /// It could not be placed, or broke.
    case failed(String)

    public var description: String {
        switch self {
        case .hungUp: "the caller hung up"
        case .closedByAgent(let code, let reason): "closed by the agent: \(code) \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}

/// Both sides of a call, µ-law at 8000 Hz, on the call's clock.
public struct StereoRecording: Sendable {
    /// What the caller sent.
    public var caller: [UInt8]
    /// What was played to the caller.
    public var agent: [UInt8]

    public init(caller: [UInt8], agent: [UInt8]) {
        self.caller = caller
        self.agent = agent
    }

    /// 16-bit samples, caller left and agent right in turn, for a WAV file at 8000 Hz. The shorter
    /// side ends in silence.
    public func interleaved() -> [Int16] {
        let count = max(caller.count, agent.count)
        return [Int16](unsafeUninitializedCapacity: 2 * count) { samples, filled in
            for index in 0..<count {
                samples[2 * index] =
                    index < caller.count ? G711.decodeMuLaw(caller[index]) : 0
                samples[2 * index + 1] =
                    index < agent.count ? G711.decodeMuLaw(agent[index]) : 0
            }
            filled = 2 * count
        }
    }

    /// Writes a stereo WAV file. Blocks on the disk.
    public func write(wav path: String) throws(DSPError) {
        let writer = try AudioFileWriter(
            path: path, format: .wav, sampleRate: 8000, channelCount: 2)
        try writer.write(interleaved())
    }
}

/// What was seen of a call from Twilio's side.
public struct SimulatedCallResult: Sendable {
    public var callSid: String
    public var end: CallEnd
    /// When frame 0 was due; 0 when the stream never started.
    public var startNanos: UInt64 = 0
    public var endNanos: UInt64 = 0
    /// How long the stream lasted.
    public var durationNanos: UInt64 {
        startNanos > 0 && endNanos > startNanos ? endNanos - startNanos : 0
    }
    /// From the start to the first audio: how long the caller waits for the greeting.
    public var greetingNanos: UInt64?
    public var turns: [CallTurn] = []
    /// Silences inside replies: how many, and the first 64.
    public var gapCount: Int = 0
    public var gaps: [PlaybackGap] = []
    public var receivedByteCount: Int64 = 0
    /// How near the playback buffer came to running dry inside a reply; 0 when it did.
    public var slackMsMin: Double?
    /// How far ahead of real time the agent's audio came at most.
    public var bufferedMsMax: Double = 0
    public var mediaMessageCount: Int = 0
    public var markCount: Int = 0
    public var clearCount: Int = 0
    /// Frames sent, and those that the socket had no room for.
    public var frameCount: Int64 = 0
    public var refusedFrameCount: Int64 = 0
    /// How late this side was with its own frames.
    public var lateness = LatencyHistogram()
    /// Messages that Twilio would have refused, the first 16.
    public var protocolErrors: [String] = []
    public var protocolErrorCount: Int = 0
    /// Nil unless asked for.
    public var recording: StereoRecording?

    public init(callSid: String, end: CallEnd) {
        self.callSid = callSid
        self.end = end
    }
}
