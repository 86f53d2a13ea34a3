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
    private let context: EngineContext
    private let configuration: Configuration
    private let report: ChainReport

    /// Loads models; blocking.
    package init(_ configuration: Configuration, secrets: Secrets, log: Logger) throws {
        let models = ModelFolder(configuration.models)
        self.configuration = configuration
        voiceActivity = try SileroModel(weightsPath: models.voiceActivityWeights)
        let remote = try RemoteServices { secrets.value($0) }
        self.remote = remote
        report = { place, error, next in
            log.warning(
                "engine failed, next one asked",
                [
                    "stage": .text(place.stage), "engine": .text(place.engine),
                    "next": .text(next), "why": .text("\(error)"),
                ])
        }
        context = EngineContext(
            entry: "", utteranceMsMax: configuration.buffers.callerMs,
            playoutMsMax: configuration.buffers.playoutMs,
            resampler: configuration.audio.resampler.quality,
            whisperPath: { models.whisperPath($0) }, remote: remote)
        let recognisers = try context.each(configuration.stt, of: .stt) { settings, context in
            try EngineRegistry.speechToText(settings).make(settings, context)
        }
        whispers = recognisers.compactMap { $0 as? WhisperEngine }
        let recogniserPlaces = Self.places(.stt, configuration.stt, configuration.fallback)
        speechToText =
            recognisers.count == 1
            ? recognisers[0]
            : ChainSpeechToText(
                zip(recognisers, recogniserPlaces).map { ChainLink($0, $1) },
                utteranceMsMax: configuration.buffers.callerMs, report: report)
        let synthesisers = try context.each(configuration.tts, of: .tts) { settings, context in
            try EngineRegistry.textToSpeech(settings).make(settings, context)
        }
        let synthesiserPlaces = Self.places(.tts, configuration.tts, configuration.fallback)
        textToSpeech =
            synthesisers.count == 1
            ? synthesisers[0]
            : ChainTextToSpeech(
                zip(synthesisers, synthesiserPlaces).map { ChainLink($0, $1) }, loop: remote.loop,
                playoutMsMax: configuration.buffers.playoutMs, report: report)
        dialoguePlaces = Self.places(.llm, configuration.llm, configuration.fallback)
        let chains = [recogniserPlaces, dialoguePlaces, synthesiserPlaces]
        places = chains.filter { $0.count > 1 }.flatMap(\.self)
    }

    private static func places(
        _ stage: EngineStage, _ list: [EngineSettings], _ fallback: FallbackSettings
    ) -> [ChainPlace] {
        list.map { settings in
            let patience = settings.patience(stage)
            return ChainPlace(
                stage: stage.rawValue, engine: settings.engine,
                // A sentence may take longer than the pieces that it comes in.
                watch: ChainWatch(
                    answerMs: patience.answerMs,
                    stallMs: stage == .llm ? patience.answerMs : patience.stallMs),
                breaker: CircuitBreaker(
                    failuresMax: fallback.failuresMax, probeAfterMs: fallback.probeAfterMs))
        }
    }

    // MARK: - Making

    /// The local synthesiser for what must be said even when nobody else can speak.
    package func lastVoice() throws -> any TextToSpeech {
        let settings = configuration.tts.first { $0.engine == "flite" }
        return try FliteEngine.made(settings ?? EngineSettings(engine: "flite"), context)
    }

    /// The dialogue of one assistant. All assistants share the books on the services.
    package func dialogue(
        _ settings: AssistantSettings, _ block: AssistantBlock,
        scripted: ScriptedDialogueEngine, role: AssistantRole
    ) throws -> any DialogueEngine {
        let dialogues = try context.each(configuration.llm, of: .llm) { entry, context in
            let context = DialogueContext(
                engine: context, scripted: scripted, greeting: settings.greeting,
                role: { role.role(extra: $0) }, limits: LanguageModelLimits(block))
            return try EngineRegistry.dialogue(entry).make(entry.adapted(to: block), context)
        }
        guard dialogues.count > 1 else { return dialogues[0] }
        return ChainDialogue(
            zip(dialogues, dialoguePlaces).map { ChainLink($0, $1) }, report: report)
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

extension EngineContext {
    /// Makes each entry of a list, which is named in its errors.
    fileprivate func each<Engine>(
        _ list: [EngineSettings], of stage: EngineStage,
        _ make: (EngineSettings, EngineContext) throws -> Engine
    ) throws -> [Engine] {
        try list.enumerated().map { index, settings in
            var context = self
            context.entry = "\(stage.rawValue)[\(index)]"
            return try make(settings, context)
        }
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
