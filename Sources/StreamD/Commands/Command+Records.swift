import Daemon
import Foundation

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
            let chat = try Chat(loaded.configuration, assistant: arguments["assistant"])
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
        name: "import", usage: "streamd import menu FILE.csv --assistant ID [--config FILE]",
        summary: "Replace an assistant's menu by a file; a file with faults changes nothing.",
        options: [configOption, assistantOption],
        run: { arguments in
            let usage = "streamd import menu FILE.csv --assistant ID"
            try arguments.expect(positionalCount: 2, usage: usage)
            guard arguments.positional[0] == "menu" else {
                throw UsageError(
                    description: "'\(arguments.positional[0])' can't be imported; usage: \(usage)")
            }
            guard let id = arguments["assistant"] else {
                throw UsageError(description: "--assistant is missing; usage: \(usage)")
            }
            let loaded = try LoadedConfiguration(arguments)
            do {
                let items = try MenuFile.import(
                    path: arguments.positional[1], assistantID: id,
                    configuration: loaded.configuration)
                let categories = Set(items.map(\.category)).count
                print("\(id): \(items.count) items in \(categories) categories")
            } catch {
                throw CommandFailure(code: ExitCode.badData, description: "\(error)")
            }
        })
}
