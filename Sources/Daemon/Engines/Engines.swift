import Foundation
import Pipelines
import VAD

/// The engines that the configuration names, made once and shared by all calls.
struct Engines: Sendable {
    let speechToText: any SpeechToText
    let textToSpeech: any TextToSpeech
    let voiceActivity: SileroModel
    private let whisper: WhisperEngine?

    /// Loads models; blocking.
    init(_ configuration: Configuration) throws {
        let models = ModelFolder(configuration.models)
        voiceActivity = try SileroModel(weightsPath: models.voiceActivityWeights)
        (speechToText, whisper) = try Self.makeSpeechToText(configuration, models)
        textToSpeech = try Self.makeTextToSpeech(configuration)
    }

    private static func makeSpeechToText(
        _ configuration: Configuration, _ models: ModelFolder
    ) throws -> (any SpeechToText, WhisperEngine?) {
        let settings = configuration.stt[0]
        guard settings.engine == "whisper" else {
            let text = settings.text.isEmpty ? "This is a set transcript." : settings.text
            return (FixedSpeechToText(text: text, delayMs: settings.delayMs), nil)
        }
        var options = WhisperOptions(modelPath: models.whisperPath(settings.model))
        options.language = settings.language
        options.prompt = settings.prompt
        options.workers = settings.workers
        options.threads = settings.threads
        options.queueMax = settings.queueMax
        options.utteranceMsMax = configuration.buffers.callerMs
        let engine = try WhisperEngine(options)
        return (engine, engine)
    }

    private static func makeTextToSpeech(
        _ configuration: Configuration
    ) throws -> any TextToSpeech {
        let settings = configuration.tts[0]
        var options = FliteOptions()
        options.workers = settings.workers
        options.playoutMsMax = configuration.buffers.playoutMs
        if !settings.voice.isEmpty { options.voice = settings.voice }
        let flite = try FliteEngine(options)
        guard settings.engine == "fixed" else { return flite }
        return try FixedTextToSpeech(clipMs: settings.clipMs, madeBy: flite)
    }

    /// Decodes once, so that the first caller does not wait for what is made on first use.
    func warmUp() throws { try whisper?.warmUp() }

    func metrics() -> [(name: String, type: String, help: String, value: Double)] {
        guard let whisper else { return [] }
        return [
            (
                "streamd_whisper_queued", "gauge", "Utterances that wait for a decoder.",
                Double(whisper.queuedCount)
            ),
            (
                "streamd_whisper_decodes_total", "counter", "Utterances decoded.",
                Double(whisper.decodedCount)
            ),
            (
                "streamd_whisper_aborted_total", "counter", "Decodes cancelled under way.",
                Double(whisper.abortedCount)
            ),
            (
                "streamd_whisper_decode_seconds_total", "counter", "Time spent decoding.",
                whisper.decodeSeconds
            ),
        ]
    }
}

/// Where weights are.
package struct ModelFolder {
    let directory: String

    package init(_ settings: ModelSettings) {
        let environment = ProcessInfo.processInfo.environment
        func folder(_ name: String, _ rest: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 + rest }
        }
        directory =
            !settings.directory.isEmpty
            ? settings.directory
            : folder("STREAMD_CACHE", "/models")
                ?? folder("XDG_CACHE_HOME", "/streamd/models")
                ?? folder("HOME", "/.cache/streamd/models") ?? "models"
    }

    func path(_ name: String) -> String { directory + "/" + name }

    /// Silero v6 at 16 kHz, as set-up converts it; docs/vad.md says why not at 8.
    package var voiceActivityWeights: String { path("silero_v6_16k.safetensors") }

    /// A name such as `tiny.en` stands for `ggml-tiny.en.bin` in the folder; a path for itself.
    func whisperPath(_ model: String) -> String {
        let model = model.isEmpty ? "tiny.en" : model
        return model.contains("/") || model.hasSuffix(".bin") ? model : path("ggml-\(model).bin")
    }
}
