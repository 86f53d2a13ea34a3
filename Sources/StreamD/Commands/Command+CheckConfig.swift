import CommandArguments
import Configuration
import Foundation
import Telemetry

/// The configuration of a command, read and checked as every command does first.
struct LoadedConfiguration {
    var configuration: Configuration
    var secrets: Secrets

    /// Without `--config`, `streamd.yaml` in the working folder is read.
    init(_ arguments: Arguments) throws {
        configuration = try Configuration.read(path: arguments["config"] ?? "streamd.yaml")
        secrets = try Secrets(environment: ProcessInfo.processInfo.environment)
        if let name = arguments["log-level"] {
            guard let level = LogLevel(rawValue: name) else {
                throw UsageError(
                    description: "--log-level '\(name)' is not one of "
                        + LogLevel.allCases.map(\.rawValue).joined(separator: ", "))
            }
            configuration.log.level = level
        }
        if configuration.twilio.publicURL.isEmpty {
            configuration.twilio.publicURL = secrets.publicURL
        }
        if configuration.store.url.isEmpty { configuration.store.url = secrets.storeURL }
        if configuration.state.url.isEmpty { configuration.state.url = secrets.stateURL }
    }
}

extension Command {
    static let checkConfig = Command(
        name: "check-config",
        usage: "streamd check-config [--config FILE] [--reference | --sample]",
        summary: "Check a configuration file without starting anything.",
        options: [
            configOption,
            CommandOption(
                name: "reference", value: nil, summary: "Print the reference page of all keys."),
            CommandOption(
                name: "sample", value: nil, summary: "Print a commented sample configuration."),
        ],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd check-config [--config FILE]")
            if arguments.has("reference") {
                print(ConfigurationReference.markdown(), terminator: "")
            } else if arguments.has("sample") {
                print(ConfigurationReference.sample(), terminator: "")
            } else {
                let loaded = try LoadedConfiguration(arguments)
                try loaded.configuration.checkTrust(loaded.secrets)
                print("\(arguments["config"] ?? "streamd.yaml"): correct")
            }
        })

    static let version = Command(
        name: "version", usage: "streamd version", summary: "Print the version.", options: [],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd version")
            print("streamd \(StreamdVersion.current)")
        })
}
