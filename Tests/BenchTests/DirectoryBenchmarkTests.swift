import Foundation
import Testing

/// `streamd-bench directory`, as a process: whether its figures are figures, not what they are.
@Suite struct DirectoryBenchmarkTests {
    private struct Report: Decodable {
        var entries: Int
        var questions: Int
        var buildMs: Double
        var p50Ms: Double
        var p99Ms: Double
        var maxMs: Double
    }

    @Test func everyQuestionIsAskedAndTimed() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let file = bench.path("directory.json")
        let outcome = try await bench.run(["directory", "--rounds", "1", "--json", file])
        #expect(outcome.code == 0, "\(outcome.output)")
        let report = try JSONDecoder().decode(
            Report.self, from: Data(contentsOf: URL(filePath: file)))
        #expect(report.entries == 5000 && report.questions == 200 && report.buildMs > 0)
        #expect(report.p50Ms > 0 && report.p50Ms <= report.p99Ms && report.p99Ms <= report.maxMs)
        // No machine answers in a nanosecond, so the limit is missed and told.
        let missed = try await bench.run(["directory", "--rounds", "1", "--p99-max-ms", "0.000001"])
        #expect(missed.code == 1, "\(missed.output)")
    }

    @Test func wrongUsageIsTold() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        #expect(try await bench.run(["directory", "--round", "1"]).code == 64)
        let lost = try await bench.run(["directory", "--directory", "nowhere.csv"])
        #expect(lost.code == 64 && lost.output.contains("nowhere.csv: can't be read"))
    }
}
