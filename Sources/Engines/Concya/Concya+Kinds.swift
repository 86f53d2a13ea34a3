extension SpeechToTextKind {
    private static let concyaFacts = EngineFacts(
        .stt, "concya", keys: EngineFacts.remoteKeys + ["language"],
        server: EngineServer(
            baseURL: "ws://127.0.0.1:8000", addressEnv: "CONCYA_STT_URL",
            takesWebSocketAddress: true))

    static let concya = SpeechToTextKind(facts: concyaFacts) { settings, context in
        var options = ConcyaListeningOptions(service: try context.service(concyaFacts, settings))
        options.language = settings.language
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.concya(options)
    }
}

extension DialogueKind {
    private static let concyaFacts = EngineFacts(
        .llm, "concya", keys: EngineFacts.remoteKeys + ["language"],
        server: EngineServer(baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_LLM_URL"))

    static let concya = DialogueKind(concyaFacts, leavesWordsToJudge: true) { settings, context in
        ConcyaDialogue(
            context.role(""), service: try context.engine.service(concyaFacts, settings),
            language: settings.language, clients: context.engine.remote.clients)
    }
}

extension TextToSpeechKind {
    private static let concyaFacts = EngineFacts(
        .tts, "concya", keys: EngineFacts.remoteKeys + ["voice", "requestsMax"],
        server: EngineServer(baseURL: "http://127.0.0.1:8000", addressEnv: "CONCYA_TTS_URL"))

    static let concya = TextToSpeechKind(facts: concyaFacts) { settings, context in
        var wire = ConcyaSpeech(
            service: try context.service(concyaFacts, settings), voice: settings.voice)
        wire.playoutMsMax = context.playoutMsMax
        return context.speech(wire, settings)
    }
}
