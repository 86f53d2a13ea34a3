extension TextToSpeechKind {
    private static let piperFacts = EngineFacts(
        .tts, "piper", keys: EngineFacts.remoteKeys + ["voice", "rate", "requestsMax"],
        server: EngineServer(baseURL: "http://127.0.0.1:5000"))

    static let piper = TextToSpeechKind(facts: piperFacts) { settings, context in
        context.speech(
            PiperSpeech(
                service: try context.service(piperFacts, settings), voice: settings.voice,
                rate: settings.rate), settings)
    }
}
