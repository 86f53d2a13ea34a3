import Options

/// The place of an entry in its file.
package struct EngineSource: Sendable {
    package var file: String
    /// Of the entry, for errors: `stt[0]`.
    package var name: String
    package var place: SourcePlace?
    /// The places of its keys' values.
    package var keys: [String: SourcePlace]

    func error(_ fault: EngineFault) -> ConfigurationError {
        ConfigurationError(
            file: file, place: fault.key.flatMap { keys[$0] } ?? place,
            message: "\(name): \(fault.message)")
    }
}

/// A fault of an entry, with its place.
package struct EngineFinding: Sendable {
    package var error: ConfigurationError
    /// Only the service can know.
    package var isWarning: Bool

    package init(error: ConfigurationError, isWarning: Bool) {
        self.error = error
        self.isWarning = isWarning
    }
}

extension EngineSettings {
    /// Faults that no single key shows, known without looking around.
    package var faults: [EngineFault] {
        own.faults + ((own as? any RemoteSettings)?.remoteFaults ?? [])
    }

    /// All that can be said against the entry on this machine: keys of the environment, files and voices
    /// that are not there, what is doubtful in itself. Blocking.
    package func findings(in surroundings: EngineSurroundings) -> [EngineFinding] {
        let source =
            source
            ?? EngineSource(
                file: "configuration", name: "\(stage.rawValue) \(engine)", place: nil, keys: [:])
        let all =
            faults + own.faults(in: surroundings)
            + ((own as? any RemoteSettings)?.remoteFaults(in: surroundings) ?? [])
        return all.map { EngineFinding(error: source.error($0), isWarning: $0.isWarning) }
    }
}
