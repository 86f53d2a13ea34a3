import Foundation
import Options

extension Configuration {
    /// Reads a configuration file. Blocking; for start and reload.
    public static func read(path: String) throws(ConfigurationError) -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                file: path, place: nil,
                message: "can't be read; name an existing file with --config "
                    + "(streamd.example.yaml is a start)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(file: path, place: nil, message: "is not UTF-8 text")
        }
        let folder = URL(filePath: path).deletingLastPathComponent()
        return try parse(yaml: text, file: path, folder: folder.path)
    }

    /// Turns YAML into a checked configuration. Files that it names are not looked at.
    /// - Parameter file: its name, for error messages.
    /// - Throws: all that is wrong with it.
    public static func parse(yaml: String, file: String) throws(ConfigurationError) -> Configuration
    {
        try parse(yaml: yaml, file: file, folder: nil)
    }

    private static func parse(
        yaml: String, file: String, folder: String?
    ) throws(ConfigurationError) -> Configuration {
        let faults = ConfigurationFaults()
        guard let root = try YAMLReader.read(yaml, file: file, faults: faults) else {
            throw ConfigurationError(
                file: file, place: nil,
                message: "is empty; at least 'assistants' and 'defaultAssistant' are needed")
        }
        var configuration = Configuration()
        let mapper = YAMLMapper(file: file, folder: folder, faults: faults)
        let faulty = mapper.map(root, into: &configuration, options: options)
        for fault in configuration.contradictions() {
            // Who the assistants are is known even where something else is wrong with one of them.
            let keys =
                configuration.assistants.isEmpty
                ? fault.keys : fault.keys.filter { $0 != "assistants" }
            guard faulty.isDisjoint(with: keys) else { continue }
            faults.add(
                ConfigurationError(
                    file: file, place: root.place(of: fault.keys[0]), message: fault.message))
        }
        try faults.check()
        return configuration
    }
}

extension AssistantBlock {
    /// Makes paths whole that are relative to the file they stand in.
    package mutating func resolvePaths(in folder: URL) {
        for path in [\AssistantBlock.menu, \.customers, \.hospitals] {
            let file = self[keyPath: path]
            guard !file.isEmpty, !file.hasPrefix("/") else { continue }
            self[keyPath: path] = folder.appending(path: file).path
        }
    }
}

extension YAMLNode {
    /// Where a dotted key's value stands, entries of lists by their number, or nil where it is not in the file.
    package func place(of key: String) -> SourcePlace? {
        if case .sequence(let items, _) = self {
            let name = key.prefix { $0 != "." }
            guard let index = Int(name), items.indices.contains(index) else { return nil }
            return items[index].place(of: String(key.dropFirst(name.count + 1)))
                ?? items[index].place
        }
        guard case .mapping(let entries, _) = self else { return nil }
        for entry in entries {
            if entry.key == key { return entry.value.place }
            if key.hasPrefix(entry.key + ".") {
                return entry.value.place(of: String(key.dropFirst(entry.key.count + 1)))
                    ?? entry.value.place
            }
        }
        return nil
    }
}
