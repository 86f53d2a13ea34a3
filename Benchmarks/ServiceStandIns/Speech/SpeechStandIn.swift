import DSP
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

    /// Works the request out. The completion is called at once when the line is known or refused,
    /// otherwise on another thread.
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
        guard let format = Format(rawValue: format) else {
            return completion(
                refusal("response_format '\(format)' is not made here: pcm, wav or opus."),
                "refused")
        }
        let speed = json["speed"]?.doubleValue ?? 1
        guard (0.25...4).contains(speed) else {
            return completion(refusal("speed must be from 0.25 to 4."), "refused")
        }
        let line = SpeechRenderer.Line(
            text: text, voice: SpeechRenderer.voice(voice), speed: speed)
        let finish: @Sendable ([UInt8]?) -> Void = { [self] speech in
            guard let speech else {
                return completion(
                    AnswerPlan(status: 500, message: "No speech could be made of the input."),
                    "failed: \"\(text)\"")
            }
            completion(plan(speech, format, firstNanos), "\"\(text)\"")
        }
        // Opus is coded on the renderer's thread, not on the loop.
        if format != .opus, let kept = renderer.kept(line) {
            finish(kept)
        } else {
            renderer.render(line, completion: finish)
        }
    }

    /// The forms that are made.
    enum Format: String {
        case pcm, wav, opus
    }

    private func refusal(_ message: String) -> AnswerPlan {
        AnswerPlan(status: 400, message: message)
    }

    private func plan(_ speech: [UInt8], _ format: Format, _ firstNanos: UInt64) -> AnswerPlan {
        let seconds = Double(speech.count) / 2 / Double(SpeechRenderer.sampleRate)
        let bytes: [UInt8]
        let contentType: String
        switch format {
        case .pcm: (bytes, contentType) = (speech, "audio/pcm")
        case .wav: (bytes, contentType) = (Self.streamedWaveHead + speech, "audio/wav")
        case .opus:
            guard let coded = Self.opus(speech) else {
                return AnswerPlan(status: 500, message: "Opus could not be coded.")
            }
            (bytes, contentType) = (coded, "audio/ogg")
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

    /// A header as services send it that do not know yet how long the speech will be.
    private static let streamedWaveHead: [UInt8] = {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let rate = SpeechRenderer.sampleRate
        return Array("RIFF".utf8) + little(0xFFFF_FFFF, 4) + Array("WAVEfmt ".utf8)
            + little(16, 4) + little(1, 2) + little(1, 2) + little(rate, 4) + little(rate * 2, 4)
            + little(2, 2) + little(16, 2) + Array("data".utf8) + little(0xFFFF_FFFF, 4)
    }()

    /// An Ogg file with Opus.
    private static func opus(_ speech: [UInt8]) -> [UInt8]? {
        let path = NSTemporaryDirectory() + "stand-in-\(UUID().uuidString).ogg"
        defer { unlink(path) }
        let samples = stride(from: 0, to: speech.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(speech[$0]) | UInt16(speech[$0 + 1]) << 8)
        }
        do {
            let writer = try AudioFileWriter(
                path: path, format: .oggOpus, sampleRate: SpeechRenderer.sampleRate)
            try writer.write(samples)
            try writer.close()
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            return nil
        }
    }
}
