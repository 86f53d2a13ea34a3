import Foundation
import PrivateServers
import Testing

/// Load by text messages, and the daemon killed in the middle of it, in a small form.
@Suite struct TextBenchmarkTests {
    @Test func everyMessageIsAnsweredAndEveryOrderKept() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "texts", "--rate", "60", "--seconds", "4", "--customers", "30", "--connections", "8",
            "--json", bench.path("t.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("t.json")
        #expect(figures.number("answered") == 240 && figures.number("failed") == 0)
        // Every customer has come to the line that orders, once.
        #expect(figures.number("orders") == 30)
        #expect(try #require(figures.number("latency.p99Ms")) > 0)
    }

    @Test(arguments: ["sqlite", "postgres"])
    func noOrderIsLostOrDoubledWhenTheDaemonIsKilled(store: String) async throws {
        if store == "postgres", PostgresServer.programs == nil {
            try Test.cancel("\(PostgresServer.remedy)")
        }
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "kill", "--store", store, "--orders", "30", "--rounds", "1",
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.contains("kill: seed ") && outcome.output.contains("round 1: "))
    }
}
