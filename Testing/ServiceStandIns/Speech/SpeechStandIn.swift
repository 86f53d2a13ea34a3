import DSP
import Engines
import Foundation
import Net
import Pipelines

/// `POST /v1/audio/speech`: flite's speech, streamed at a multiple of real time.
final class SpeechStandIn: Sendable {
    private let renderer = SpeechRenderer()
    private let speedup: Double

    /// How much speech one piece of a streamed answer has.
    static let pieceMs = 100

    /// - Parameter speedup: seconds of speech sent in a second, at least 0.1.
    init(speedup: Double) { self.speedup = speedup }

    /// Speaks a text and each of its sentences beforehand in all voices, so that the first request
    /// does not wait for the synthesis. Returns at once.
    func prepare(_ text: String) {
        var sentences: [String] = [text]
        var sentence = ""
        for character in text {
            sentence.append(character)
            guard ".?!".contains(character) else { continue }
            sentences.append(sentence.trimmingCharacters(in: .whitespaces))
            sentence = ""
        }
        for voice in FliteVoice.names {
            for sentence in sentences {
                renderer.render(.init(text: sentence, voice: voice, speed: 1)) { _ in }
            }
        }
    }

    /// Works the request out. The completion is called at once when it is refused, otherwise perhaps
    /// on another thread.
    /// - Parameter firstNanos: when the first byte is due.
    func answer(
        _ request: HTTPRequest, firstNanos: UInt64,
        completion: @escaping @Sendable (_ plan: AnswerPlan, _ note: String) -> Void
    ) {
        guard let json = try? request.jsonBody() else {
            return completion(refusal("The body is not JSON."), "refused")
        }
        guard let text = json["input"]?.stringValue, !text.isEmpty,
            json["model"]?.stringValue != nil, let voice = json["voice"]?.stringValue
        else { return completion(refusal("Model, voice or input is missing."), "refused") }
        let format = json["response_format"]?.stringValue ?? "mp3"
        guard let form = Self.forms[format] else {
            return completion(
                refusal("response_format '\(format)' is not made here: pcm, wav, opus or mp3."),
                "refused")
        }
        let speed = json["speed"]?.doubleValue ?? 1
        guard (0.25...4).contains(speed) else {
            return completion(refusal("speed must be from 0.25 to 4."), "refused")
        }
        speak(
            SpeechOrder(text: text, voice: voice, speed: speed, form: form), firstNanos: firstNanos,
            completion: completion)
    }

    private static let forms: [String: SpeechForm] = [
        "pcm": .linear(rate: SpeechRenderer.sampleRate), "wav": .streamedWave, "opus": .opus,
        "mp3": .mp3,
    ]

    private func refusal(_ message: String) -> AnswerPlan {
        AnswerPlan(status: 400, message: message)
    }

    /// Plans the answer to an order. The completion is called at once when the line is known and needs
    /// no coding, otherwise on another thread.
    func speak(
        _ order: SpeechOrder, firstNanos: UInt64,
        completion: @escaping @Sendable (_ plan: AnswerPlan, _ note: String) -> Void
    ) {
        let finish: @Sendable ([UInt8]?) -> Void = { [self] speech in
            guard let speech, let bytes = order.form.coded(speech) else {
                return completion(
                    AnswerPlan(status: 500, message: "No speech could be made of the text."),
                    "failed: \"\(order.text)\"")
            }
            let seconds = Double(speech.count) / 2 / Double(SpeechRenderer.sampleRate)
            completion(plan(order, bytes, seconds, firstNanos), "\"\(order.text)\"")
        }
        // What takes time is done on the renderer's threads, not on the loop.
        let isFree =
            order.form == .linear(rate: SpeechRenderer.sampleRate)
            || order.form == .streamedWave
        if isFree, let kept = renderer.kept(order.line) {
            finish(kept)
        } else {
            renderer.render(order.line, completion: finish)
        }
    }

    private func plan(
        _ order: SpeechOrder, _ bytes: [UInt8], _ seconds: Double, _ firstNanos: UInt64
    ) -> AnswerPlan {
        let contentType = order.contentType ?? order.form.contentType
        guard order.isStreamed else {
            return AnswerPlan(
                contentType: contentType, isStreamed: false,
                pieces: [.init(atNanos: firstNanos, bytes: bytes)])
        }
        var plan = AnswerPlan(contentType: contentType, isStreamed: true, pieces: [])
        let pieceCount = max(1, Int(seconds * 1000) / Self.pieceMs)
        // Whole samples go into each piece, so that a client may play it as it comes.
        let pieceBytes = max(2, (bytes.count / pieceCount + 1) & ~1)
        let stepNanos = UInt64(Double(Self.pieceMs) * 1e6 / speedup)
        for (index, start) in stride(from: 0, to: bytes.count, by: pieceBytes).enumerated() {
            plan.pieces.append(
                .init(
                    atNanos: firstNanos + UInt64(index) * stepNanos,
                    bytes: Array(bytes[start..<min(start + pieceBytes, bytes.count)])))
        }
        return plan
    }
}

/// What is to be spoken, and how it is to be sent.
struct SpeechOrder: Sendable {
    var text: String
    /// Any name; those of flite are taken for themselves.
    var voice: String
    var speed = 1.0
    var form: SpeechForm
    /// Sent as it is made; otherwise whole.
    var isStreamed = true
    /// In place of the form's own.
    var contentType: String?

    var line: SpeechRenderer.Line {
        .init(text: text, voice: SpeechRenderer.voice(voice), speed: speed)
    }
}

/// What a vendor makes of a request for speech.
enum SpeechRequest: Sendable {
    case speak(SpeechOrder)
    case refuse(AnswerPlan)
}
