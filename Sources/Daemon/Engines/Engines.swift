import Assistants
import Configuration
import DSP
import Engines
import Foundation
import Net
import Pipelines
import Telemetry
import VAD

/// The engines that the configuration names, made once and shared by all calls. A list of one is that
/// engine; a longer one is a chain.
package struct Engines: Sendable {
    package let speechToText: any SpeechToText
    package let textToSpeech: any TextToSpeech
    package let voiceActivity: SileroModel
    /// The places of the chains, in the order of the lists.
    package let places: [ChainPlace]
    private let whispers: [WhisperEngine]
    private let dialoguePlaces: [ChainPlace]
    private let remote: RemoteServices
    private let configuration: Configuration
    private let report: ChainReport

    /// Loads models; blocking.
    package init(_ configuration: Configuration, secrets: Secrets, log: Logger) throws {
        let models = ModelFolder(configuration.models)
        self.configuration = configuration
        voiceActivity = try SileroModel(weightsPath: models.voiceActivityWeights)
        let remote = try RemoteServices(secrets: secrets)
        self.remote = remote
        report = { place, error, next in
            log.warning(
                "engine failed, next one asked",
                [
                    "stage": .text(place.stage), "engine": .text(place.engine),
                    "next": .text(next), "why": .text("\(error)"),
                ])
        }
        let ears = try configuration.stt.enumerated().map { index, settings in
            try Self.ear(settings, "stt[\(index)]", configuration, models, remote)
        }
        whispers = ears.compactMap { $0 as? WhisperEngine }
        let earPlaces = Self.places("stt", configuration.stt, configuration.fallback)
        speechToText =
            ears.count == 1
            ? ears[0]
            : ChainSpeechToText(
                zip(ears, earPlaces).map { ChainLink($0, $1) },
                utteranceMsMax: configuration.buffers.callerMs, report: report)
        let voices = try configuration.tts.enumerated().map { index, settings in
            try VoiceMaker(settings, at: "tts[\(index)]", configuration, remote).make()
        }
        let voicePlaces = Self.places("tts", configuration.tts, configuration.fallback)
        textToSpeech =
            voices.count == 1
            ? voices[0]
            : ChainTextToSpeech(
                zip(voices, voicePlaces).map { ChainLink($0, $1) }, loop: remote.loop,
                playoutMsMax: configuration.buffers.playoutMs, report: report)
        dialoguePlaces = Self.places("llm", configuration.llm, configuration.fallback)
        let chains = [earPlaces, dialoguePlaces, voicePlaces]
        places = chains.filter { $0.count > 1 }.flatMap(\.self)
    }

    private static func places(
        _ stage: String, _ list: [EngineSettings], _ fallback: FallbackSettings
    ) -> [ChainPlace] {
        list.map { settings in
            let patience = settings.patience(stage)
            return ChainPlace(
                stage: stage, engine: settings.engine,
                // A sentence may take longer than the pieces that it comes in.
                watch: ChainWatch(
                    answerMs: patience.answerMs,
                    stallMs: stage == "llm" ? patience.answerMs : patience.stallMs),
                breaker: CircuitBreaker(
                    failuresMax: fallback.failuresMax, probeAfterMs: fallback.probeAfterMs))
        }
    }

    // MARK: - Making

    private static func ear(
        _ settings: EngineSettings, _ name: String, _ configuration: Configuration,
        _ models: ModelFolder, _ remote: RemoteServices
    ) throws -> any SpeechToText {
        switch settings.engine {
        case "whisper":
            var options = WhisperOptions(modelPath: models.whisperPath(settings.model))
            options.language = settings.language
            options.prompt = settings.prompt
            options.vocabularyMax = settings.vocabularyMax
            options.workers = settings.workers
            options.threads = settings.threads
            options.queueMax = settings.queueMax
            options.utteranceMsMax = configuration.buffers.callerMs
            return try WhisperEngine(options)
        case "openai":
            var options = OpenAITranscriptionOptions(
                service: try remote.service("stt", settings, at: name), model: settings.model)
            options.language = settings.language
            options.prompt = settings.prompt
            if settings.sampleRate == 8000 { options.sampleRate = 8000 }
            options.utteranceMsMax = configuration.buffers.callerMs
            return OpenAITranscription(options, clients: remote.clients)
        case "deepgram", "openai-realtime", "concya":
            return try streamedEar(
                settings, service: try remote.service("stt", settings, at: name), configuration)
        default:
            let text = settings.text.isEmpty ? "This is a set transcript." : settings.text
            return FixedSpeechToText(text: text, delayMs: settings.delayMs)
        }
    }

    /// The local voice for what must be said even when nobody else can speak.
    package func lastVoice() throws -> any TextToSpeech {
        let settings = configuration.tts.first { $0.engine == "flite" }
        return try VoiceMaker(
            settings ?? EngineSettings(engine: "flite"), at: "tts", configuration, remote
        ).flite()
    }

    /// The dialogue of one assistant. All assistants share the books on the services.
    package func dialogue(
        _ settings: AssistantSettings, _ block: AssistantBlock,
        scripted: ScriptedDialogueEngine, role: AssistantRole
    ) throws -> any DialogueEngine {
        let minds = try configuration.llm.enumerated().map { index, entry -> any DialogueEngine in
            switch entry.engine {
            case "scripted": return scripted
            case "fixed":
                return FixedDialogue(
                    text: entry.text.isEmpty ? "This is a set reply." : entry.text,
                    greeting: settings.greeting, delayMs: entry.delayMs)
            case "concya":
                return ConcyaDialogue(
                    role.role(extra: ""),
                    service: try remote.service("llm", entry, at: "llm[\(index)]"),
                    language: entry.language, clients: remote.clients)
            default:
                let own = entry.adapted(to: block)
                return LanguageModelEngine(
                    role.role(extra: own.prompt),
                    wire: try remote.languageModel(own, at: "llm[\(index)]"),
                    clients: remote.clients, limits: LanguageModelLimits(block))
            }
        }
        guard minds.count > 1 else { return minds[0] }
        return ChainDialogue(
            zip(minds, dialoguePlaces).map { ChainLink($0, $1) }, report: report)
    }

    // MARK: - Life

    /// Decodes once, so that the first caller does not wait for what is made on first use.
    package func warmUp() throws {
        for whisper in whispers { try whisper.warmUp() }
    }

    /// Opens connections for a call on this loop. On that loop.
    /// - Parameter hears: whether the caller's words are ours to find.
    package func warm(_ assistant: Assistant, hears: Bool = true, on loop: EventLoop) {
        var engines: [Any] = [assistant.dialogue]
        if hears { engines.append(speechToText) }
        for engine in engines {
            (engine as? any ServiceWarming)?.warm(on: loop)
        }
        textToSpeech.warm(voice: assistant.settings.voice, on: loop)
    }

    /// Ends what runs beside the calls. After the last call.
    package func close() { remote.close() }

    package func metrics() -> [MetricFamily] {
        Self.whisperMetrics(whispers) + Self.chainMetrics(places)
    }
}

extension AudioSettings.ResamplerQuality {
    package var quality: StreamingResampler.Quality {
        switch self {
        case .fastest: .fastest
        case .medium: .medium
        case .best: .best
        }
    }
}

extension EngineSettings {
    /// A language model's entry as one assistant wants it.
    package func adapted(to block: AssistantBlock) -> EngineSettings {
        var own = self
        own.prompt = [prompt, block.prompt].filter { !$0.isEmpty }.joined(separator: "\n")
        if block.temperature >= 0 { own.temperature = block.temperature }
        if block.tokensMax > 0 { own.tokensMax = block.tokensMax }
        return own
    }
}

extension LanguageModelLimits {
    package init(_ block: AssistantBlock) {
        self.init()
        toolRoundsMax = block.toolRoundsMax
        turnsMax = block.rememberedTurnsMax
    }
}
