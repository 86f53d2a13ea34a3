import DSP
import Net
import Synchronization
import Wire

/// How Piper's HTTP server is asked to speak: a POST of the text, answered with a WAV file.
///
/// Its generations ask for different things: JSON to `/synthesize` since 1.4, JSON to `/` in 1.3, and
/// bare text to `/` before. The first sentence finds out, from the new to the old, which of them this is.
///
/// Source: Piper's own `http_server.py` and `API_HTTP.md`.
public final class PiperSpeech: SpeechWire {
    /// The generations in the order in which they are tried. The oldest one would read JSON aloud, and
    /// the middle one fails at text, so text goes before JSON.
    enum Form: Int { case synthesize = 0, text, root }

    public let name = "piper"
    public let service: RemoteService
    /// One of the voices that the server has; empty for its own choice.
    let voice: String
    /// 1 is the voice's own pace.
    let rate: Double
    /// The form that has been understood; -1 before one was.
    private let known = Atomic<Int>(PiperSpeech.unknown)
    private static let unknown = -1

    public init(service: RemoteService, voice: String = "", rate: Double = 1) {
        var service = service
        service.warmPath = "/"
        self.service = service
        self.voice = voice
        self.rate = rate
    }

    public func request(
        for text: String, voice: String?, audio: CallAudio, form: Int
    ) -> HTTPClientRequest {
        guard form != Form.text.rawValue else {
            return service.post("/", contentType: "text/plain", body: Array(text.utf8))
        }
        var members: [JSONValue.Member] = [.init("text", .string(text))]
        let voice = voice ?? self.voice
        if !voice.isEmpty { members.append(.init("voice", .string(voice))) }
        // Piper stretches its phonemes: twice the pace is half the length.
        if rate != 1 { members.append(.init("length_scale", .number(1 / rate))) }
        return service.post(form == Form.root.rawValue ? "/" : "/synthesize", .object(members))
    }

    public func makeDecoder(for audio: CallAudio) -> any SpeechDecoder { WaveSpeechDecoder() }

    /// Its web framework calls every answer HTML.
    public func canBeSpeech(contentType: String) -> Bool { !contentType.contains("json") }

    public var firstForm: Int {
        let form = known.load(ordering: .relaxed)
        return form == Self.unknown ? Form.synthesize.rawValue : form
    }

    public func form(after form: Int, refusedWith status: Int) -> Int? {
        // A server that is known and refuses has some other trouble, which JSON read aloud won't
        // fix.
        guard known.load(ordering: .relaxed) == Self.unknown else {
            // But where its route is gone, another generation runs now: the next sentence finds out.
            if status == 404 || status == 405 { known.store(Self.unknown, ordering: .relaxed) }
            return nil
        }
        switch (Form(rawValue: form), status) {
        case (.synthesize, 404), (.synthesize, 405): return Form.text.rawValue
        case (.text, 400), (.text, 415), (.text, 500): return Form.root.rawValue
        default: return nil
        }
    }

    public func understood(form: Int) { known.store(form, ordering: .relaxed) }
}
