import Foundation
import Wire

/// What `--json` and `--html` ask for; nothing is written, nor made, when they are empty.
extension BenchOptions {
    /// Writes the figures of a benchmark as one JSON object, behind what all of them begin with.
    func write(benchmark: String, _ members: @autoclosure () -> [JSONValue.Member]) throws {
        guard !self["json"].isEmpty else { return }
        let head: [JSONValue.Member] = [
            .init("benchmark", .string(benchmark)), .init("format", .integer(1)),
            .init("environment", HostEnvironment.json),
        ]
        let json = JSONValue.object(head + members())
        try Data(json.encoded() + [10]).write(to: URL(filePath: self["json"]))
    }

    func write(_ page: @autoclosure () -> ReportPage) throws {
        guard !self["html"].isEmpty else { return }
        try Data(page().html().utf8).write(to: URL(filePath: self["html"]))
    }
}
