import Options

/// What a reload takes of a new configuration.
public struct ConfigurationReload: Sendable {
    /// The configuration from now on: the old one with the new values of the keys that can change.
    public let configuration: Configuration
    /// Changed keys that are taken.
    public let taken: [String]
    /// Changed keys that are not, because they need a restart.
    public let needingRestart: [String]

    /// - Parameter new: correct by itself, as ``Configuration/parse(yaml:file:)`` makes it.
    /// - Throws: where the keys that change do not go with those that stay, such as a default
    ///   assistant that is not running. Nothing is changed then.
    public init(
        from old: Configuration, to new: Configuration, file: String = "configuration"
    ) throws(ConfigurationError) {
        var merged = old
        var taken: [String] = []
        var needingRestart: [String] = []
        for option in Configuration.options {
            guard let field = option.field, !field.isSame(old, new) else { continue }
            if option.isReloadable {
                field.copy(new, &merged)
                taken.append(option.key)
            } else {
                needingRestart.append(option.key)
            }
        }
        let alone = Set(new.contradictions().map(\.message))
        let faults = merged.contradictions().map { fault in
            // What the new file gets wrong by itself has nothing to do with what stays.
            let staying =
                alone.contains(fault.message) ? [] : fault.keys.filter(needingRestart.contains)
            let why =
                staying.isEmpty
                ? ""
                : "; the new \(staying.joined(separator: ", ")) needs a restart, so nothing is taken"
            return ConfigurationFault(file: file, message: fault.message + why)
        }
        guard faults.isEmpty else { throw ConfigurationError(faults) }
        configuration = merged
        self.taken = taken
        self.needingRestart = needingRestart
    }
}
