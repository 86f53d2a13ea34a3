import CommandArguments
import Configuration
import Foundation
import Operations

extension Command {
    private static let modelUsage = "streamd model list | pull NAME [--sha256 SUM] [--config FILE]"

    static let model = Command(
        name: "model", usage: modelUsage,
        summary: "List the recogniser's models, or fetch one by name.",
        options: [
            configOption,
            CommandOption(
                name: "sha256", value: "SUM",
                summary: "What the file must be, where it is not known by name."),
        ],
        run: { arguments in
            let path = arguments["config"]
            let settings = try path.map { try Configuration.read(path: $0).models }
            switch arguments.positional.first {
            case "list":
                try arguments.expect(positionalCount: 1, usage: modelUsage)
                listModels(settings ?? ModelSettings())
            case "pull":
                try arguments.expect(positionalCount: 2, usage: modelUsage)
                try pullModel(
                    arguments.positional[1], sha256: arguments["sha256"],
                    settings ?? ModelSettings())
            case .some(let other):
                throw UsageError(description: "'\(other)' is not known; usage: \(modelUsage)")
            case nil: throw UsageError(description: "usage: \(modelUsage)")
            }
        })

    private static func listModels(_ settings: ModelSettings) {
        let shelf = ModelShelf(settings)
        for model in shelf.models {
            let size = "\(model.byteCount / 1_000_000) MB"
            print("\(model.name.padded(to: 18))\(size.padded(to: 10))\(model.path)")
        }
        for model in shelf.others {
            let size = "\(model.megabytes) MB"
            print(
                "\(model.name.padded(to: 18))\(size.padded(to: 10))"
                    + "streamd model pull \(model.name)")
        }
    }

    private static func pullModel(
        _ name: String, sha256: String?, _ settings: ModelSettings
    ) throws {
        do throws(ModelError) {
            let pull = try ModelPull(
                name: name, sha256: sha256, settings: settings,
                environment: ProcessInfo.processInfo.environment)
            let progress = PullProgress(name: name)
            defer { progress.end() }
            let byteCount = try pull.run { progress.show($0, of: $1) }
            progress.end()
            print("\(name): \(byteCount) bytes in \(pull.path)")
        } catch {
            throw CommandFailure(code: error.exitCode, description: "model pull \(name): \(error)")
        }
    }
}

extension ModelError {
    fileprivate var exitCode: Int32 {
        switch self {
        case .noAddress: ExitCode.configuration
        case .badArgument, .unknownSum: ExitCode.usage
        case .network: ExitCode.unavailable
        case .notThere: ExitCode.noInput
        case .badContents: ExitCode.badData
        case .cannotCreate: ExitCode.cannotCreate
        case .disk: ExitCode.ioError
        case .busy: ExitCode.temporary
        }
    }
}

/// How far a download is: a bar on a terminal, otherwise a line every tenth. On standard error.
private final class PullProgress: @unchecked Sendable {
    // Shown by the transfer's thread only, ended when that is done.

    private let name: String
    private let isTerminal = isatty(2) == 1
    private var shownTenth = -1
    private var shownPercent = -1
    private var hasBar = false
    private static let barWidth = 40

    init(name: String) { self.name = name }

    func show(_ byteCount: Int, of total: Int?) {
        let megabytes = byteCount / 1_000_000
        guard let total, total > 0 else {
            // Without an end there is only what has come: every 10 MB.
            guard megabytes / 10 > shownTenth else { return }
            shownTenth = megabytes / 10
            return write(isTerminal ? "\r\(name) \(megabytes) MB" : "\(name) \(megabytes) MB\n")
        }
        let percent = min(100, byteCount * 100 / total)
        if isTerminal {
            guard percent > shownPercent else { return }
            shownPercent = percent
            let filled = percent * Self.barWidth / 100
            let bar =
                String(repeating: "█", count: filled)
                + String(repeating: "░", count: Self.barWidth - filled)
            write("\r\(name) \(bar) \(percent) % of \(total / 1_000_000) MB")
        } else if percent / 10 > shownTenth {
            shownTenth = percent / 10
            write("\(name) \(percent / 10 * 10) % of \(total / 1_000_000) MB\n")
        }
    }

    /// Leaves the bar's line.
    func end() {
        if hasBar { FileHandle.standardError.write(Data("\n".utf8)) }
        hasBar = false
    }

    private func write(_ text: String) {
        hasBar = isTerminal
        FileHandle.standardError.write(Data(text.utf8))
    }
}
