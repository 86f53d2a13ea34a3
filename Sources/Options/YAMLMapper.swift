/// Turns YAML nodes into values, with errors that name file, line, column and the remedy.
///
/// A value that can't be read throws; blocks and lists collect what their values throw in ``faults`` and go
/// on. Whoever begins a reading ends it with `faults.check()`.
package struct YAMLMapper {
    package let file: String
    /// The folder that paths in the file start from; nil where files that it names are not looked at.
    package let folder: String?
    package let faults: ConfigurationFaults

    package init(
        file: String, folder: String? = nil, faults: ConfigurationFaults = ConfigurationFaults()
    ) {
        self.file = file
        self.folder = folder
        self.faults = faults
    }

    package func error(_ node: YAMLNode, _ message: String) -> ConfigurationError {
        error(node.place, message)
    }

    package func error(_ place: SourcePlace, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, place: place, message: message)
    }

    /// Takes note of a fault; the reading goes on.
    package func report(_ node: YAMLNode, _ message: String) { faults.add(error(node, message)) }

    /// Takes note of a fault; the reading goes on.
    package func report(_ place: SourcePlace, _ message: String) {
        faults.add(error(place, message))
    }

    /// Reads a block of keys by a table; nested blocks are dotted in the table's keys. Faults are
    /// collected.
    /// - Returns: the table's keys that are there and have a fault. What they fill keeps its default, or
    ///   is filled in part.
    @discardableResult
    package func map<Root>(
        _ node: YAMLNode, into root: inout Root, options: [ConfigurationOption<Root>],
        prefix: String = "", context: String = ""
    ) -> Set<String> {
        guard case .mapping(let entries, _) = node else {
            let name = prefix.isEmpty ? "the configuration" : "'\(prefix.dropLast())'"
            report(node, "\(context)\(name) must be a block of keys, not \(node.kindName)")
            return Set(options.map(\.key).filter { $0.hasPrefix(prefix) })
        }
        var faulty: Set<String> = []
        for entry in entries where !faults.isFull {
            let key = prefix + entry.key
            if let option = options.first(where: { $0.key == key }) {
                let count = faults.all.count
                faults.collect { () throws(ConfigurationError) in
                    try option.apply(&root, entry.value, self)
                }
                if faults.all.count > count { faulty.insert(key) }
            } else if options.contains(where: { $0.key.hasPrefix(key + ".") }) {
                faulty.formUnion(
                    map(
                        entry.value, into: &root, options: options, prefix: key + ".",
                        context: context))
            } else {
                faults.add(
                    unknownKey(entry.key, at: entry.keyPlace, prefix: prefix, options: options))
            }
        }
        return faulty
    }

    /// Reads each entry of a list; faults of one do not keep the next from being read.
    package func each(
        _ node: YAMLNode, key: String,
        _ read: (Int, YAMLNode) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        for (index, item) in try sequence(node, key: key).enumerated() where !faults.isFull {
            faults.collect { () throws(ConfigurationError) in try read(index, item) }
        }
    }

    private func unknownKey<Root>(
        _ name: String, at place: SourcePlace, prefix: String,
        options: [ConfigurationOption<Root>]
    ) -> ConfigurationError {
        let siblings = options.map(\.key).filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count).prefix { $0 != "." }) }
        let unique = Array(Set(siblings)).sorted()
        var message = "unknown key '\(prefix)\(name)'"
        let hint = suggestion(for: name, among: unique)
        message += hint.isEmpty ? "; known here: \(unique.joined(separator: ", "))" : hint
        return ConfigurationError(file: file, place: place, message: message)
    }

    package func text(_ node: YAMLNode, key: String) throws(ConfigurationError) -> String {
        guard case .scalar(let text, _, _) = node else {
            throw error(node, "\(key) must be text, not \(node.kindName)")
        }
        return text
    }

    package func integer(
        _ node: YAMLNode, key: String, range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int {
        guard case .scalar(let text, true, _) = node, let value = Int(text) else {
            throw error(
                node,
                "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
                    + found(node))
        }
        guard range.contains(value) else {
            throw error(
                node,
                "\(key) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func number(
        _ node: YAMLNode, key: String, range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Double {
        guard case .scalar(let text, true, _) = node, let value = Double(text), value.isFinite
        else {
            throw error(
                node,
                "\(key) must be a number from \(range.lowerBound) to \(range.upperBound)"
                    + found(node))
        }
        guard range.contains(value) else {
            throw error(
                node,
                "\(key) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func boolean(_ node: YAMLNode, key: String) throws(ConfigurationError) -> Bool {
        guard case .scalar(let text, true, _) = node, text == "true" || text == "false" else {
            throw error(node, "\(key) must be true or false\(found(node))")
        }
        return text == "true"
    }

    package func sequence(_ node: YAMLNode, key: String) throws(ConfigurationError) -> [YAMLNode] {
        guard case .sequence(let items, _) = node else {
            throw error(node, "\(key) must be a list, not \(node.kindName)")
        }
        return items
    }

    private func found(_ node: YAMLNode) -> String {
        guard case .scalar(let text, let isPlain, _) = node else { return ", not \(node.kindName)" }
        return isPlain ? ", not '\(text)'" : ", not the text \"\(text)\" (take the quotes away)"
    }

    /// "; did you mean …?" where one of the names is near.
    package func suggestion(for name: String, among names: [String]) -> String {
        let near = names.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
            .min { $0.1 < $1.1 }
        guard let near, near.1 <= max(2, name.count / 3) else { return "" }
        return "; did you mean '\(near.0)'?"
    }

    /// Levenshtein's distance, for short words.
    private func editDistance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8.prefix(64))
        let b = Array(b.utf8.prefix(64))
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count]
    }
}
