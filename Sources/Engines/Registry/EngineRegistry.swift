import Options

/// Every engine that the configuration can name: a word for each, the rest is in its vendor's folder.
/// What is not listed is an error of the configuration.
package enum EngineRegistry {
    // Each in the order in which the reference lists them.

    package static let speechToText: [any SpeechToTextSettings.Type] = [
        WhisperSettings.self, OpenAITranscriptionSettings.self, OpenAIRealtimeSettings.self,
        DeepgramListenSettings.self, ConcyaListeningSettings.self, FixedSpeechToTextSettings.self,
    ]

    package static let dialogue: [any DialogueSettings.Type] = [
        ScriptedSettings.self, OpenAIChatSettings.self, OllamaSettings.self,
        AnthropicSettings.self, ConcyaDialogueSettings.self, FixedDialogueSettings.self,
    ]

    package static let textToSpeech: [any TextToSpeechSettings.Type] = [
        FliteSettings.self, OpenAISpeechSettings.self, EspeakSettings.self,
        ElevenLabsSettings.self, DeepgramSpeechSettings.self, PiperSettings.self,
        ConcyaSpeechSettings.self, FixedTextToSpeechSettings.self,
    ]

    /// A stage's engines.
    package static func engines(_ stage: EngineStage) -> [any VendorSettings.Type] {
        switch stage {
        case .stt: speechToText
        case .llm: dialogue
        case .tts: textToSpeech
        }
    }

    package static var all: [any VendorSettings.Type] { EngineStage.allCases.flatMap(engines) }

    package static func names(_ stage: EngineStage) -> [String] {
        engines(stage).map { $0.engineName }
    }

    /// An entry with nothing but defaults; nil for a name that is not known.
    package static func entry(_ stage: EngineStage, _ name: String) -> EngineSettings? {
        engines(stage).first { $0.engineName == name }.map { EngineSettings($0.init()) }
    }

    /// The entry that a list has without a configuration: the first of the stage, which needs no server.
    package static func usual(_ stage: EngineStage) -> EngineSettings {
        EngineSettings(engines(stage)[0].init())
    }

    /// A stage's list as the sample configuration shows it.
    package static func sample(_ stage: EngineStage) -> String { "[\(engines(stage)[0].sample)]" }

    /// Variables of the environment that stand in for addresses.
    static var addressVariables: [String] { variables(\.addressEnv) }
    /// Variables of the environment that hold keys.
    package static var keyVariables: [String] { variables(\.keyEnv) }

    private static func variables(_ path: KeyPath<EngineServer, String>) -> [String] {
        var names: [String] = []
        for case let remote as any RemoteSettings.Type in all {
            let name = remote.server[keyPath: path]
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        return names
    }
}

extension EngineSettings {
    /// The settings as one of `stt`'s. Throws for an entry of another list.
    package func speechToText() throws(ConfigurationError) -> any SpeechToTextSettings {
        try settings(of: .stt, own as? any SpeechToTextSettings)
    }

    /// The settings as one of `llm`'s. Throws for an entry of another list.
    package func dialogue() throws(ConfigurationError) -> any DialogueSettings {
        try settings(of: .llm, own as? any DialogueSettings)
    }

    /// The settings as one of `tts`'. Throws for an entry of another list.
    package func textToSpeech() throws(ConfigurationError) -> any TextToSpeechSettings {
        try settings(of: .tts, own as? any TextToSpeechSettings)
    }

    private func settings<Settings>(
        of stage: EngineStage, _ settings: Settings?
    ) throws(ConfigurationError) -> Settings {
        guard let settings else {
            throw ConfigurationError(
                file: "configuration", place: nil,
                message: "an entry of \(self.stage.rawValue), \(engine), can't stand in "
                    + "\(stage.rawValue); choose one of "
                    + EngineRegistry.names(stage).joined(separator: ", "))
        }
        return settings
    }

    /// The protocol of the language model that the entry names, without a daemon around it.
    /// - Parameter entry: its name, for errors: `llm[0]`.
    package func languageModel(
        _ remote: RemoteServices, at entry: String
    ) throws(ConfigurationError) -> any LanguageModelWire {
        guard let model = own as? any LanguageModelSettings else {
            throw ConfigurationError(
                file: "configuration", place: nil,
                message: "\(entry): \(engine) is not a language model")
        }
        return model.wire(try remote.service(model, patience, at: entry))
    }
}
