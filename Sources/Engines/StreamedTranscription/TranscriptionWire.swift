import DSP
import Pipelines
import Wire

/// A service's protocol of streamed recognition, without its socket: what has to be sent, and what
/// comes back means. One value a connection.
///
/// Positions are samples at 8 kHz, counted from the first that was sent on the connection.
package protocol TranscriptionWire {
    /// What the service is told first.
    mutating func opened() -> [WireMessage]
    /// An utterance begins at `start`: what was said before it is of no interest any more.
    mutating func utteranceBegan(at start: Int) -> [WireMessage]
    /// The words up to `end` are wanted, of which the last sound ends at `soundEnd`. All of that has
    /// been sent.
    mutating func wordsWanted(through end: Int, soundEnd: Int) -> [WireMessage]
    /// A message of the service.
    mutating func received(_ message: JSONValue) throws(WireFault) -> EndOfTurnHint?
    /// The service has closed the connection, or it broke.
    mutating func closed(normally: Bool)
    /// The words that are wanted, once they are there.
    var words: Transcript? { get }
}

extension TranscriptionWire {
    package mutating func opened() -> [WireMessage] { [] }
    package mutating func closed(normally: Bool) {}
}

/// One message to a service, besides audio.
package enum WireMessage: Equatable, Sendable {
    case text(String)
    /// An empty binary message.
    case endOfAudio

    static func json(_ members: JSONValue.Member...) -> WireMessage {
        .text(String(decoding: JSONValue.object(members).encoded(), as: UTF8.self))
    }
}

/// A message that tells of trouble, or that nobody can understand.
package struct WireFault: Error {
    package var reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The traits of a service's protocol that do not change.
struct WireTraits: Sendable {
    /// The message that goes out when no audio has for some time, so that the service does not hang
    /// up.
    enum KeepAlive: Sendable {
        case text(String)
        /// For services that know only audio.
        case silence(ms: Int)
    }

    var audio: WireAudio
    var keepAlive: (message: KeepAlive, everyMs: Int)?
    /// Said before the connection is closed.
    var farewell: String?
    /// True when the words can only be had by ending the audio, so that each request uses its
    /// connection up.
    var endsWithRequest = false
}

/// Positions in a stream at 8 kHz.
enum StreamTime {
    static let samplesPerSecond = Double(CallAudio.listening.sampleRate)
    /// No call is longer: a month.
    static let secondsMax = 2_678_400.0

    /// - Parameter seconds: what a service says, nonsense included: the place stays in any call's range.
    static func samples(seconds: Double) -> Int {
        guard seconds.isFinite else { return 0 }
        return Int((min(max(seconds, 0), secondsMax) * samplesPerSecond).rounded())
    }
}
