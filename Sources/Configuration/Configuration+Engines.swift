import Engines
import Foundation
import Options

/// The lists of engines and the table of their entries.
extension Configuration {
    package static let engineListOptions: [ConfigurationOption<Configuration>] = [
        .engines(.stt, \.stt, "Speech-to-text engines, asked in turn until one answers"),
        .engines(.llm, \.llm, "Dialogue engines, asked in turn until one answers"),
        .engines(.tts, \.tts, "Text-to-speech engines, asked in turn until one speaks"),
        .integer(
            "fallback.failuresMax", \.fallback.failuresMax, 1...1000,
            "Failures in a row after which an engine of a chain is skipped."),
        .integer(
            "fallback.probeAfterMs", \.fallback.probeAfterMs, 0...3_600_000, unit: "ms",
            "How long it is skipped before a single request is tried on it again."),
        .integer(
            "cache.memoryBytesMax", \.cache.memoryBytesMax, 65_536...4_294_967_296, unit: "bytes",
            "Synthesised sentences kept in memory; a second of speech takes 8,000."),
        .text(
            "cache.directory", \.cache.directory, allowed: "path of a folder",
            "Where sentences are kept over a restart; empty means nowhere. They can hold callers' "
                + "names."),
        .integer(
            "cache.diskBytesMax", \.cache.diskBytesMax, 65_536...1_099_511_627_776, unit: "bytes",
            "Sentences kept in that folder; what was not used for longest goes first."),
    ]
}

extension ConfigurationOption where Root == Configuration {
    /// A list of engines that are tried in order.
    package static func engines(
        _ stage: EngineStage, _ path: WritableKeyPath<Configuration, [EngineSettings]>,
        _ summary: String
    ) -> Self {
        let key = stage.rawValue
        let names = EngineRegistry.facts(stage).map(\.name).joined(separator: ", ")
        return .custom(
            key, allowed: "list of blocks, see below", field: OptionField(path),
            "\(summary): \(names).",
            defaultText: { "[{engine: \($0[keyPath: path].map(\.engine).joined())}]" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                var engines: [EngineSettings] = []
                try mapper.each(node, key: key) { (index, item) throws(ConfigurationError) in
                    engines.append(
                        try EngineSettings.read(item, at: "\(key)[\(index)]", stage, mapper))
                }
                if case .sequence(let items, _) = node, items.isEmpty {
                    throw mapper.error(node, "\(key) is empty; name an engine")
                }
                root[keyPath: path] = engines
            })
    }
}

extension EngineSettings {
    /// Reads one entry.
    /// - Parameter name: of the entry, for errors: `stt[0]`.
    fileprivate static func read(
        _ node: YAMLNode, at name: String, _ stage: EngineStage, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> EngineSettings {
        var engine = EngineSettings(engine: "")
        let faulty = mapper.map(node, into: &engine, options: options, context: "\(name): ")
        guard case .mapping(let entries, _) = node, !faulty.contains("engine") else {
            return engine
        }
        let kinds = EngineRegistry.facts(stage)
        guard let kind = kinds.first(where: { $0.name == engine.engine }) else {
            let said =
                engine.engine.isEmpty ? "names no 'engine'" : "'\(engine.engine)' is not known"
            throw mapper.error(
                node,
                "\(name): \(said); choose one of "
                    + kinds.map(\.name).joined(separator: ", ")
                    + mapper.suggestion(for: engine.engine, among: kinds.map(\.name)))
        }
        let known = Set(options.map(\.key))
        for entry in entries where known.contains(entry.key) && !kind.allKeys.contains(entry.key) {
            mapper.report(
                entry.keyPlace,
                "\(name): \(kind.name) takes no '\(entry.key)'; its keys are "
                    + kind.allKeys.joined(separator: ", "))
        }
        for key in kind.required where !entries.contains(where: { $0.key == key }) {
            mapper.report(node, "\(name): \(kind.name) needs '\(key)'")
        }
        if faulty.isEmpty, let contradiction = engine.contradiction(kind) {
            mapper.report(node, "\(name): \(contradiction)")
        }
        return engine
    }

    /// What can't be meant so; nil where there is nothing.
    private func contradiction(_ kind: EngineFacts) -> String? {
        if baseURL.hasPrefix("ws"), kind.server?.takesWebSocketAddress != true {
            return "\(kind.name) is asked over http:// or https://, not '\(baseURL)'"
        }
        let (end, early) = (endOfTurnThreshold, earlyEndOfTurnThreshold)
        if end != 0, !(0.5...0.9).contains(end) { return "endOfTurnThreshold is 0, or 0.5 to 0.9" }
        if early != 0, !(0.3...0.9).contains(early) {
            return "earlyEndOfTurnThreshold is 0, or 0.3 to 0.9"
        }
        // Without one of ours the service's own, 0.7, counts.
        if early > (end == 0 ? 0.7 : end) {
            return "earlyEndOfTurnThreshold is above endOfTurnThreshold: no end would be foreseen"
        }
        return nil
    }

    package static let options: [ConfigurationOption<EngineSettings>] = [
        .text(
            "engine", \.engine,
            allowed: Set(EngineStage.allCases.flatMap { EngineRegistry.facts($0).map(\.name) })
                .sorted()
                .joined(separator: ", "),
            "Which engine; openai is any server with OpenAI's interface."),
        .text(
            "model", \.model, allowed: "name or path",
            "whisper: a ggml model by name (tiny.en, found in models.directory) or by path. deepgram: to "
                + "hear, empty means nova-3, and the flux models tell the ends of turns; to speak, the "
                + "voice's model, such as aura-2-thalia-en. elevenlabs: empty means eleven_flash_v2_5. "
                + "Other remote engines: the server's name for it."),
        .integer("threads", \.threads, 1...64, "whisper: threads of one decode."),
        .integer(
            "workers", \.workers, 0...64,
            "whisper, flite: decodes or syntheses at once; 0 means one a core."),
        .integer(
            "queueMax", \.queueMax, 1...10_000,
            "whisper: utterances that may wait for a worker before one is refused."),
        .text(
            "language", \.language, allowed: "ISO 639-1 code",
            "stt: language spoken; empty lets the service guess, where it can. llm: concya is told it. "
                + "tts: espeak's, with its region where there are several (en-us)."),
        .text(
            "prompt", \.prompt,
            "stt: words to expect, such as names on the menu; deepgram: with commas between them. "
                + "llm: instructions added to ours."),
        .integer(
            "vocabularyMax", \.vocabularyMax, 0...200,
            "whisper: how many dishes, services or cities of the assistant are told as words to expect, "
                + "beside prompt."
        ),
        .text(
            "voice", \.voice, allowed: "flite: rms, slt, awb, kal; others: their own names",
            "tts: voice; empty means rms with flite, that of the language with espeak, the server's "
                + "choice with piper and concya. An assistant's own voice is one of the first "
                + "engine's."),
        .custom(
            "baseURL", allowed: "http:// or https://, up to /v1; some stt also ws:// or wss://",
            "Remote engines: address; empty means the vendor's, or that of OPENAI_BASE_URL, "
                + "OLLAMA_URL, CONCYA_STT_URL, CONCYA_LLM_URL or CONCYA_TTS_URL of the environment.",
            defaultText: { yamlQuoted($0.baseURL) },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                let text = try mapper.text(node, key: "baseURL")
                guard let parts = URLComponents(string: text), parts.query == nil,
                    let scheme = parts.scheme, ["https", "http", "wss", "ws"].contains(scheme),
                    let host = parts.host, !host.isEmpty
                else {
                    throw mapper.error(
                        node, "'\(text)' is not a base address; write \"https://host/v1\"")
                }
                root.baseURL = text
            }),
        .text(
            "apiKeyEnv", \.apiKeyEnv, allowed: "name of an environment variable",
            "Remote engines: where the key is; empty means OPENAI_API_KEY, ANTHROPIC_API_KEY, "
                + "ELEVENLABS_API_KEY or DEEPGRAM_API_KEY for the vendor's own address and none for "
                + "another."),
        .integer(
            "sampleRate", \.sampleRate, 0...48_000, unit: "Hz",
            "openai: of the audio sent (8000 or 16000; 0 means 16000), or of pcm that comes (0 means "
                + "24000). elevenlabs: 8000 for µ-law (0 means that), 16000 for pcm. "
                + "deepgram: 16000 sends linear samples, anything else µ-law as it came."),
        .integer(
            "endpointingMs", \.endpointingMs, 0...5000, unit: "ms",
            "deepgram: silence after which it ends a segment by itself; 0 leaves that to it."),
        .number(
            "endOfTurnThreshold", \.endOfTurnThreshold, 0...1,
            "deepgram's flux: confidence (0.5 to 0.9) that ends a turn; 0 leaves that to it."),
        .number(
            "earlyEndOfTurnThreshold", \.earlyEndOfTurnThreshold, 0...1,
            "deepgram's flux: confidence (0.3 to 0.9) at which an end is foreseen, so that the reply "
                + "can be begun; 0 for never."),
        .choice("format", \.format, "openai: form in which speech comes."),
        .number(
            "rate", \.rate, 0.25...4,
            "tts: pace of speech; 1 is the voice's own. elevenlabs: 0.7 to 1.2."),
        .number(
            "temperature", \.temperature, -1...2,
            "openai, ollama, anthropic: of the model; below 0 leaves it to the server."),
        .integer(
            "tokensMax", \.tokensMax, 16...8192,
            "openai, ollama, anthropic: longest answer of the model, in tokens."),
        .integer(
            "requestsMax", \.requestsMax, 1...10_000,
            "Remote tts: sentences synthesised at once before one is refused."),
        .integer(
            "spares", \.spares, 0...16,
            "elevenlabs: connections that stand open for the sentences to come."),
        .integer(
            "connectMs", \.connectMs, 0...60_000, unit: "ms",
            "Remote engines: for name, TCP and TLS; 0 means 500."),
        .integer(
            "firstByteMs", \.firstByteMs, 0...60_000, unit: "ms",
            "Remote engines: from the request to the answer's first byte; 0 means stt 1200, llm 1000, "
                + "tts 800."),
        .integer(
            "totalMs", \.totalMs, 0...300_000, unit: "ms",
            "Remote engines: to the answer's end; 0 means stt 3000, llm 20000, tts 30000."),
        .integer(
            "answerMs", \.answerMs, 0...60_000, unit: "ms",
            "In a chain, from the request to a transcript, a sentence or audio, before the next engine "
                + "is asked (stt: beside this one, and who answers first is believed); 0 means stt "
                + "600, llm 2500, tts 900."),
        .integer(
            "stallMs", \.stallMs, 0...60_000, unit: "ms",
            "Silence of a streamed answer, or audio that falls behind the clock, before it is given up; "
                + "0 means stt 800, llm 1000, tts 500."),
        .text("text", \.text, "fixed: the transcript that is heard, or the reply that is said."),
        .integer("delayMs", \.delayMs, 0...60_000, unit: "ms", "fixed: time before the answer."),
        .integer("clipMs", \.clipMs, 100...60_000, unit: "ms", "fixed: length of the spoken clip."),
    ]
}
