/// How the stand-ins behave.
public struct ServiceStandInOptions: Sendable {
    /// What the language model does.
    public enum ChatMode: String, Sendable {
        /// Says the same reply to everything.
        case reply
        /// Books tables with the tools that it is given; without tools, the reply.
        case tools
        /// Notes what it hears, each time in other words, and asks what callers who
        /// `--say answers` answer next.
        case ask
    }

    /// A numeric address.
    public var host = "127.0.0.1"
    /// 0 lets the system choose.
    public var port = 0
    /// Delay of a transcript.
    public var transcription = LatencyDistribution.constant(ms: 150)
    /// Delay of the first token.
    public var chatFirst = LatencyDistribution.constant(ms: 200)
    /// Delay of every further token.
    public var chatToken = LatencyDistribution.constant(ms: 10)
    /// Delay of the first byte of speech.
    public var speechFirst = LatencyDistribution.constant(ms: 100)
    /// Seconds of speech that are sent in a second.
    public var speechSpeedup = 20.0
    /// Seed of all delays.
    public var seed: UInt64 = 1
    public var chatMode = ChatMode.reply
    /// What the language model says.
    public var reply = "Certainly, that is noted. Is there anything else that I can do for you?"
    /// The words of audio that is none of the fixtures.
    public var transcript = "a table for four please"
    /// Who may use Twilio's REST API, and what they have to know; empty lets everybody in.
    public var twilioAccountSid = ""
    public var twilioAuthToken = ""
    /// By how many seconds Twilio's clock is ahead of this machine's.
    public var twilioClockSeconds = 0
    /// Delay of an answer of Twilio's REST API.
    public var twilio = LatencyDistribution.constant(ms: 0)
    /// The largest body of a request, in bytes.
    public var bodyBytesMax = 26_214_400

    public init() {}
}
