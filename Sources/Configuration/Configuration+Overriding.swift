import Options
import Wire

extension Configuration {
    /// The YAML with some keys set anew, for tools that try settings out: each of `settings` is a
    /// dotted key, entries of lists by their number (`stt.0.threads`), and its value in YAML.
    ///
    /// What comes back is YAML in one line, without comments. Keys and values are not judged; that is
    /// for ``parse(yaml:file:)``. Throws where either text is not YAML or a key cannot be reached.
    package static func overriding(
        yaml: String, file: String, with settings: [(key: String, value: String)]
    ) throws(ConfigurationError) -> String {
        let start = SourcePlace(line: 1, column: 1)
        var root = try YAMLReader.read(yaml, file: file) ?? .mapping([], start)
        for setting in settings {
            let value = try YAMLReader.read(setting.value, file: "the value of \(setting.key)")
            let path = setting.key.split(separator: ".", omittingEmptySubsequences: false)
            guard let changed = root.setting(path[...], to: value ?? .scalar("")) else {
                throw ConfigurationError(
                    file: file, place: nil,
                    message:
                        "\(setting.key) cannot be set: a part of it is neither a block of keys "
                        + "nor the number of an entry that is there")
            }
            root = changed
        }
        return root.flowText
    }
}

extension YAMLNode {
    fileprivate static func scalar(_ text: String) -> YAMLNode {
        .scalar(text: text, isPlain: false, SourcePlace(line: 1, column: 1))
    }

    /// The node with the value at the end of the path; nil when there is no such path.
    fileprivate func setting(_ path: ArraySlice<Substring>, to value: YAMLNode) -> YAMLNode? {
        guard let name = path.first else { return value }
        let rest = path.dropFirst()
        switch self {
        case .scalar: return nil
        case .sequence(var items, let place):
            guard let index = Int(name), items.indices.contains(index),
                let changed = items[index].setting(rest, to: value)
            else { return nil }
            items[index] = changed
            return .sequence(items, place)
        case .mapping(var entries, let place):
            if let index = entries.firstIndex(where: { $0.key == name }) {
                guard let changed = entries[index].value.setting(rest, to: value) else {
                    return nil
                }
                entries[index].value = changed
            } else {
                guard let made = YAMLNode.mapping([], place).made(rest, value) else { return nil }
                entries.append((String(name), place, made))
            }
            return .mapping(entries, place)
        }
    }

    private func made(_ path: ArraySlice<Substring>, _ value: YAMLNode) -> YAMLNode? {
        path.isEmpty ? value : setting(path, to: value)
    }

    /// YAML's flow style, in one line.
    package var flowText: String {
        switch self {
        case .scalar(let text, let isPlain, _):
            // Anything but a word or number may mean something in flow style.
            let isWord = text.utf8.allSatisfy {
                $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
                    || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")
                    || $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
            }
            return isPlain && isWord && !text.isEmpty ? text : Self.quoted(text)
        case .sequence(let items, _):
            return "[" + items.map(\.flowText).joined(separator: ", ") + "]"
        case .mapping(let entries, _):
            let members = entries.map { Self.quoted($0.key) + ": " + $0.value.flowText }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    /// JSON's strings are YAML's, too.
    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
    }
}
