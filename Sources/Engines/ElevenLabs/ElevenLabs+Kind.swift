import Options

extension TextToSpeechKind {
    private static let elevenLabsFacts = EngineFacts(
        .tts, "elevenlabs",
        keys: EngineFacts.remoteKeys + [
            "model", "voice", "sampleRate", "rate", "requestsMax", "spares",
        ],
        required: ["voice"],
        server: EngineServer(
            baseURL: "https://api.elevenlabs.io/v1", keyEnv: "ELEVENLABS_API_KEY",
            keyHeader: "xi-api-key", keyPrefix: ""))

    static let elevenLabs = TextToSpeechKind(facts: elevenLabsFacts) { settings, context in
        func refusal(_ message: String) -> ConfigurationError {
            ConfigurationError(
                file: "configuration", place: nil, message: "\(context.entry): \(message)")
        }
        guard (0.7...1.2).contains(settings.rate) else {
            throw refusal("rate \(settings.rate) is beyond what elevenlabs takes, 0.7 to 1.2")
        }
        guard [0, 8000, 16_000].contains(settings.sampleRate) else {
            throw refusal("elevenlabs takes sampleRate 8000 or 16000, not \(settings.sampleRate)")
        }
        var options = ElevenLabsOptions(
            service: try context.service(elevenLabsFacts, settings), voice: settings.voice)
        if !settings.model.isEmpty { options.model = settings.model }
        if settings.sampleRate == 16_000 { options.format = .linear16000 }
        options.rate = settings.rate
        options.sparesMax = settings.spares
        options.speech = context.speechOptions(settings)
        return ElevenLabsSpeech(options, loop: context.remote.loop)
    }
}
