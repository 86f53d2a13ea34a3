import CommandArguments
import Foundation
import Operations
import Options

extension Command {
    private static let doctorUsage = "streamd doctor [--config FILE] [--json]"

    static let doctor = Command(
        name: "doctor", usage: doctorUsage,
        summary:
            "Check the whole set-up before going live; ends with 78 where it fails.",
        options: [
            configOption,
            CommandOption(name: "json", value: nil, summary: "Print the report as JSON."),
        ],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: doctorUsage)
            // A limit on the size of files is a finding, not the end.
            signal(SIGXFSZ, SIG_IGN)
            let report = DoctorReport(asJSON: arguments.has("json"))
            do {
                let loaded = try LoadedConfiguration(arguments)
                report.tell(
                    Doctor.Finding(
                        verdict: .ok, subject: "configuration",
                        detail: arguments["config"] ?? "streamd.yaml", remedy: ""))
                let doctor = try Doctor(
                    configuration: loaded.configuration, secrets: loaded.secrets)
                _ = doctor.examine { report.tell($0) }
            } catch let error as ConfigurationError {
                for line in error.lines {
                    report.tell(
                        Doctor.Finding(
                            verdict: .failed, subject: "configuration", detail: line,
                            remedy: "fix that; streamd check-config looks at nothing else"))
                }
            }
            report.end()
            guard report.failureCount == 0 else {
                throw CommandFailure(
                    code: ExitCode.configuration,
                    description: "\(report.failureCount) of \(report.count) checks failed")
            }
        })
}

/// The report of the doctor, line by line or as one JSON object.
private final class DoctorReport {
    private let asJSON: Bool
    private var findings: [Doctor.Finding] = []

    var count: Int { findings.count }
    var failureCount: Int { findings.filter { $0.verdict == .failed }.count }

    init(asJSON: Bool) { self.asJSON = asJSON }

    func tell(_ finding: Doctor.Finding) {
        findings.append(finding)
        guard !asJSON else { return }
        let remedy = finding.remedy.isEmpty ? "" : " → \(finding.remedy)"
        let start = finding.verdict.rawValue.padded(to: 9) + finding.subject.padded(to: 22)
        print(start + Self.oneLine(finding.detail + remedy))
        fflush(nil)
    }

    func end() {
        guard asJSON else { return }
        let checks = findings.map {
            [
                "check": $0.subject, "verdict": $0.verdict.rawValue, "detail": $0.detail,
                "remedy": $0.remedy,
            ]
        }
        let report: [String: Any] = [
            "ok": failureCount == 0, "failed": failureCount,
            "warnings": findings.filter { $0.verdict == .warning }.count, "checks": checks,
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: report, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        print(String(decoding: data ?? Data(), as: UTF8.self))
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
