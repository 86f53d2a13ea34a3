/// A fault in the command line; the text names the argument and the mend.
struct UsageError: Error, CustomStringConvertible {
    let description: String
}

/// One option of a command.
struct CommandOption {
    let name: String
    /// Name of its value for the help text, nil for a switch.
    let value: String?
    let summary: String
}

/// The parsed command line of one command.
struct Arguments {
    private(set) var values: [String: String] = [:]
    private(set) var positional: [String] = []

    /// Options may stand anywhere; `--name value` and `--name=value` are the same; after `--` all is
    /// positional.
    init(_ words: [String], options: [CommandOption]) throws {
        var words = words[...]
        while let word = words.popFirst() {
            if word == "--" {
                positional += words
                return
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
                values[name] = ""
            } else if parts.count == 2 {
                values[name] = String(parts[1])
            } else if let value = words.popFirst() {
                values[name] = value
            } else {
                throw UsageError(
                    description: "--\(name) needs a value: --\(name) \(option.value ?? "")")
            }
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }
    subscript(name: String) -> String? { values[name] }

    func expect(positionalCount: Int, usage: String) throws {
        guard positional.count == positionalCount else {
            let problem =
                positional.count < positionalCount ? "too few arguments" : "too many arguments"
            throw UsageError(description: "\(problem); usage: \(usage)")
        }
    }
}
