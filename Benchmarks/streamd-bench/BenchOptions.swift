import Glibc

/// The options of a benchmark: `--name value` pairs.
struct BenchOptions {
    typealias Known = (name: String, standard: String?, about: String)

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private var values: [String: [String]] = [:]

    /// The words before the first option, such as the names of files.
    static func names(_ arguments: [String]) -> (names: [String], options: [String]) {
        let names = arguments.prefix { !$0.hasPrefix("--") }
        return (Array(names), Array(arguments.dropFirst(names.count)))
    }

    /// - Parameter known: every option with its default; nil where it must be given.
    init(_ arguments: [String], known: [Known]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--help" {
                print(Self.usage(known))
                exit(0)
            }
            guard word.hasPrefix("--"), known.contains(where: { "--" + $0.name == word }) else {
                throw Fault(description: "unknown option '\(word)'\n\(Self.usage(known))")
            }
            guard let value = rest.popFirst() else {
                throw Fault(description: "\(word) needs a value\n\(Self.usage(known))")
            }
            values[String(word.dropFirst(2)), default: []].append(value)
        }
        for option in known where values[option.name] == nil {
            guard let standard = option.standard else {
                throw Fault(description: "--\(option.name) is missing\n\(Self.usage(known))")
            }
            values[option.name] = [standard]
        }
    }

    /// The value that was given last, or the default.
    subscript(name: String) -> String { values[name]?.last ?? "" }

    /// Every value that was given, in order; an option without one, or whose default is empty, has
    /// none.
    func all(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }

    func integer(_ name: String) throws -> Int {
        guard let value = Int(self[name]), value >= 0 else {
            throw Fault(description: "--\(name) must be a whole number, not '\(self[name])'")
        }
        return value
    }

    func number(_ name: String) throws -> Double {
        guard let value = Double(self[name]), value.isFinite else {
            throw Fault(description: "--\(name) must be a number, not '\(self[name])'")
        }
        return value
    }

    /// `name=value` pairs of a repeated option.
    func settings(_ name: String) throws -> [(key: String, value: String)] {
        try all(name).map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Fault(description: "--\(name) must be KEY=VALUE, not '\(text)'")
            }
            return (parts[0], parts[1])
        }
    }

    private static func usage(_ known: [Known]) -> String {
        known.map { option in
            "  --\(option.name)  \(option.about)"
                + (option.standard.map { $0.isEmpty ? "" : " (\($0))" } ?? " (needed)")
        }.joined(separator: "\n")
    }
}
