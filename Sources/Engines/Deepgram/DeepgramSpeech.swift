import DSP
import Net
import Wire

/// How Deepgram is asked to speak: `POST /v1/speak`, answered in the form of the call as it is made.
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
    public func request(
        for text: String, voice: String?, audio: CallAudio, form: Int
    ) -> HTTPClientRequest {
        let model = URLText.escaped(voice ?? self.model)
        return service.post(
            "/speak?model=\(model)&encoding=\(audio.encoding.rawValue)"
                + "&sample_rate=\(Self.sampleRate(audio))&container=none",
            .object([.init("text", .string(text))]))
    }

    public func makeDecoder(for audio: CallAudio) -> any SpeechDecoder {
        switch audio.encoding {
        case .muLaw: MuLawSpeechDecoder(rate: Self.sampleRate(audio))
        case .linear16: LinearSpeechDecoder(rate: Self.sampleRate(audio))
        }
    }

    /// The rate in which a call's speech is asked for: its own, where Deepgram has that.
    private static func sampleRate(_ audio: CallAudio) -> Int {
        let known =
            audio.encoding == .muLaw ? [8000, 16_000] : [8000, 16_000, 24_000, 32_000, 48_000]
        return known.first { $0 >= audio.sampleRate } ?? known[known.count - 1]
    }
}
