extension TextToSpeechKind {
    static let flite = TextToSpeechKind(
        facts: EngineFacts(.tts, "flite", keys: ["voice", "workers"])
    ) { settings, context in
        try FliteEngine.made(settings, context)
    }
}

extension FliteEngine {
    /// The local synthesiser of an entry, whatever engine that names. Blocking.
    package static func made(
        _ settings: EngineSettings, _ context: EngineContext
    ) throws -> FliteEngine {
        var options = FliteOptions()
        options.workers = settings.workers
        options.playoutMsMax = context.playoutMsMax
        options.resampler = context.resampler
        if !settings.voice.isEmpty { options.voice = settings.voice }
        return try FliteEngine(options)
    }
}
