extension EngineServer {
    static let openAI = EngineServer(
        baseURL: "https://api.openai.com/v1", addressEnv: "OPENAI_BASE_URL",
        keyEnv: "OPENAI_API_KEY")
}

extension SpeechToTextKind {
    private static let openAIFacts = EngineFacts(
        .stt, "openai",
        keys: EngineFacts.remoteKeys + ["model", "language", "prompt", "sampleRate"],
        required: ["model"], server: .openAI)

    static let openAI = SpeechToTextKind(facts: openAIFacts) { settings, context in
        var options = OpenAITranscriptionOptions(
            service: try context.service(openAIFacts, settings), model: settings.model)
        options.language = settings.language
        options.prompt = settings.prompt
        if settings.sampleRate == 8000 { options.sampleRate = 8000 }
        options.utteranceMsMax = context.utteranceMsMax
        return OpenAITranscription(options, clients: context.remote.clients)
    }
}

extension DialogueKind {
    static let openAI = openAICompatible("openai", .openAI)
    static let ollama = openAICompatible(
        "ollama",
        EngineServer(
            baseURL: "http://127.0.0.1:11434/v1", addressEnv: "OLLAMA_URL", addressEnvIsBare: true))

    /// A model behind OpenAI's interface.
    private static func openAICompatible(_ name: String, _ server: EngineServer) -> DialogueKind {
        let facts = EngineFacts(
            .llm, name,
            keys: EngineFacts.remoteKeys + ["model", "prompt", "temperature", "tokensMax"],
            required: ["model"], server: server)
        return DialogueKind(facts) { settings, service in
            OpenAIChat(
                name: name, service: service, model: settings.model,
                temperature: settings.temperature, tokensMax: settings.tokensMax)
        }
    }
}

extension TextToSpeechKind {
    private static let openAIFacts = EngineFacts(
        .tts, "openai",
        keys: EngineFacts.remoteKeys + [
            "model", "voice", "format", "sampleRate", "rate", "requestsMax",
        ],
        required: ["model", "voice"], server: .openAI)

    static let openAI = TextToSpeechKind(facts: openAIFacts) { settings, context in
        var wire = OpenAISpeech(
            service: try context.service(openAIFacts, settings), model: settings.model,
            voice: settings.voice)
        wire.format = OpenAISpeech.Format(rawValue: settings.format.rawValue) ?? .pcm
        if settings.sampleRate > 0 { wire.pcmRate = settings.sampleRate }
        wire.rate = settings.rate
        return context.speech(wire, settings)
    }
}
