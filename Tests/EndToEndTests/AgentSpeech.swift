import CallSimulator
import DSP
import Engines
import Foundation
import Pipelines

/// What a caller heard, as the call's own sound has it.
enum AgentSpeech {
    /// Loaded once for all tests: it stands for the caller's ears.
    private static let recognisers: Result<WhisperEngine, StageError> = {
        var options = WhisperOptions(modelPath: modelFolder + "/ggml-tiny.en.bin")
        options.workers = 1
        return Result { () throws(StageError) in try WhisperEngine(options) }
    }()

    /// Where set-up put the weights.
    private static var modelFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let cache = environment["STREAMD_CACHE"], !cache.isEmpty { return cache + "/models" }
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            return cache + "/streamd/models"
        }
        return (environment["HOME"] ?? "") + "/.cache/streamd/models"
    }

    /// The words of some speech, in small letters, without marks, small numbers written out.
    static func words(_ muLaw: [UInt8]) async throws -> String {
        let samples = G711.decodedMuLaw(muLaw)
        let transcript = try await blocking { try recognisers.get().transcribe(samples8k: samples) }
        let digits = ["4": "four", "7": "seven"]
        return transcript.text.lowercased().split { !$0.isLetter && !$0.isNumber }
            .map { digits[String($0)] ?? String($0) }.joined(separator: " ")
    }

    /// About −50 dBFS, by frames of 20 ms: speech is louder.
    private static let loudPower = 100.0 * 100
    private static let frameByteCount = 160

    /// The longest silence from `start` to the last sound of it, and how long that is after `start`:
    /// milliseconds. Nil where there is no sound.
    static func longestSilenceMs(_ muLaw: [UInt8], from start: Int) -> Int? {
        var silent = 0
        var longest: Int?
        for begin in stride(from: start, to: muLaw.count - frameByteCount, by: frameByteCount) {
            let power = muLaw[begin..<begin + frameByteCount].reduce(0.0) { sum, code in
                let sample = Double(G711.decodeMuLaw(code))
                return sum + sample * sample
            }
            if power / Double(frameByteCount) > loudPower {
                longest = max(longest ?? 0, silent)
                silent = 0
            } else {
                silent += frameByteCount / 8
            }
        }
        return longest
    }
}

extension SimulatedCallResult {
    /// The agent's side from the end of the caller's words in a turn on.
    func agentSpeech(after turn: CallTurn) -> [UInt8] {
        guard let recording, turn.speechEndNanos > startNanos else { return [] }
        let sample = Int((turn.speechEndNanos - startNanos) / 125_000)
        return Array(recording.agent.dropFirst(sample))
    }
}
