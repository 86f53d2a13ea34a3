import Foundation
import Telemetry
import Wire

/// Where and how a benchmark was run: goes into every report.
enum HostEnvironment {
    /// The members of a report's `environment`.
    static func members() -> [(name: String, value: String)] {
        [
            ("cpu", processor), ("cores", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"),
            ("memoryMiB", "\(memoryMiB)"), ("kernel", kernel), ("system", system),
            ("date", ISO8601DateFormatter().string(from: Date())),
            ("streamd", StreamdVersion.current),
            ("load", firstWord(of: "/proc/loadavg")),
            ("command", command),
        ]
    }

    static var json: JSONValue {
        .object(members().map { .init($0.name, .string($0.value)) })
    }

    /// The command line with the program's own name only.
    static var command: String {
        (["streamd-bench"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
    }

    private static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
    }

    private static var memoryMiB: Int {
        sysconf(Int32(_SC_PHYS_PAGES)) / 1024 * sysconf(Int32(_SC_PAGESIZE)) / 1024
    }

    private static var kernel: String {
        (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    private static var system: String {
        let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { String($0.dropFirst(12)).trimmingCharacters(in: ["\""]) } ?? "unknown"
    }

    private static func firstWord(of path: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").first.map(String.init) ?? "unknown"
    }
}
