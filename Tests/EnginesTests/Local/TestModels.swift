import Engines
import Foundation
import Pipelines

/// Where set-up put the weights.
enum TestModels {
    static var folder: String {
        let environment = ProcessInfo.processInfo.environment
        if let cache = environment["STREAMD_CACHE"], !cache.isEmpty { return cache + "/models" }
        if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            return cache + "/streamd/models"
        }
        return (environment["HOME"] ?? "") + "/.cache/streamd/models"
    }

    static var whisper: String { folder + "/ggml-tiny.en.bin" }

    /// Loaded once for all tests.
    static let whisperEngine: Result<WhisperEngine, StageError> = {
        var options = WhisperOptions(modelPath: whisper)
        options.workers = 2
        return Result { () throws(StageError) in try WhisperEngine(options) }
    }()

    /// Speaks a sentence to its end and returns its µ-law.
    static func speak(
        _ text: String, voice: String? = nil, with engine: some TextToSpeech
    ) throws -> [UInt8] {
        let arrived = DispatchSemaphore(value: 0)
        let clip = engine.synthesize(text, voice: voice, audio: .telephone) { arrived.signal() }
        while !clip.isFinished {
            if let error = clip.error { throw error }
            _ = arrived.wait(timeout: .now() + .milliseconds(50))
        }
        var bytes = [UInt8](repeating: 0, count: clip.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        return bytes
    }

    /// Lower case, letters and digits only.
    static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
