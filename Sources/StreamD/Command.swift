import Assembly
import CommandArguments
import Net
import Options
import Pipelines
import Store

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

    /// The code for an error of the daemon's parts; nil for one that is not a user's doing.
    static func of(_ error: any Error) -> Int32? {
        switch error {
        case let error as CommandFailure: error.code
        case is UsageError: usage
        case is ConfigurationError: configuration
        case let error as DaemonError: of(error.kind)
        case let error as StoreError: of(error)
        // An engine that can't be had: weights that are not there, a service that is away.
        case is StageError, is NetError: unavailable
        default: nil
        }
    }

    private static func of(_ kind: DaemonError.Kind) -> Int32 {
        switch kind {
        case .usage: usage
        case .badData: badData
        case .noInput: noInput
        case .cannotCreate: cannotCreate
        case .configuration: configuration
        case .unavailable: unavailable
        case .software: software
        }
    }

    private static func of(_ error: StoreError) -> Int32 {
        switch error {
        case .cannotOpen, .notWritable: cannotCreate
        case .diskFull: ioError
        case .corrupt, .constraint, .conflict: badData
        case .newerSchema: configuration
        case .locked, .overloaded, .stateFull: temporary
        case .failed, .unreachable, .interrupted, .stateUnreachable, .stateFailed, .closed:
            unavailable
        }
    }
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
        let text = "\(summary)\n\nusage: \(usage)\n\noptions:\n"
        return text + CommandOption.help(options + [Self.helpOption])
    }
}

extension String {
    func padded(to width: Int) -> String {
        count >= width ? self + " " : self + String(repeating: " ", count: width - count)
    }
}
