extension SpeechToTextKind {
    static let whisper = SpeechToTextKind(
        facts: EngineFacts(
            .stt, "whisper",
            keys: [
                "model", "threads", "workers", "queueMax", "language", "prompt", "vocabularyMax",
            ])
    ) { settings, context in
        var options = WhisperOptions(modelPath: context.whisperPath(settings.model))
        options.language = settings.language
        options.prompt = settings.prompt
        options.vocabularyMax = settings.vocabularyMax
        options.workers = settings.workers
        options.threads = settings.threads
        options.queueMax = settings.queueMax
        options.utteranceMsMax = context.utteranceMsMax
        return try WhisperEngine(options)
    }
}
