extension SpeechToTextKind {
    private static let openAIRealtimeFacts: EngineFacts = {
        var server = EngineServer.openAI
        server.takesWebSocketAddress = true
        return EngineFacts(
            .stt, "openai-realtime",
            keys: EngineFacts.remoteKeys + ["model", "language", "prompt"],
            required: ["model"], server: server)
    }()

    static let openAIRealtime = SpeechToTextKind(facts: openAIRealtimeFacts) { settings, context in
        var options = OpenAIRealtimeOptions(
            service: try context.service(openAIRealtimeFacts, settings), model: settings.model)
        options.language = settings.language
        options.prompt = settings.prompt
        options.utteranceMsMax = context.utteranceMsMax
        return StreamedTranscription.openAIRealtime(options)
    }
}
