import DSP
import Net
import Wire

/// How Concya's speech service is asked: `POST /speak` with text and voice, answered with a sound file.
///
/// Source: the routes of Concya's own server, which sends MP3.
public struct ConcyaSpeech: SpeechWire {
    public let name = "concya"
    public var service: RemoteService
    /// Concya's name for the voice; empty for its own choice.
    public var voice: String
    /// Longest sentence, in milliseconds; a longer file is cut off.
    public var playoutMsMax = 60_000

    public init(service: RemoteService, voice: String = "") {
        self.service = service
        self.service.baseURL = service.baseURL(without: "/speak")
        self.service.warmPath = "/health"
        self.voice = voice
    }

    public func request(
        for text: String, voice: String?, audio: CallAudio, form: Int
    ) -> HTTPClientRequest {
        var members: [JSONValue.Member] = [.init("text", .string(text))]
        let voice = voice ?? self.voice
        if !voice.isEmpty { members.append(.init("voice", .string(voice))) }
        return service.post("/speak", .object(members))
    }

    public func makeDecoder(for audio: CallAudio) -> any SpeechDecoder {
        FileSpeechDecoder(for: audio, msMax: playoutMsMax)
    }
}
