import Assistants
import Configuration
import DSP
import Engines
import Foundation
import Net
import Pipelines
import Telemetry
import VAD

/// The engines of a daemon, made once and shared by all calls.
package struct Engines: Sendable {
    package let speechToText: any SpeechToText
    package let textToSpeech: any TextToSpeech
    package let voiceActivity: SileroModel
    /// The places of the chains, in the order of the lists.
    package let places: [ChainPlace]
    /// Each engine of the lists that all calls share.
    private let parts: [any Sendable]
    private let dialoguePlaces: [ChainPlace]
    private let maker: EngineMaker

    /// Loads models; blocking.
    package init(_ configuration: Configuration, secrets: Secrets, log: Logger) throws {
        voiceActivity = try SileroModel(
            weightsPath: ModelFolder(configuration.models).voiceActivityWeights)
        maker = try EngineMaker(configuration, secrets: secrets, log: log)
        let recogniser = try maker.speechToText()
        let synthesiser = try maker.textToSpeech()
        speechToText = recogniser.engine
        textToSpeech = synthesiser.engine
        parts = recogniser.parts + synthesiser.parts
        dialoguePlaces = maker.dialoguePlaces()
        let chains = [recogniser.places, dialoguePlaces, synthesiser.places]
        places = chains.filter { $0.count > 1 }.flatMap(\.self)
    }

    /// The local synthesiser for what must be said even when nobody else can speak.
    package func lastSynthesiser() throws -> any TextToSpeech { try maker.lastSynthesiser() }

    /// The dialogue of one assistant. All assistants share the books on the services.
    package func dialogue(
        _ settings: AssistantSettings, _ block: AssistantBlock,
        scripted: ScriptedDialogueEngine, role: AssistantRole
    ) throws -> any DialogueEngine {
        try maker.dialogue(settings, block, scripted: scripted, role: role, places: dialoguePlaces)
            .engine
    }

    // MARK: - Life

    /// Works once, so that the first caller does not wait for what is made on first use. Blocking.
    package func warmUp() throws {
        for case let engine as any WarmableEngine in parts { try engine.warmUp() }
    }

    /// Opens connections for a call on this loop. On that loop.
    /// - Parameter hears: whether the caller's words are ours to find.
    package func warm(_ assistant: Assistant, hears: Bool = true, on loop: any CallLoop) {
        var engines: [Any] = [assistant.dialogue]
        if hears { engines.append(speechToText) }
        for engine in engines {
            (engine as? any ServiceWarming)?.warm(on: loop)
        }
        textToSpeech.warm(voice: assistant.settings.voice, on: loop)
    }

    /// Ends what runs beside the calls. After the last call.
    package func close() { maker.close() }

    package func metrics() -> [MetricFamily] {
        Self.ownMetrics(parts.compactMap { $0 as? any CountingEngine }) + Self.chainMetrics(places)
    }
}
