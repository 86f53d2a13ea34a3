import Assembly
import Assistants
import CommandArguments
import Configuration
import Engines
import Foundation
import Options
import Telemetry

/// The configuration of a command, read and checked as every command does first; errors hold all that is
/// wrong with the file and with the environment.
struct LoadedConfiguration {
    var configuration: Configuration
    var secrets: Secrets

    /// Without `--config`, `streamd.yaml` in the working folder is read.
    init(_ arguments: Arguments) throws {
        let faults = ConfigurationFaults()
        var read: Configuration?
        faults.collect { () throws(ConfigurationError) in
            read = try Configuration.read(path: arguments["config"] ?? "streamd.yaml")
        }
        var found: Secrets?
        faults.collect { () throws(ConfigurationError) in
            found = try Secrets(environment: ProcessInfo.processInfo.environment)
        }
        if read?.twilio.publicURL.isEmpty == true, let url = found?.publicURL, !url.isEmpty {
            read?.twilio.publicURL = url
            if let fault = TwilioSettings.fault(inPublicURL: url) {
                faults.add(
                    ConfigurationError(file: "environment", message: "the public address \(fault)"))
            }
        }
        try faults.check()
        guard let read, let found else { preconditionFailure("what is not read is a fault") }
        configuration = read
        secrets = found
        if let name = arguments["log-level"] {
            guard let level = LogLevel(rawValue: name) else {
                throw UsageError(
                    description: "--log-level '\(name)' is not one of "
                        + LogLevel.allCases.map(\.rawValue).joined(separator: ", "))
            }
            configuration.log.level = level
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
                try check(LoadedConfiguration(arguments))
                print("\(arguments["config"] ?? "streamd.yaml"): correct")
            }
        })

    /// Looks at what the start would stumble over, files of assistants included.
    /// - Throws: all of it, with the exit code of the first.
    private static func check(_ loaded: LoadedConfiguration) throws {
        var errors: [any Error] = []
        do { try loaded.configuration.checkTrust(loaded.secrets) } catch { errors.append(error) }
        for block in loaded.configuration.assistants {
            do { _ = try AssistantSettings.reading(block) } catch { errors.append(error) }
        }
        let surroundings = EngineSurroundings(
            modelPath: ModelFolder(loaded.configuration.models).path,
            variable: loaded.secrets.value)
        for finding in loaded.configuration.engineFindings(in: surroundings) {
            if finding.isWarning {
                complain("warning: \(finding.error)")
            } else {
                errors.append(finding.error)
            }
        }
        guard let first = errors.first else { return }
        throw CommandFailure(
            code: ExitCode.of(first) ?? ExitCode.software,
            description: errors.map { "\($0)" }.joined(separator: "\n"))
    }

    static let version = Command(
        name: "version", usage: "streamd version", summary: "Print the version.", options: [],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd version")
            print("streamd \(StreamdVersion.current)")
        })
}
