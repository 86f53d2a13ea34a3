import Daemon
import Foundation
import Pipelines
import VAD

/// A spoken sentence goes all the way: speech, µ-law, speech detection, transcription.
extension Doctor {
    private static let sentence = "I would like to book a table for four people."

    package func audioPath() -> [Finding] {
        let subject = "audio path"
        do {
            let speech = try AudioTools.speech(
                Self.sentence, voice: nil, with: try AudioTools.flite(configuration))
            guard try isHeard(speech) else {
                return [
                    fail(
                        subject, "the speech detector does not hear a spoken sentence",
                        mend: "lower vad.onsetThreshold and vad.gateDB")
                ]
            }
            guard configuration.stt.contains(where: { $0.engine == "whisper" }) else {
                return [
                    ok(subject, "speech is made and detected; no recogniser is on this machine")
                ]
            }
            let text = try AudioTools.whisper(configuration).transcribe(samples8k: speech).text
            guard text.lowercased().contains("table") else {
                return [
                    fail(
                        subject, "said \"\(Self.sentence)\", heard \"\(text)\"",
                        mend: "take a larger model, or another voice")
                ]
            }
            return [ok(subject, "said \"\(Self.sentence)\", heard \"\(text)\"")]
        } catch {
            return [fail(subject, "\(error)", mend: "mend the models first")]
        }
    }

    private func isHeard(_ speech: [Int16]) throws -> Bool {
        let model = try SileroModel(
            weightsPath: ModelFolder(configuration.models).voiceActivityWeights)
        let detector = CallerEar.detector(configuration, model: model)
        var isHeard = false
        speech.withUnsafeBufferPointer { samples in
            detector.process(samples) { event in
                if case .started = event { isHeard = true }
            }
        }
        return isHeard
    }
}
