import CommandArguments
import Foundation
import Options

let commands: [Command] = [
    .serve, .checkConfig, .doctor, .chat, .importData, .exportData, .transcribe, .say, .model,
    .version,
]

func generalHelp() -> String {
    var text = "streamd holds telephone conversations over Twilio Media Streams.\n\n"
    text += "usage: streamd COMMAND [options]; streamd COMMAND --help tells more\n\ncommands:\n"
    for command in commands { text += "  \(command.name.padded(to: 16))\(command.summary)\n" }
    return text
}

func complain(_ text: String) {
    FileHandle.standardError.write(Data("streamd: \(text)\n".utf8))
}

/// What is told of an error, a line for each fault.
func complaints(of error: any Error) -> [String] {
    "\(error)".split(separator: "\n").map(String.init)
}

func runCommandLine(_ words: [String]) -> Int32 {
    guard let name = words.first else {
        complain("name a command\n\n\(generalHelp())")
        return ExitCode.usage
    }
    if name == "--help" || name == "help" || name == "-h" {
        print(generalHelp())
        return ExitCode.ok
    }
    let wanted = name == "--version" ? "version" : name
    guard let command = commands.first(where: { $0.name == wanted }) else {
        complain("unknown command '\(name)'; see streamd --help")
        return ExitCode.usage
    }
    do {
        let arguments = try Arguments(
            Array(words.dropFirst()), options: command.options + [Command.helpOption])
        if arguments.has("help") {
            print(command.help, terminator: "")
            return ExitCode.ok
        }
        try command.run(arguments)
        return ExitCode.ok
    } catch let error as UsageError {
        complain("\(command.name): \(error)")
        return ExitCode.usage
    } catch {
        for line in complaints(of: error) { complain(line) }
        return ExitCode.of(error) ?? ExitCode.software
    }
}

exit(runCommandLine(Array(CommandLine.arguments.dropFirst())))
