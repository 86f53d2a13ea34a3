import CommandArguments
import Foundation
import Operations

extension Command {
    private static let assistantOption = CommandOption(
        name: "assistant", value: "ID", summary: "Which assistant of the configuration.")

    static let chat = Command(
        name: "chat", usage: "streamd chat --assistant ID [--config FILE]",
        summary: "Talk to an assistant by text; what is ordered or booked is real.",
        options: [configOption, assistantOption],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd chat --assistant ID")
            let loaded = try LoadedConfiguration(arguments)
            let chat = try Chat(
                loaded.configuration, secrets: loaded.secrets, assistant: arguments["assistant"])
            defer { chat.close() }
            let isTerminal = isatty(0) == 1
            func show(_ text: String) {
                print(text)
                if isTerminal { print("> ", terminator: "") }
                fflush(nil)
            }
            show(chat.greeting)
            while let line = readLine() {
                if line.allSatisfy(\.isWhitespace) {
                    if isTerminal { show("") }
                    continue
                }
                let reply = chat.say(line)
                guard !reply.isLast else {
                    print(reply.text)
                    return
                }
                show(reply.text)
            }
        })

    static let importData = Command(
        name: "import",
        usage:
            "streamd import \(kinds(DataImport.Kind.self)) FILE.csv --assistant ID [--config FILE]",
        summary: "Bring a file into an assistant's records; a file with faults changes nothing.",
        options: [configOption, assistantOption],
        run: { arguments in
            let usage = "streamd import \(kinds(DataImport.Kind.self)) FILE.csv --assistant ID"
            try arguments.expect(positionalCount: 2, usage: usage)
            let kind: DataImport.Kind = try kind(arguments, "imported", usage)
            let id = try assistant(arguments, usage)
            let loaded = try LoadedConfiguration(arguments)
            print(
                try DataImport.run(
                    kind, path: arguments.positional[1], assistantID: id,
                    configuration: loaded.configuration))
        })

    static let exportData = Command(
        name: "export",
        usage: "streamd export \(kinds(DataExport.Kind.self)) --assistant ID [--config FILE]",
        summary: "Write an assistant's records as comma-separated values.",
        options: [configOption, assistantOption],
        run: { arguments in
            let usage = "streamd export \(kinds(DataExport.Kind.self)) --assistant ID"
            try arguments.expect(positionalCount: 1, usage: usage)
            let kind: DataExport.Kind = try kind(arguments, "exported", usage)
            let id = try assistant(arguments, usage)
            let loaded = try LoadedConfiguration(arguments)
            print(
                try DataExport.run(
                    kind, assistantID: id, configuration: loaded.configuration),
                terminator: "")
        })

    // MARK: - Arguments

    private static func kinds<Kind: RawRepresentable<String> & CaseIterable>(_: Kind.Type) -> String
    {
        Kind.allCases.map(\.rawValue).joined(separator: "|")
    }

    private static func kind<Kind: RawRepresentable<String>>(
        _ arguments: Arguments, _ done: String, _ usage: String
    ) throws -> Kind {
        let name = arguments.positional[0]
        guard let kind = Kind(rawValue: name) else {
            throw UsageError(description: "'\(name)' can't be \(done); usage: \(usage)")
        }
        return kind
    }

    private static func assistant(_ arguments: Arguments, _ usage: String) throws -> String {
        guard let id = arguments["assistant"] else {
            throw UsageError(description: "--assistant is missing; usage: \(usage)")
        }
        return id
    }
}
