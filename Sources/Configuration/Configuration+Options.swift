import Options

/// The table of keys. Order here is the order of the reference page and the sample file.
extension Configuration {
    package static let options: [ConfigurationOption<Configuration>] =
        serverOptions + twilioOptions + engineListOptions + turnOptions + vadOptions + audioOptions
        + bufferOptions + limitOptions + webhookOptions + placeOptions + assistantOptions
        + numberOptions

    package static let serverOptions: [ConfigurationOption<Configuration>] = [
        .text(
            "server.host", \.server.host, allowed: "an IPv4 or IPv6 address",
            "Address to listen on; 127.0.0.1 keeps the daemon to this machine."),
        .integer(
            "server.port", \.server.port, 0...65535,
            "Port to listen on; 0 takes any free one and logs it."),
        .integer(
            "server.loops", \.server.loops, 0...256,
            "Event loops, each a thread with its own listening socket; 0 means one a core."),
        .text(
            "server.tlsCertificate", \.server.tlsCertificate, allowed: "path of a PEM file",
            "Certificate chain; with tlsKey it switches TLS on."),
        .text(
            "server.tlsKey", \.server.tlsKey, allowed: "path of a PEM file",
            "Private key of the certificate."),
        .integer(
            "server.headerBytesMax", \.server.headerBytesMax, 1024...1_048_576, unit: "bytes",
            "A request's head beyond this is refused with 431."),
        .integer(
            "server.bodyBytesMax", \.server.bodyBytesMax, 1024...67_108_864, unit: "bytes",
            "A request's body beyond this is refused with 413."),
        .integer(
            "server.headerTimeoutMs", \.server.headerTimeoutMs, 100...300_000, unit: "ms",
            "Time a client has to send a request's head."),
        .integer(
            "server.bodyTimeoutMs", \.server.bodyTimeoutMs, 100...300_000, unit: "ms",
            "Time a client has to send a request's body."),
        .integer(
            "server.idleTimeoutMs", \.server.idleTimeoutMs, 100...3_600_000, unit: "ms",
            "A kept-alive connection without a request is closed after this."),
        .integer(
            "server.writeTimeoutMs", \.server.writeTimeoutMs, 100...300_000, unit: "ms",
            "A client that takes nothing for this long of an answer that waits for it is cut off."),
        .integer(
            "server.connectionsMax", \.server.connectionsMax, 1...1_000_000,
            "Connections held at once by the whole daemon; more are refused."),
        .integer(
            "server.drainMs", \.server.drainMs, 0...3_600_000, unit: "ms", reloadable: true,
            "After SIGTERM, live calls have this long to finish."),
    ]

    package static let twilioOptions: [ConfigurationOption<Configuration>] = [
        .boolean(
            "twilio.validateSignatures", \.twilio.validateSignatures,
            "Refuse webhooks and streams that Twilio did not sign; needs TWILIO_AUTH_TOKEN."),
        .text(
            "twilio.publicURL", \.twilio.publicURL,
            allowed: "https://host, no path; http:// for this machine only",
            "How Twilio reaches this daemon; PUBLIC_URL, PUBLIC_WEBHOOK_URL or TWILIO_WEBHOOK_URL "
                + "in the environment stand in for it."),
        .text(
            "twilio.restURL", \.twilio.restURL, allowed: "http or https address without a path",
            "Where Twilio's REST API is."),
        .integer(
            "twilio.streamTokenMs", \.twilio.streamTokenMs, 1000...600_000, unit: "ms",
            reloadable: true,
            "How long after the webhook its stream may come with the one-time token."),
        .integer(
            "twilio.messageBytesMax", \.twilio.messageBytesMax, 1024...1_048_576,
            unit: "bytes", "A WebSocket message beyond this closes the stream with 1009."),
        .integer(
            "twilio.stallMs", \.twilio.stallMs, 1000...600_000, unit: "ms",
            "A stream that sends nothing for this long is closed as dead."),
    ]

    package static let turnOptions: [ConfigurationOption<Configuration>] = [
        .choice(
            "turn.endpointing", \.turn.endpointing, reloadable: true,
            "What the silence that ends a turn depends on: adaptive, on the words, on what was asked "
                + "and on how this caller pauses; fixed, on nothing, it is always endpointMs."),
        .integer(
            "turn.endpointMs", \.turn.endpointMs, 50...5000, unit: "ms", reloadable: true,
            "Silence that ends the caller's turn when nothing is known of the words, and always "
                + "with fixed endpointing."),
        .integer(
            "turn.endpointMinMs", \.turn.endpointMinMs, 50...5000, unit: "ms",
            reloadable: true,
            "Silence that ends a turn whose words answer completely what was asked."),
        .integer(
            "turn.endpointMaxMs", \.turn.endpointMaxMs, 50...10_000, unit: "ms",
            reloadable: true, "Silence that ends a turn whose words are plainly unfinished."),
        .integer(
            "turn.speculateAfterMs", \.turn.speculateAfterMs, 0...5000, unit: "ms",
            reloadable: true,
            "Pause after which transcription and reply are begun on trust; 0 waits for the end."),
        .integer(
            "turn.bargeInMs", \.turn.bargeInMs, 20...2000, unit: "ms", reloadable: true,
            "Caller's speech over the assistant that makes it fall silent."),
        .integer(
            "turn.bargeInEarlyMs", \.turn.bargeInEarlyMs, 20...2000, unit: "ms", reloadable: true,
            "The same at the beginning of a reply, when an echo is likeliest; bargeInMs where that is "
                + "more."),
        .integer(
            "turn.earlyPlayoutMs", \.turn.earlyPlayoutMs, 0...5000, unit: "ms", reloadable: true,
            "How long that beginning is."),
        .integer(
            "turn.bargeInConfirmMs", \.turn.bargeInConfirmMs, 100...5000, unit: "ms",
            reloadable: true,
            "Speech that long is an interruption whatever its words; shorter sounds without words "
                + "let the assistant go on where it stopped."),
        .integer(
            "turn.echoWords", \.turn.echoWords, 0...20, reloadable: true,
            "Words over the assistant that it has just said itself, so many or more in a row, are its "
                + "echo; 0 turns the check off."),
        .integer(
            "turn.dtmfGapMs", \.turn.dtmfGapMs, 200...30_000, unit: "ms", reloadable: true,
            "Pause that ends a keyed number which # or its length has not ended."),
        .integer(
            "turn.dtmfDigitsMax", \.turn.dtmfDigitsMax, 1...256, unit: "digits", reloadable: true,
            "Longest keyed number; keys beyond it are dropped, counted and logged once."),
        .integer(
            "turn.idlePromptMs", \.turn.idlePromptMs, 1000...120_000, unit: "ms",
            reloadable: true, "Silence on both sides after which the caller is asked again."),
        .integer(
            "turn.idlePromptsMax", \.turn.idlePromptsMax, 1...20, reloadable: true,
            "Unanswered prompts in a row before the assistant says goodbye."),
        .integer(
            "turn.holdMs", \.turn.holdMs, 1000...600_000, unit: "ms", reloadable: true,
            "The same once the caller has asked to wait (\"one moment, please\")."),
        .integer(
            "turn.fillerAfterMs", \.turn.fillerAfterMs, 0...60_000, unit: "ms", reloadable: true,
            "Silence since the caller's last word, or inside a reply, after which \"One moment\" is "
                + "said while the reply is not there, such as when a tool or a model is slow; 0 for "
                + "never."),
        .integer(
            "turn.failuresMax", \.turn.failuresMax, 1...20, reloadable: true,
            "Turns in a row that could not be answered, or heard by any engine, before the call is "
                + "handed over to the "
                + "assistant's handOverNumber, or ended where there is none."),
        .integer(
            "turn.transcriptTimeoutMs", \.turn.transcriptTimeoutMs, 500...60_000, unit: "ms",
            reloadable: true,
            "Words that have not been transcribed by then are asked for again."),
        .integer(
            "turn.replyTimeoutMs", \.turn.replyTimeoutMs, 500...60_000, unit: "ms",
            reloadable: true,
            "A turn without a reply by then is answered with an apology, never with silence."),
        .integer(
            "turn.greetingUninterruptibleMs", \.turn.greetingUninterruptibleMs, 0...60_000,
            unit: "ms", reloadable: true,
            "The first part of the greeting that the caller cannot interrupt."),
    ]

    package static let vadOptions: [ConfigurationOption<Configuration>] = [
        .number(
            "vad.onsetThreshold", \.vad.onsetThreshold, 0.05...0.99, reloadable: true,
            "Speech probability at which speech begins."),
        .number(
            "vad.earlyOnsetThreshold", \.vad.earlyOnsetThreshold, 0.05...0.99,
            reloadable: true,
            "The same for a sound that is still shorter than coughMs: coughs stay under it."),
        .integer(
            "vad.coughMs", \.vad.coughMs, 0...500, unit: "ms", reloadable: true,
            "How long a sound is taken for a possible cough."),
        .number(
            "vad.offsetThreshold", \.vad.offsetThreshold, 0.01...0.95, reloadable: true,
            "Speech probability under which speech ends; below onsetThreshold."),
        .number(
            "vad.playoutThreshold", \.vad.playoutThreshold, 0.05...0.99, reloadable: true,
            "Speech probability at which speech begins while the assistant speaks."),
        .number(
            "vad.playoutEarlyThreshold", \.vad.playoutEarlyThreshold, 0.05...0.99,
            reloadable: true,
            "earlyOnsetThreshold while the assistant speaks."),
        .number(
            "vad.gateDB", \.vad.gateDB, 1...20, unit: "dB", reloadable: true,
            "Sound must rise this far above the noise floor before the network looks at it."),
        .integer(
            "vad.preRollMs", \.conversation.preRollMs, 0...1000, unit: "ms", reloadable: true,
            "Audio before the detected onset that is transcribed too."),
    ]

    package static let audioOptions: [ConfigurationOption<Configuration>] = [
        .boolean(
            "audio.highPass", \.audio.highPass, "Take hum and rumble out of the caller's voice."),
        .choice(
            "audio.noiseSuppression", \.audio.noiseSuppression,
            "Strength of noise suppression on the caller's voice."),
        .boolean(
            "audio.automaticGain", \.audio.automaticGain, "Bring quiet callers to a normal level."),
        .boolean(
            "audio.echoCancellation", \.audio.echoCancellation,
            "Subtract the assistant's own voice from what the caller's telephone returns."),
        .integer(
            "audio.echoDelayMs", \.audio.echoDelayMs, 0...1000, unit: "ms",
            "How long the assistant's voice takes to the caller's telephone and back, until that is "
                + "known: it is found by correlation, up to a second, after some seconds of speech."
        ),
        .choice(
            "audio.resampler", \.audio.resampler,
            "Quality of rate conversion where no exact half-band filter fits."),
    ]

    package static let bufferOptions: [ConfigurationOption<Configuration>] = [
        .integer(
            "buffers.callerMs", \.buffers.callerMs, 2000...300_000, unit: "ms",
            "Longest single utterance that is kept for transcription."),
        .integer(
            "buffers.playoutMs", \.conversation.playoutMs, 2000...600_000, unit: "ms",
            "Longest sentence of synthesised speech that is held."),
        .integer(
            "buffers.leadMs", \.conversation.leadMs, 20...5000, unit: "ms", reloadable: true,
            "How far ahead of real time audio is sent: more survives network stalls, less is thrown "
                + "away at an interruption."),
        .integer(
            "buffers.frameMs", \.conversation.frameMs, 10...200, unit: "ms", reloadable: true,
            "Audio in one outbound message; a multiple of 10."),
        .integer(
            "buffers.markMs", \.conversation.markMs, 100...10_000, unit: "ms", reloadable: true,
            "Audio between two marks, by which what was heard is known."),
        .integer(
            "buffers.outboundBytesMax", \.buffers.outboundBytesMax, 16_384...67_108_864,
            unit: "bytes",
            "Unsent bytes to a peer that has stopped reading before its stream is closed."),
    ]

    package static let limitOptions: [ConfigurationOption<Configuration>] = [
        .integer(
            "limits.maxCalls", \.limits.maxCalls, 1...100_000, reloadable: true,
            "Live calls; the next one hears that all lines are busy."),
        .integer(
            "limits.callSeconds", \.limits.callSeconds, 10...86_400, unit: "s",
            reloadable: true, "Length of a call, after which it is ended with a spoken goodbye."),
        .integer(
            "limits.webhooksPerSecond", \.limits.webhooksPerSecond, 1...1_000_000,
            reloadable: true, "New calls a second, averaged; more are answered with 429."),
        .integer(
            "limits.startTimeoutMs", \.limits.startTimeoutMs, 100...60_000, unit: "ms",
            "Time a new stream has to send its start message."),
        .integer(
            "limits.streamTokens", \.limits.streamTokens, 100...10_000_000,
            "One-time tokens that are remembered, each for twice twilio.streamTokenMs; a call for "
                + "which there is no room is answered with 503. One takes about 200 bytes."),
    ]

    package static let placeOptions: [ConfigurationOption<Configuration>] = [
        .text(
            "store.path", \.store.path, allowed: "path, or :memory:",
            "The SQLite database; its folder is made if it is missing."),
        .text(
            "store.url", \.store.url, allowed: "postgres://user@host:port/database",
            "A PostgreSQL database in place of the SQLite file; STREAMD_STORE_URL in the environment "
                + "stands in for it, the place for one with a password."),
        .text(
            "state.url", \.state.url, allowed: "redis://host:port/number, or unix:///path",
            "A Redis server that keeps the memory of calls by `<Gather>`, for several nodes; empty "
                + "keeps it in the process. STREAMD_STATE_URL in the environment stands in for it."),
        .integer(
            "state.timeoutMs", \.state.timeoutMs, 10...60_000, unit: "ms",
            "Time the Redis server has to answer."),
        .text(
            "models.directory", \.models.directory, allowed: "path of a folder",
            "Where weights are; empty means STREAMD_CACHE/models or ~/.cache/streamd/models."),
        .text(
            "models.baseURL", \.models.baseURL, allowed: "http or https address of a folder",
            "Where `streamd model pull NAME` fetches ggml-NAME.bin; empty means STREAMD_MODELS_URL of "
                + "the environment."),
        .choice(
            "log.level", \.log.level, reloadable: true, "Least important line that is written."),
        .choice("log.format", \.log.format, "Lines for people (text) or for machines (json)."),
        .text(
            "telemetry.otlpEndpoint", \.telemetry.otlpEndpoint, allowed: "http or https address",
            "OpenTelemetry collector that takes traces over HTTP in JSON, such as "
                + "http://127.0.0.1:4318; OTEL_EXPORTER_OTLP_ENDPOINT in the environment stands in for "
                + "it, OTEL_EXPORTER_OTLP_HEADERS holds keys."),
        .integer(
            "telemetry.flushMs", \.telemetry.flushMs, 10...60_000, unit: "ms",
            "How long spans are collected before they are sent together."),
        .integer(
            "telemetry.timeoutMs", \.telemetry.timeoutMs, 100...60_000, unit: "ms",
            "Time the collector has to take them."),
        .integer(
            "telemetry.spansMax", \.telemetry.spansMax, 16...1_000_000,
            "Spans that wait for a collector that is away; the oldest beyond that are dropped."),
    ]
}
