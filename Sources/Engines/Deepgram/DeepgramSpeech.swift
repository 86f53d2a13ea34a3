import Net
import Wire

/// How Deepgram is asked to speak: `POST /v1/speak`, answered with µ-law at 8 kHz as it is made.
///
/// Not by its WebSocket: a sentence is whole when it gets here, so that on a warm connection either
/// way takes one round trip to the first sound. But a socket speaks one sentence after the other, is
/// flushed at most twenty times a minute, and can only be silenced for all of them at once; requests
/// share an HTTP/2 connection and are taken back one by one.
///
/// Source: Deepgram API reference, "Text to Speech REST" and "Media output settings".
public struct DeepgramSpeech: SpeechWire {
    public let name = "deepgram"
    public var service: RemoteService
    /// The voice's name with Deepgram, such as `aura-2-thalia-en`.
    public var model: String

    public init(service: RemoteService, model: String) {
        self.service = service
        self.model = model
    }

    /// - Parameter voice: another model.
    public func request(for text: String, voice: String?, form: Int) -> HTTPClientRequest {
        let model = URLText.escaped(voice ?? self.model)
        return service.post(
            "/speak?model=\(model)&encoding=mulaw&sample_rate=8000&container=none",
            .object([.init("text", .string(text))]))
    }

    public func makeDecoder() -> any SpeechDecoder { MuLawSpeechDecoder() }
}
