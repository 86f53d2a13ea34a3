import DSP
import Net

/// How one service is asked over HTTP to speak a sentence, and in what form its speech comes.
///
/// Shared by all calls; ``RemoteSpeech`` does the rest, which is the same for all services.
public protocol SpeechWire: Sendable {
    var name: String { get }
    var service: RemoteService { get }
    /// The request for one sentence.
    /// - Parameters:
    ///   - audio: what the speech is wanted for; another rate or code that comes is converted.
    ///   - form: which of the ways to ask that the service's generations have; see below.
    func request(
        for text: String, voice: String?, audio: CallAudio, form: Int
    ) -> HTTPClientRequest
    /// Reads one answer to such a request.
    func makeDecoder(for audio: CallAudio) -> any SpeechDecoder
    /// True when an answer of this type can be speech; an empty one was not named.
    func canBeSpeech(contentType: String) -> Bool

    /// The way to ask that is tried first.
    var firstForm: Int { get }
    /// The way to try when a server refused the last one with this status; nil where the refusal stands.
    func form(after form: Int, refusedWith status: Int) -> Int?
    /// The service answered this way of asking.
    func understood(form: Int)
}

extension SpeechWire {
    public func canBeSpeech(contentType: String) -> Bool {
        !contentType.contains("json") && !contentType.hasPrefix("text/")
    }
    public var firstForm: Int { 0 }
    public func form(after form: Int, refusedWith status: Int) -> Int? { nil }
    public func understood(form: Int) {}
}

/// A fault that makes an answer unfit to be played.
public struct SpeechFault: Error, Sendable, Equatable {
    public var reason: String
    public init(_ reason: String) { self.reason = reason }
}

/// Takes linear mono samples of 16 bits with their rate in hertz; they are valid during the call.
public typealias SpeechTake = (_ samples: UnsafeBufferPointer<Int16>, _ rate: Int) -> Void

/// Turns the bytes of one answer into samples, however they were cut on their way.
public protocol SpeechDecoder {
    /// Hands on the samples that are complete with these bytes.
    mutating func append(
        _ bytes: UnsafeRawBufferPointer, take: SpeechTake
    ) throws(SpeechFault)
    /// The answer is whole: hands on some of what is left. True where there is more: to be called again
    /// at the loop's next turn, so that a long file keeps nobody waiting.
    mutating func drain(take: SpeechTake) throws(SpeechFault) -> Bool
}

extension SpeechDecoder {
    public mutating func drain(take: SpeechTake) throws(SpeechFault) -> Bool { false }
}
