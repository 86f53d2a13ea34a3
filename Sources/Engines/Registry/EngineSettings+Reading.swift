import Options

/// An entry while it is read: the vendor's keys and those of all.
private struct ReadEntry<Own: VendorSettings> {
    var own = Own()
    var times = EngineTimes()

    static var options: [ConfigurationOption<ReadEntry>] {
        [
            .custom(
                "engine", allowed: "", "", defaultText: { _ in "" },
                // By which this very type was found.
                apply: { (_, _, _) throws(ConfigurationError) in })
        ]
            + Own.allOptions.map { $0.lifted(\.own) }
            + EngineTimes.options.filter { Own.keys.contains($0.key) }.map { $0.lifted(\.times) }
    }
}

extension EngineSettings {
    /// Reads one entry; what is wrong with it is reported to the mapper.
    /// - Parameter name: of the entry, for errors: `stt[0]`.
    /// - Throws: where it can't be known whose entry it is.
    package static func read(
        _ node: YAMLNode, at name: String, _ stage: EngineStage, _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> EngineSettings {
        guard case .mapping(let entries, _) = node else {
            throw mapper.error(node, "\(name): must be a block of keys, not \(node.kindName)")
        }
        let named = entries.first { $0.key == "engine" }
        let engine = try named.map { entry throws(ConfigurationError) in
            try mapper.text(entry.value, key: "engine")
        }
        guard let type = EngineRegistry.engines(stage).first(where: { $0.engineName == engine })
        else {
            let names = EngineRegistry.names(stage)
            let said = engine.map { "'\($0)' is not known" } ?? "names no 'engine'"
            throw mapper.error(
                node,
                "\(name): \(said); choose one of \(names.joined(separator: ", "))"
                    + mapper.suggestion(for: engine ?? "", among: names))
        }
        return try read(type, node, entries, at: name, mapper)
    }

    private static func read<Own: VendorSettings>(
        _ type: Own.Type, _ node: YAMLNode,
        _ entries: [(key: String, keyPlace: SourcePlace, value: YAMLNode)], at name: String,
        _ mapper: YAMLMapper
    ) throws(ConfigurationError) -> EngineSettings {
        let taken = Own.keys
        let others = Set(EngineRegistry.all.flatMap { $0.keys }).subtracting(taken)
        for entry in entries where others.contains(entry.key) {
            mapper.report(
                entry.keyPlace,
                "\(name): \(Own.engineName) takes no '\(entry.key)'; its keys are "
                    + taken.joined(separator: ", "))
        }
        var read = ReadEntry<Own>()
        let faulty = mapper.map(
            .mapping(entries.filter { !others.contains($0.key) }, node.place), into: &read,
            options: ReadEntry.options, context: "\(name): ")
        for option in Own.allOptions where option.isRequired {
            let given = entries.first { $0.key == option.key }
            if given == nil {
                mapper.report(node, "\(name): \(Own.engineName) needs '\(option.key)'")
            } else if case .scalar("", _, _)? = given?.value {
                mapper.report(
                    given?.value ?? node,
                    "\(name): \(Own.engineName) needs '\(option.key)'; it is empty")
            }
        }
        var settings = EngineSettings(read.own)
        settings.times = read.times
        let source = EngineSource(
            file: mapper.file, name: name, place: node.place,
            keys: Dictionary(
                entries.map { ($0.key, $0.value.place) }, uniquingKeysWith: { first, _ in first }))
        settings.source = source
        guard faulty.isEmpty else { return settings }
        for fault in settings.faults where !fault.isWarning {
            mapper.faults.add(source.error(fault))
        }
        return settings
    }

    /// An entry as it stands in a configuration: `{engine: whisper, model: base.en}`.
    package init(_ stage: EngineStage, yaml: String) throws(ConfigurationError) {
        let file = "an entry of \(stage.rawValue)"
        guard let node = try YAMLReader.read(yaml, file: file) else {
            throw ConfigurationError(file: file, place: nil, message: "is empty; name an engine")
        }
        let mapper = YAMLMapper(file: file)
        self = try .read(node, at: stage.rawValue, stage, mapper)
        try mapper.faults.check()
    }
}
