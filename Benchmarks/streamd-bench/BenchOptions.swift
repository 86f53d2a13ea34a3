/// The options of a benchmark: `--name value` pairs.
struct BenchOptions {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private var values: [String: String] = [:]

    /// - Parameter known: every option with its default; nil where it must be given.
    init(_ arguments: [String], known: [(name: String, standard: String?, about: String)]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), known.contains(where: { "--" + $0.name == word }) else {
                throw Fault(description: "unknown option '\(word)'\n\(Self.usage(known))")
            }
            guard let value = rest.popFirst() else {
                throw Fault(description: "\(word) needs a value\n\(Self.usage(known))")
            }
            values[String(word.dropFirst(2))] = value
        }
        for option in known where values[option.name] == nil {
            guard let standard = option.standard else {
                throw Fault(description: "--\(option.name) is missing\n\(Self.usage(known))")
            }
            values[option.name] = standard
        }
    }

    subscript(name: String) -> String { values[name] ?? "" }

    func integer(_ name: String) throws -> Int {
        guard let value = Int(self[name]), value >= 0 else {
            throw Fault(description: "--\(name) must be a whole number, not '\(self[name])'")
        }
        return value
    }

    private static func usage(
        _ known: [(name: String, standard: String?, about: String)]
    ) -> String {
        known.map { option in
            "  --\(option.name)  \(option.about)"
                + (option.standard.map { $0.isEmpty ? "" : " (\($0))" } ?? " (needed)")
        }.joined(separator: "\n")
    }
}
