import Pipelines

/// A speech-to-text engine that the configuration can name, with its factory.
package struct SpeechToTextKind: Sendable {
    package let facts: EngineFacts
    /// Makes it for all calls. Blocking where it loads a model.
    package let make: @Sendable (EngineSettings, EngineContext) throws -> any SpeechToText
}

/// A text-to-speech engine that the configuration can name, with its factory.
package struct TextToSpeechKind: Sendable {
    package let facts: EngineFacts
    /// Makes it for all calls. Blocking where it loads a voice.
    package let make: @Sendable (EngineSettings, EngineContext) throws -> any TextToSpeech
}

/// A dialogue engine that the configuration can name, with its factory.
package struct DialogueKind: Sendable {
    package let facts: EngineFacts
    /// The protocol of a language model; nil for a dialogue of another sort.
    package let wire: (@Sendable (EngineSettings, RemoteService) -> any LanguageModelWire)?
    /// Makes it for one assistant.
    package let make: @Sendable (EngineSettings, DialogueContext) throws -> any DialogueEngine
    /// It does not say what a whole answer would be, so the words themselves are judged.
    package let leavesWordsToJudge: Bool

    /// A dialogue that is not a language model of ours.
    package init(
        _ facts: EngineFacts, leavesWordsToJudge: Bool = false,
        make: @escaping @Sendable (EngineSettings, DialogueContext) throws -> any DialogueEngine
    ) {
        self.facts = facts
        self.leavesWordsToJudge = leavesWordsToJudge
        self.make = make
        wire = nil
    }

    /// A language model, told of by its protocol.
    package init(
        _ facts: EngineFacts,
        wire: @escaping @Sendable (EngineSettings, RemoteService) -> any LanguageModelWire
    ) {
        self.facts = facts
        self.wire = wire
        leavesWordsToJudge = true
        make = { settings, context in
            LanguageModelEngine(
                context.role(settings.prompt),
                wire: wire(settings, try context.engine.service(facts, settings)),
                clients: context.engine.remote.clients, limits: context.limits)
        }
    }
}
