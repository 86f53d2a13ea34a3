/// Turns YAML nodes into values, with errors that name file, line, column and the remedy.
package struct YAMLMapper {
    package let file: String

    package init(file: String) {
        self.file = file
    }

    package func error(_ node: YAMLNode, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, place: node.place, message: message)
    }

    /// Reads a block of keys by a table; nested blocks are dotted in the table's keys.
    package func map<Root>(
        _ node: YAMLNode, into root: inout Root, options: [ConfigurationOption<Root>],
        prefix: String = "", context: String = ""
    ) throws(ConfigurationError) {
        guard case .mapping(let entries, _) = node else {
            let name = prefix.isEmpty ? "the configuration" : "'\(prefix.dropLast())'"
            throw error(node, "\(context)\(name) must be a block of keys, not \(node.kindName)")
        }
        for entry in entries {
            let key = prefix + entry.key
            if let option = options.first(where: { $0.key == key }) {
                try option.apply(&root, entry.value, self)
            } else if options.contains(where: { $0.key.hasPrefix(key + ".") }) {
                try map(
                    entry.value, into: &root, options: options, prefix: key + ".", context: context)
            } else {
                throw unknownKey(entry.key, at: entry.keyPlace, prefix: prefix, options: options)
            }
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
