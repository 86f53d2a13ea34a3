import DSP
import Net
import Wire

/// How a server with OpenAI's interface is asked to speak: `POST /v1/audio/speech`.
///
/// Source: OpenAI API reference, "Create speech". `pcm` is 24 kHz, 16 bits, mono, little-endian; `wav`
/// comes with a header that does not know the length; `opus` is an Ogg stream.
public struct OpenAISpeech: SpeechWire {
    public enum Format: String, Sendable, CaseIterable { case pcm, wav, opus }

    public let name = "openai"
    public var service: RemoteService
    public var model: String
    public var voice: String
    public var format = Format.pcm
    /// Of `pcm`, which does not say so itself: Hz.
    public var pcmRate = 24_000
    /// 1 is the voice's own pace.
    public var rate = 1.0

    public init(service: RemoteService, model: String, voice: String) {
        self.service = service
        self.model = model
        self.voice = voice
    }

    public func request(
        for text: String, voice: String?, audio: CallAudio, form: Int
    ) -> HTTPClientRequest {
        var members: [JSONValue.Member] = [
            .init("model", .string(model)), .init("input", .string(text)),
            .init("voice", .string(voice ?? self.voice)),
            .init("response_format", .string(format.rawValue)),
        ]
        if rate != 1 { members.append(.init("speed", .number(rate))) }
        return service.post("/audio/speech", .object(members))
    }

    public func makeDecoder(for audio: CallAudio) -> any SpeechDecoder {
        switch format {
        case .pcm: LinearSpeechDecoder(rate: pcmRate)
        case .wav: WaveSpeechDecoder()
        case .opus: OpusSpeechDecoder(for: audio)
        }
    }
}
