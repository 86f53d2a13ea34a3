/// Exit codes of sysexits.h.
enum ExitCode {
    static let ok: Int32 = 0
    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let ioError: Int32 = 74
    static let temporary: Int32 = 75
    static let configuration: Int32 = 78
}

/// A failure that ends the process with a code of its own.
struct CommandFailure: Error, CustomStringConvertible {
    let code: Int32
    let description: String
}

/// One word after `streamd`.
struct Command: Sendable {
    let name: String
    let usage: String
    let summary: String
    let options: [CommandOption]
    let run: @Sendable (Arguments) throws -> Void

    static let configOption = CommandOption(
        name: "config", value: "FILE", summary: "Configuration file (streamd.yaml).")
    static let logLevelOption = CommandOption(
        name: "log-level", value: "LEVEL",
        summary: "debug, info, warning or error; over the file's.")
    static let helpOption = CommandOption(name: "help", value: nil, summary: "Show this text.")

    var help: String {
        var text = "\(summary)\n\nusage: \(usage)\n\noptions:\n"
        for option in options + [Self.helpOption] {
            let left = "--\(option.name)\(option.value.map { " " + $0 } ?? "")"
            text += "  \(left.padded(to: 24))\(option.summary)\n"
        }
        return text
    }
}

extension String {
    func padded(to width: Int) -> String {
        count >= width ? self + " " : self + String(repeating: " ", count: width - count)
    }
}
