/// The command line of one command, parsed: of the daemon's program, the benchmarks' and the
/// simulator's.
public struct Arguments: Sendable {
    /// Words that are neither options nor their values, in order.
    public private(set) var positional: [String] = []
    private var given: [String: [String]] = [:]
    private let options: [CommandOption]

    /// Options may stand anywhere; `--name value` and `--name=value` are the same; after `--` all is
    /// positional. `--help` alone needs nothing else.
    public init(_ words: [String], options: [CommandOption]) throws(UsageError) {
        self.options = options
        var words = words[...]
        while let word = words.popFirst() {
            if word == "--" {
                positional += words
                break
            }
            guard word.hasPrefix("--") else {
                positional.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0].dropFirst(2))
            guard let option = options.first(where: { $0.name == name }) else {
                throw UsageError(description: "unknown option --\(name); see --help")
            }
            if option.value == nil {
                guard parts.count == 1 else {
                    throw UsageError(description: "--\(name) takes no value")
                }
                given[name, default: []].append("")
            } else if parts.count == 2 {
                given[name, default: []].append(String(parts[1]))
            } else if let value = words.popFirst() {
                given[name, default: []].append(value)
            } else {
                throw UsageError(
                    description: "--\(name) needs a value: --\(name) \(option.value ?? "")")
            }
        }
        if has("help") { return }
        for option in options where option.isNeeded && !has(option.name) {
            throw UsageError(description: "--\(option.name) is missing; see --help")
        }
    }

    /// True when the option stands in the command line.
    public func has(_ name: String) -> Bool { given[name] != nil }

    /// The value that was given last, else the standard one.
    public subscript(name: String) -> String? {
        given[name]?.last ?? options.first { $0.name == name }?.standard
    }

    /// Every value that was given, in order, else the standard one; empty ones are left out.
    public func all(_ name: String) -> [String] {
        let standard = options.first { $0.name == name }?.standard
        return (given[name] ?? [standard].compactMap { $0 }).filter { !$0.isEmpty }
    }

    /// A whole number of 0 or more.
    public func integer(_ name: String) throws(UsageError) -> Int {
        let text = self[name] ?? ""
        guard let value = Int(text), value >= 0 else {
            throw UsageError(description: "--\(name) must be a whole number, not '\(text)'")
        }
        return value
    }

    /// A finite number.
    public func number(_ name: String) throws(UsageError) -> Double {
        let text = self[name] ?? ""
        guard let value = Double(text), value.isFinite else {
            throw UsageError(description: "--\(name) must be a number, not '\(text)'")
        }
        return value
    }

    /// `KEY=VALUE` pairs of a repeated option.
    public func settings(_ name: String) throws(UsageError) -> [(key: String, value: String)] {
        var settings: [(key: String, value: String)] = []
        for text in all(name) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw UsageError(description: "--\(name) must be KEY=VALUE, not '\(text)'")
            }
            settings.append((parts[0], parts[1]))
        }
        return settings
    }

    /// Throws unless there are exactly so many positional words.
    public func expect(positionalCount: Int, usage: String) throws(UsageError) {
        guard positional.count == positionalCount else {
            let problem =
                positional.count < positionalCount ? "too few arguments" : "too many arguments"
            throw UsageError(description: "\(problem); usage: \(usage)")
        }
    }
}
