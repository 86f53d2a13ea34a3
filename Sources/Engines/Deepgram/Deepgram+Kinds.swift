extension EngineServer {
    fileprivate static let deepgram = EngineServer(
        baseURL: "https://api.deepgram.com/v1", keyEnv: "DEEPGRAM_API_KEY", keyPrefix: "Token ")
}

extension SpeechToTextKind {
    private static let deepgramFacts: EngineFacts = {
        var server = EngineServer.deepgram
        server.takesWebSocketAddress = true
        return EngineFacts(
            .stt, "deepgram",
            keys: EngineFacts.remoteKeys + [
                "model", "language", "prompt", "sampleRate", "endpointingMs", "endOfTurnThreshold",
                "earlyEndOfTurnThreshold",
            ], server: server)
    }()

    static let deepgram = SpeechToTextKind(facts: deepgramFacts) { settings, context in
        var options = DeepgramOptions(
            service: try context.service(deepgramFacts, settings),
            model: settings.model.isEmpty ? "nova-3" : settings.model)
        options.language = settings.language
        options.keyTerms = settings.prompt.split(separator: ",").map {
            $0.split(separator: " ").joined(separator: " ")
        }.filter { !$0.isEmpty }
        options.isLinear16k = settings.sampleRate == 16_000
        options.endpointingMs = settings.endpointingMs
        options.endOfTurnThreshold = settings.endOfTurnThreshold
        options.earlyEndOfTurnThreshold = settings.earlyEndOfTurnThreshold
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.deepgram(options)
    }
}

extension TextToSpeechKind {
    private static let deepgramFacts = EngineFacts(
        .tts, "deepgram", keys: EngineFacts.remoteKeys + ["model", "requestsMax"],
        required: ["model"], server: .deepgram)

    static let deepgram = TextToSpeechKind(facts: deepgramFacts) { settings, context in
        context.speech(
            DeepgramSpeech(
                service: try context.service(deepgramFacts, settings), model: settings.model),
            settings)
    }
}
