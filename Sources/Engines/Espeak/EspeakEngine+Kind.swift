extension TextToSpeechKind {
    static let espeak = TextToSpeechKind(
        facts: EngineFacts(.tts, "espeak", keys: ["voice", "language", "rate"])
    ) { settings, context in
        var options = EspeakOptions()
        if !settings.language.isEmpty { options.voice = settings.language }
        if !settings.voice.isEmpty { options.voice = settings.voice }
        options.rate = settings.rate
        options.playoutMsMax = context.playoutMsMax
        options.resampler = context.resampler
        return try EspeakEngine(options)
    }
}
