import Engines
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
        let names = EngineRegistry.names(stage).joined(separator: ", ")
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

extension Configuration {
    /// Voices of assistants that the first synthesiser does not have, as far as its list is known.
    func voiceContradictions() -> [Contradiction] {
        guard let first = tts.first, let own = try? first.textToSpeech() else { return [] }
        let type = type(of: own)
        return assistants.enumerated().compactMap { index, block in
            guard !block.voice.isEmpty, type.voices != nil,
                let fault = type.fault(ofVoice: block.voice)
            else { return nil }
            return Contradiction(
                "assistants.\(index).voice", EngineStage.tts.rawValue,
                message: "assistant '\(block.id)': \(fault)")
        }
    }

    /// All that can be said against the engines of the lists on this machine, and against the voices of
    /// assistants that only it knows. Blocking.
    package func engineFindings(in surroundings: EngineSurroundings) -> [EngineFinding] {
        (stt + llm + tts).flatMap { $0.findings(in: surroundings) } + voiceFindings()
    }

    private func voiceFindings() -> [EngineFinding] {
        guard let first = tts.first, let own = try? first.textToSpeech() else { return [] }
        let type = type(of: own)
        guard type.voices == nil else { return [] }
        return assistants.compactMap { block in
            guard !block.voice.isEmpty, let fault = type.fault(ofVoice: block.voice) else {
                return nil
            }
            return EngineFinding(
                error: ConfigurationError(
                    file: first.source?.file ?? "configuration",
                    message: "assistant '\(block.id)': \(fault)"),
                isWarning: false)
        }
    }
}
