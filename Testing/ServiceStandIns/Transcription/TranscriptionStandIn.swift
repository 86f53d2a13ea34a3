import Engines
import Net
import Realtime
import Wire

/// `POST /v1/audio/transcriptions`: answers with the words of the fixture that is heard.
final class TranscriptionStandIn: Sendable {
    private let index: FixtureIndex?
    private let transcript: String

    /// - Parameter transcript: the words of what is none of the fixtures.
    init(index: FixtureIndex?, transcript: String) {
        self.index = index
        self.transcript = transcript
    }

    /// The answer, due at once; the caller adds the delay.
    /// - Returns: what is sent, and a line about it.
    func answer(_ request: HTTPRequest) -> (plan: AnswerPlan, note: String) {
        guard let form = MultipartForm(request) else {
            return refusal("The request is not multipart/form-data.")
        }
        guard let file = form.parts.first(where: { $0.name == "file" }) else {
            return refusal("The form has no file.")
        }
        guard form["model"]?.isEmpty == false else { return refusal("The form has no model.") }
        guard let audio = WaveAudio(file.bytes) else {
            return refusal("Invalid file format. Supported here: wav.")
        }
        let began = MonotonicClock.nowNanos()
        let samples = audio.at8kHz
        let found = index?.recognize(samples)
        let text = found?.map(\.text).filter { !$0.isEmpty }.joined(separator: " ") ?? transcript
        let seconds = Double(audio.samples.count) / Double(audio.sampleRate)
        let tookMs = Double(MonotonicClock.nowNanos() - began) / 1e6
        let which = found.map { $0.map(\.file).joined(separator: ", ") } ?? "no fixture"
        let likeness = found?.map(\.likeness).min() ?? 0
        let note =
            "\"\(text)\" (\(which), \(Int(likeness * 100)) %, \(Int(seconds * 1000)) ms"
            + " at \(audio.sampleRate) Hz, matched in \(Int(tookMs * 1000)) µs)"
        switch form["response_format"] ?? "json" {
        case "json":
            return (AnswerPlan(json: .object([.init("text", .string(text))])), note)
        case "verbose_json":
            return (AnswerPlan(json: verbose(text, seconds, form["language"])), note)
        case "text":
            var plan = AnswerPlan(
                contentType: "text/plain; charset=utf-8", isStreamed: false, pieces: [])
            plan.pieces = [.init(atNanos: 0, bytes: Array((text + "\n").utf8))]
            return (plan, note)
        default: return refusal("response_format is not one of json, verbose_json, text.")
        }
    }

    private func refusal(_ message: String) -> (plan: AnswerPlan, note: String) {
        (AnswerPlan(status: 400, message: message), "refused: \(message)")
    }

    private func verbose(_ text: String, _ seconds: Double, _ language: String?) -> JSONValue {
        let segment = JSONValue.object([
            .init("id", .integer(0)), .init("seek", .integer(0)), .init("start", .number(0)),
            .init("end", .number(seconds)), .init("text", .string(text)),
            .init("temperature", .number(0)), .init("avg_logprob", .number(-0.2)),
            .init("compression_ratio", .number(1)), .init("no_speech_prob", .number(0.01)),
        ])
        return .object([
            .init("task", .string("transcribe")), .init("language", .string(language ?? "english")),
            .init("duration", .number(seconds)), .init("text", .string(text)),
            .init("segments", .array(text.isEmpty ? [] : [segment])),
        ])
    }
}
