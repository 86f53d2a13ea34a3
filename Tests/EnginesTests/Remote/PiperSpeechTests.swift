import Engines
import Net
import Pipelines
import Testing

@Suite struct PiperSpeechTests {
    private let service = RemoteService(
        stage: "tts piper", baseURL: "http://127.0.0.1:5000", headers: HTTPHeaders(),
        connectMs: 500, firstByteMs: 800, totalMs: 30_000, stallMs: 500)

    private func path(_ piper: PiperSpeech, _ form: Int) -> String {
        let request = piper.request(for: "Hello.", voice: nil, audio: .telephone, form: form)
        return String(request.url.dropFirst("http://127.0.0.1:5000".count))
    }

    /// What a generation's server answers to each form, and which one it is in the end.
    @Test(arguments: [
        (refusals: [Int](), path: "/synthesize", isJSON: true),
        (refusals: [404], path: "/", isJSON: false),
        (refusals: [405, 500], path: "/", isJSON: true),
        (refusals: [404, 415], path: "/", isJSON: true),
    ])
    func theGenerationIsFoundOnce(refusals: [Int], path: String, isJSON: Bool) throws {
        let piper = PiperSpeech(service: service)
        var form = piper.firstForm
        for status in refusals {
            form = try #require(piper.form(after: form, refusedWith: status))
        }
        piper.understood(form: form)
        #expect(piper.firstForm == form)
        let request = piper.request(for: "Hello.", voice: nil, audio: .telephone, form: form)
        #expect(self.path(piper, form) == path)
        let type = request.headers["Content-Type"] ?? ""
        #expect(type.contains("json") == isJSON)
        // Trouble of another kind is none of the form's: the oldest would read JSON aloud.
        for status in [400, 415, 500, 503] {
            #expect(piper.form(after: form, refusedWith: status) == nil)
            #expect(piper.firstForm == form)
        }
        // Another generation runs there now.
        #expect(piper.form(after: form, refusedWith: 404) == nil)
        #expect(self.path(piper, piper.firstForm) == "/synthesize")
    }

    @Test func troubleAtFirstIsNoAnswerToTheQuestion() {
        let piper = PiperSpeech(service: service)
        #expect(piper.form(after: piper.firstForm, refusedWith: 500) == nil)
        #expect(piper.form(after: piper.firstForm, refusedWith: 503) == nil)
    }
}
