/// A fault in the command line; the text names the argument and the remedy.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// One option of a command: `--name VALUE`, `--name=VALUE`, or a switch, `--name`.
public struct CommandOption: Sendable {
    public let name: String
    /// Name of its value for the help text, nil for a switch.
    public let value: String?
    public let summary: String
    /// What it is when it is not given; nil for nothing.
    public let standard: String?
    /// The command does nothing without it.
    public let isNeeded: Bool

    public init(
        name: String, value: String?, summary: String, standard: String? = nil,
        isNeeded: Bool = false
    ) {
        self.name = name
        self.value = value
        self.summary = summary
        self.standard = standard
        self.isNeeded = isNeeded
    }

    /// One line of help for each option, the summaries under one another.
    public static func help(_ options: [CommandOption]) -> String {
        options.map { option in
            let left = "--\(option.name)\(option.value.map { " " + $0 } ?? "")"
            let gap = String(repeating: " ", count: max(1, 24 - left.count))
            var note = option.isNeeded ? " (needed)" : ""
            if let standard = option.standard, !standard.isEmpty { note = " (\(standard))" }
            return "  \(left)\(gap)\(option.summary)\(note)\n"
        }.joined()
    }
}
