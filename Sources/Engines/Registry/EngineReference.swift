import Options

/// A row of the reference of engines: one key as one or several engines take it.
package struct EngineReferenceRow: Sendable, Equatable {
    package var key: String
    package var allowed: String
    package var defaultText: String
    package var summary: String
    /// `stt whisper, openai; tts flite`.
    package var engines = ""
}

/// The reference of the keys of all engines, gathered from their tables.
package enum EngineReference {
    /// First those of all, then each key where it is first met, once for each meaning.
    package static func rows() -> [EngineReferenceRow] {
        var rows: [Gathered] = []
        for type in EngineRegistry.all { gather(type, into: &rows) }
        let remote = RemoteKeys.options.map { row($0, RemoteKeys(), "behind a network") }
        let times = EngineTimes.options.map { option in
            let isRemote = EngineTimes.remoteKeys.contains(option.key)
            return row(option, EngineTimes(), isRemote ? "behind a network" : "all")
        }
        let order = rows.reduce(into: [String]()) { keys, row in
            if !keys.contains(row.row.key) { keys.append(row.row.key) }
        }
        let own = order.flatMap { key in rows.filter { $0.row.key == key }.map(\.named) }
        return [engine] + own + remote + times
    }

    private static var engine: EngineReferenceRow {
        EngineReferenceRow(
            key: "engine",
            allowed: Set(EngineRegistry.all.map { $0.engineName }).sorted().joined(separator: ", "),
            defaultText: "must be there",
            summary: "Which engine; openai is any server with OpenAI's interface.",
            engines: "all")
    }

    /// A row, and who has it.
    private struct Gathered {
        var row: EngineReferenceRow
        var owners: [(stage: EngineStage, name: String)]

        var named: EngineReferenceRow {
            var named = row
            named.engines = EngineStage.allCases.compactMap { stage in
                let names = owners.filter { $0.stage == stage }.map(\.name)
                return names.isEmpty ? nil : "\(stage.rawValue) " + names.joined(separator: ", ")
            }.joined(separator: "; ")
            return named
        }
    }

    private static func gather<Own: VendorSettings>(_ type: Own.Type, into rows: inout [Gathered]) {
        let shared = Set(RemoteKeys.options.map(\.key))
        for option in Own.allOptions where !shared.contains(option.key) {
            let row = row(option, Own(), "")
            if let index = rows.firstIndex(where: { $0.row == row }) {
                rows[index].owners.append((Own.stage, Own.engineName))
            } else {
                rows.append(Gathered(row: row, owners: [(Own.stage, Own.engineName)]))
            }
        }
    }

    private static func row<Root>(
        _ option: ConfigurationOption<Root>, _ root: Root, _ engines: String
    ) -> EngineReferenceRow {
        EngineReferenceRow(
            key: option.key, allowed: option.allowed,
            defaultText: option.isRequired ? "must be there" : "`\(option.defaultText(root))`",
            summary: option.summary, engines: engines)
    }
}
