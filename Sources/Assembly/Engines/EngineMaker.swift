import Assistants
import Configuration
import DSP
import Engines
import Net
import Pipelines
import Telemetry

/// Makes engines as the configuration names them: for the daemon all of them, for the command line those
/// that it needs. A list of one is that engine; a longer one is a chain.
package struct EngineMaker: Sendable {
    private let configuration: Configuration
    private let remote: RemoteServices
    fileprivate let context: EngineContext
    fileprivate let report: ChainReport

    /// An engine, or a chain, with what it is made of.
    package struct Made<Engine: Sendable>: Sendable {
        package let engine: Engine
        /// The engines of the list, one each, in its order.
        package let parts: [Engine]
        package let places: [ChainPlace]
    }

    package init(_ configuration: Configuration, secrets: Secrets, log: Logger) throws {
        let models = ModelFolder(configuration.models)
        self.configuration = configuration
        remote = try RemoteServices { secrets.value($0) }
        report = { place, error, next in
            log.warning(
                "engine failed, next one asked",
                [
                    "stage": .text(place.stage), "engine": .text(place.engine),
                    "next": .text(next), "why": .text("\(error)"),
                ])
        }
        context = EngineContext(
            entry: "", patience: .usual(.stt), utteranceMsMax: configuration.buffers.callerMs,
            playoutMsMax: configuration.conversation.playoutMs,
            resampler: configuration.audio.resampler.quality,
            modelPath: { models.path($0) }, remote: remote)
    }

    // MARK: - Each by itself

    /// The engines of the list `stt`, or why one can't be made. Loads models; blocking.
    package func recognisers() -> [Result<any SpeechToText, any Error>] {
        context.each(configuration.stt, of: .stt) { settings, context in
            try settings.speechToText().make(context)
        }
    }

    /// The engines of the list `tts`, or why one can't be made. Loads voices; blocking.
    package func synthesisers() -> [Result<any TextToSpeech, any Error>] {
        context.each(configuration.tts, of: .tts) { settings, context in
            try settings.textToSpeech().make(context)
        }
    }

    /// The engines of the list `llm` for one assistant, or why one can't be made.
    package func dialogues(
        _ settings: AssistantSettings, _ block: AssistantBlock,
        scripted: ScriptedDialogueEngine, role: AssistantRole
    ) -> [Result<any DialogueEngine, any Error>] {
        context.each(configuration.llm, of: .llm) { entry, context in
            let context = DialogueContext(
                engine: context, scripted: scripted, greeting: settings.greeting,
                role: { role.role(extra: $0) }, limits: LanguageModelLimits(block))
            return try entry.dialogue().adapted(to: LanguageModelWishes(block)).make(context)
        }
    }

    // MARK: - The whole list

    /// Loads models; blocking.
    /// - Throws: where one of the list can't be made.
    package func speechToText() throws -> Made<any SpeechToText> {
        let parts = try recognisers().map { try $0.get() }
        let places = Self.places(.stt, configuration.stt, configuration.fallback)
        let engine: any SpeechToText =
            parts.count == 1
            ? parts[0]
            : ChainSpeechToText(
                zip(parts, places).map { ChainLink($0, $1) },
                utteranceMsMax: configuration.buffers.callerMs, report: report)
        return Made(engine: engine, parts: parts, places: places)
    }

    /// Loads voices; blocking.
    /// - Throws: where one of the list can't be made.
    package func textToSpeech() throws -> Made<any TextToSpeech> {
        let parts = try synthesisers().map { try $0.get() }
        let places = Self.places(.tts, configuration.tts, configuration.fallback)
        let engine: any TextToSpeech =
            parts.count == 1
            ? parts[0]
            : ChainTextToSpeech(
                zip(parts, places).map { ChainLink($0, $1) }, loop: remote.loop,
                playoutMsMax: configuration.conversation.playoutMs, report: report)
        return Made(engine: engine, parts: parts, places: places)
    }

    /// The places of the list `llm`; the same for all assistants, who share what is counted of them.
    package func dialoguePlaces() -> [ChainPlace] {
        Self.places(.llm, configuration.llm, configuration.fallback)
    }

    /// The dialogue of one assistant.
    /// - Throws: where one of the list can't be made.
    package func dialogue(
        _ settings: AssistantSettings, _ block: AssistantBlock,
        scripted: ScriptedDialogueEngine, role: AssistantRole, places: [ChainPlace]
    ) throws -> Made<any DialogueEngine> {
        let parts = try dialogues(settings, block, scripted: scripted, role: role)
            .map { try $0.get() }
        let engine =
            parts.count == 1
            ? parts[0] : ChainDialogue(zip(parts, places).map { ChainLink($0, $1) }, report: report)
        return Made(engine: engine, parts: parts, places: places)
    }

    /// The local synthesiser for what must be said even when nobody else can speak.
    package func lastSynthesiser() throws -> any TextToSpeech {
        let configured = try configuration.tts.map { entry in try entry.textToSpeech() }
        let candidates = configured + EngineRegistry.textToSpeech.map { $0.init() }
        guard let last = candidates.first(where: { type(of: $0).canBeLastVoice }) else {
            preconditionFailure("no synthesiser works without a server")
        }
        return try last.make(context)
    }

    /// Ends what runs beside the calls. After the last of them.
    package func close() { remote.close() }

    private static func places(
        _ stage: EngineStage, _ list: [EngineSettings], _ fallback: FallbackSettings
    ) -> [ChainPlace] {
        list.map { settings in
            let patience = settings.patience
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
}

extension EngineContext {
    /// Makes each entry of a list, which is named in its errors.
    fileprivate func each<Engine>(
        _ list: [EngineSettings], of stage: EngineStage,
        _ make: (EngineSettings, EngineContext) throws -> Engine
    ) -> [Result<Engine, any Error>] {
        list.enumerated().map { index, settings in
            var context = self
            context.entry = "\(stage.rawValue)[\(index)]"
            context.patience = settings.patience
            return Result { try make(settings, context) }
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

extension LanguageModelWishes {
    /// Those of an assistant.
    package init(_ block: AssistantBlock) {
        self.init(
            prompt: block.prompt, temperature: block.temperature, tokensMax: block.tokensMax)
    }
}

extension LanguageModelLimits {
    package init(_ block: AssistantBlock) {
        self.init()
        toolRoundsMax = block.toolRoundsMax
        turnsMax = block.rememberedTurnsMax
    }
}
