import Options

/// Every engine that the configuration can name. An engine is a folder with its facts and its
/// factory, and a word here; what is not made cannot be listed, and what is not listed is an error of
/// the configuration.
package enum EngineRegistry {
    /// In the order in which the reference lists them.
    package static let speechToText: [SpeechToTextKind] = [
        .whisper, .openAI, .openAIRealtime, .deepgram, .concya, .fixed,
    ]

    package static let dialogue: [DialogueKind] = [
        .scripted, .openAI, .ollama, .anthropic, .concya, .fixed,
    ]

    package static let textToSpeech: [TextToSpeechKind] = [
        .flite, .openAI, .espeak, .elevenLabs, .deepgram, .piper, .concya, .fixed,
    ]

    /// The facts of a stage's engines.
    package static func facts(_ stage: EngineStage) -> [EngineFacts] {
        switch stage {
        case .stt: speechToText.map(\.facts)
        case .llm: dialogue.map(\.facts)
        case .tts: textToSpeech.map(\.facts)
        }
    }

    /// The kind that an entry names.
    package static func speechToText(
        _ settings: EngineSettings
    ) throws(ConfigurationError) -> SpeechToTextKind {
        try found(speechToText.first { $0.facts.name == settings.engine }, settings, .stt)
    }

    /// The kind that an entry names.
    package static func dialogue(
        _ settings: EngineSettings
    ) throws(ConfigurationError) -> DialogueKind {
        try found(dialogue.first { $0.facts.name == settings.engine }, settings, .llm)
    }

    /// The kind that an entry names.
    package static func textToSpeech(
        _ settings: EngineSettings
    ) throws(ConfigurationError) -> TextToSpeechKind {
        try found(textToSpeech.first { $0.facts.name == settings.engine }, settings, .tts)
    }

    private static func found<Kind>(
        _ kind: Kind?, _ settings: EngineSettings, _ stage: EngineStage
    ) throws(ConfigurationError) -> Kind {
        guard let kind else {
            throw ConfigurationError(
                file: "configuration", place: nil,
                message: "\(stage.rawValue): '\(settings.engine)' is not known; choose one of "
                    + facts(stage).map(\.name).joined(separator: ", "))
        }
        return kind
    }
}

extension EngineRegistry {
    /// The protocol of the language model that an entry of `llm` names, without a daemon around it.
    package static func languageModel(
        _ settings: EngineSettings, _ remote: RemoteServices, at entry: String
    ) throws -> any LanguageModelWire {
        let kind = try dialogue(settings)
        guard let wire = kind.wire else {
            throw ConfigurationError(
                file: "configuration", place: nil,
                message: "\(entry): \(settings.engine) is not a language model")
        }
        return wire(settings, try remote.service(kind.facts, settings, at: entry))
    }
}
