import Daemon

extension Command {
    static let doctor = Command(
        name: "doctor", usage: "streamd doctor [--config FILE]",
        summary: "Check the whole set-up before going live.",
        options: [configOption],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd doctor [--config FILE]")
            let loaded = try LoadedConfiguration(arguments)
            let findings = Doctor(
                configuration: loaded.configuration, secrets: loaded.secrets
            ).examine()
            for finding in findings {
                print(
                    "\(finding.verdict.rawValue.padded(to: 9))\(finding.subject.padded(to: 16))\(finding.detail)"
                )
            }
            let failures = findings.filter { $0.verdict == .failed }.count
            guard failures == 0 else {
                throw CommandFailure(
                    code: ExitCode.configuration,
                    description: "\(failures) of \(findings.count) checks failed")
            }
        })
}
