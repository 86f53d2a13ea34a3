import Configuration
import DSP
import Daemon
import Engines
import Foundation
import Pipelines

/// What the command line does with sound, by the same engines as the daemon.
public enum AudioTools {
    /// Any sound file as a telephone would carry it: mono, 8 kHz, 16 bits.
    public static func telephoneSamples(path: String) throws -> [Int16] {
        try AudioFile.read(path: path, resampledTo: 8000).map {
            Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded())))
        }
    }

    /// The local recogniser that the configuration names.
    public static func whisper(_ configuration: Configuration) throws -> WhisperEngine {
        let settings = configuration.stt.first { $0.engine == "whisper" }
        let models = ModelFolder(configuration.models)
        var options = WhisperOptions(modelPath: models.whisperPath(settings?.model ?? ""))
        options.workers = 1
        options.threads = WorkerPool.coreCount
        options.language = settings?.language ?? "en"
        options.prompt = settings?.prompt ?? ""
        return try WhisperEngine(options)
    }

    public static func flite(_ configuration: Configuration) throws -> FliteEngine {
        var options = FliteOptions()
        options.workers = 1
        let settings = configuration.tts.first { $0.engine == "flite" }
        if let voice = settings?.voice, !voice.isEmpty { options.voice = voice }
        return try FliteEngine(options)
    }

    /// Speaks a text to its end. Blocking.
    /// - Returns: linear samples at 8 kHz, as they come out of µ-law.
    public static func speech(
        _ text: String, voice: String?, with engine: some TextToSpeech
    ) throws -> [Int16] {
        let clip = try engine.speakToEnd(text, voice: voice)
        var bytes = [UInt8](repeating: 0, count: clip.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        return G711.decodedMuLaw(bytes)
    }
}
