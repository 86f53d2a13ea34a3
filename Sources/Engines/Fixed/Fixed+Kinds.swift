extension SpeechToTextKind {
    static let fixed = SpeechToTextKind(
        facts: EngineFacts(.stt, "fixed", keys: ["text", "delayMs"])
    ) { settings, _ in
        FixedSpeechToText(
            text: settings.text.isEmpty ? "This is a set transcript." : settings.text,
            delayMs: settings.delayMs)
    }
}

extension DialogueKind {
    static let fixed = DialogueKind(
        EngineFacts(.llm, "fixed", keys: ["text", "delayMs"])
    ) { settings, context in
        FixedDialogue(
            text: settings.text.isEmpty ? "This is a set reply." : settings.text,
            greeting: context.greeting, delayMs: settings.delayMs)
    }
}

extension TextToSpeechKind {
    static let fixed = TextToSpeechKind(
        facts: EngineFacts(.tts, "fixed", keys: ["clipMs", "voice", "workers"])
    ) { settings, context in
        try FixedTextToSpeech(
            clipMs: settings.clipMs, madeBy: try FliteEngine.made(settings, context))
    }
}
