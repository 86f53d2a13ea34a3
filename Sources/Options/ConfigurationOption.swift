/// One key of the configuration. The table of these makes the parser, the reference page and the
/// sample file, so that they can't disagree.
package struct ConfigurationOption<Root>: @unchecked Sendable {
    // Key paths and closures here capture nothing mutable; the type is built once, as a constant.

    /// Dotted for nested blocks: `turn.endpointMs`.
    package let key: String
    /// What may be written, for people: `50…5000 ms`, `true or false`.
    package let allowed: String
    /// One sentence on what it does.
    package let summary: String
    /// True when `SIGHUP` takes a new value over for the calls that come after it.
    package let isReloadable: Bool
    /// The default as it would be written in YAML.
    package let defaultText: (Root) -> String
    /// Reads the node into the value.
    package let apply: (inout Root, YAMLNode, YAMLMapper) throws(ConfigurationError) -> Void
    /// Compares and copies its value, for reloading; nil for rows of nested blocks whose value has a
    /// shape of its own, which are compared with the whole block.
    package let field: OptionField<Root>?
    /// A block must have the key.
    package internal(set) var isRequired = false
}

/// The value of one key in two configurations.
package struct OptionField<Root>: @unchecked Sendable {
    // As the option: the closures capture a key path only.

    package let isSame: (Root, Root) -> Bool
    /// Puts the first one's value into the second.
    package let copy: (Root, inout Root) -> Void

    init(
        isSame: @escaping (Root, Root) -> Bool, copy: @escaping (Root, inout Root) -> Void
    ) {
        self.isSame = isSame
        self.copy = copy
    }

    package init<Value: Equatable>(_ path: WritableKeyPath<Root, Value>) {
        isSame = { $0[keyPath: path] == $1[keyPath: path] }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }
}

extension ConfigurationOption {
    package static func integer(
        _ key: String, _ path: WritableKeyPath<Root, Int>, _ range: ClosedRange<Int>,
        unit: String = "", reloadable: Bool = false, _ summary: String
    ) -> Self {
        let unitText = unit.isEmpty ? "" : " \(unit)"
        return Self(
            key: key, allowed: "\(range.lowerBound)…\(range.upperBound)\(unitText)",
            summary: summary, isReloadable: reloadable,
            defaultText: { "\($0[keyPath: path])" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root[keyPath: path] = try mapper.integer(node, key: key, range: range)
            }, field: OptionField(path))
    }

    package static func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ key: String, _ path: WritableKeyPath<Root, Number>, _ range: ClosedRange<Double>,
        unit: String = "", reloadable: Bool = false, _ summary: String
    ) -> Self {
        let unitText = unit.isEmpty ? "" : " \(unit)"
        return Self(
            key: key, allowed: "\(range.lowerBound)…\(range.upperBound)\(unitText)",
            summary: summary, isReloadable: reloadable,
            defaultText: { "\($0[keyPath: path])" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root[keyPath: path] = Number(try mapper.number(node, key: key, range: range))
            }, field: OptionField(path))
    }

    package static func boolean(
        _ key: String, _ path: WritableKeyPath<Root, Bool>, reloadable: Bool = false,
        _ summary: String
    ) -> Self {
        Self(
            key: key, allowed: "true or false", summary: summary, isReloadable: reloadable,
            defaultText: { "\($0[keyPath: path])" },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root[keyPath: path] = try mapper.boolean(node, key: key)
            }, field: OptionField(path))
    }

    package static func text(
        _ key: String, _ path: WritableKeyPath<Root, String>, allowed: String = "text",
        reloadable: Bool = false, _ summary: String
    ) -> Self {
        Self(
            key: key, allowed: allowed, summary: summary, isReloadable: reloadable,
            defaultText: { yamlQuoted($0[keyPath: path]) },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                root[keyPath: path] = try mapper.text(node, key: key)
            }, field: OptionField(path))
    }

    package static func choice<Choice: RawRepresentable<String> & CaseIterable & Equatable>(
        _ key: String, _ path: WritableKeyPath<Root, Choice>, reloadable: Bool = false,
        _ summary: String
    ) -> Self {
        let names = Choice.allCases.map(\.rawValue)
        return Self(
            key: key, allowed: names.joined(separator: ", "), summary: summary,
            isReloadable: reloadable,
            defaultText: { $0[keyPath: path].rawValue },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                let name = try mapper.text(node, key: key)
                guard let value = Choice(rawValue: name) else {
                    throw mapper.error(
                        node,
                        "\(key): '\(name)' is not one of \(names.joined(separator: ", "))"
                            + mapper.suggestion(for: name, among: names))
                }
                root[keyPath: path] = value
            }, field: OptionField(path))
    }

    /// A key whose value has a shape of its own.
    /// - Parameter field: where the value is; without it a change of the key is not noticed, which
    ///   only rows of nested blocks may do without, and it can't be reloadable.
    package static func custom(
        _ key: String, allowed: String, field: OptionField<Root>? = nil, reloadable: Bool = false,
        _ summary: String, defaultText: @escaping (Root) -> String,
        apply: @escaping (inout Root, YAMLNode, YAMLMapper) throws(ConfigurationError) -> Void
    ) -> Self {
        precondition(!reloadable || field != nil, "\(key) can't be reloaded without its field")
        return Self(
            key: key, allowed: allowed, summary: summary, isReloadable: reloadable,
            defaultText: defaultText, apply: apply, field: field)
    }
}

/// A string as YAML writes it safely.
package func yamlQuoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        .replacing("\n", with: "\\n")
    return "\"\(escaped)\""
}
