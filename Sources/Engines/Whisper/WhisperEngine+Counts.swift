extension WhisperEngine: WarmableEngine, CountingEngine {
    package var counts: [EngineCount] {
        [
            EngineCount(
                name: "streamd_whisper_queued", isGauge: true,
                help: "Utterances that wait for a decoder.", value: Double(queuedCount)),
            EngineCount(
                name: "streamd_whisper_decodes_total", isGauge: false, help: "Utterances decoded.",
                value: Double(decodedCount)),
            EngineCount(
                name: "streamd_whisper_aborted_total", isGauge: false,
                help: "Decodes cancelled under way.", value: Double(abortedCount)),
            EngineCount(
                name: "streamd_whisper_decode_seconds_total", isGauge: false,
                help: "Time spent decoding.", value: decodeSeconds),
        ]
    }
}
