import Foundation
import Testing

/// Every benchmark in a small form: that it runs, and that its figures make sense. How fast anything
/// is belongs to docs/benchmarks.md.
@Suite struct BenchmarkTests {
    @Test func callsAreMeasuredAndReported() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "calls", "--serve", try bench.configuration(), "--calls", "2", "--turns", "2",
            "--barge-every", "2", "--clip-ms", "400:900", "--key", "tts.0.clipMs=1300",
            "--json", bench.path("a.json"), "--html", bench.path("a.html"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("a.json")
        #expect(figures.number("calls") == 2 && figures.number("turns") == 4)
        #expect(figures.number("failedCalls") == 0 && figures.number("unanswered") == 0)
        #expect(figures.number("overhead.endpointMs") == 400)
        let p50 = try #require(figures.number("response.p50Ms"))
        #expect((200...10_000).contains(p50))
        #expect(try #require(figures.number("response.p99Ms")) >= p50)
        let overhead = try #require(figures.number("overhead.p50Ms"))
        #expect(abs(overhead - (p50 - 400)) < 1e-6)
        #expect(try #require(figures.number("callMinutes")) > 0)
        #expect(try #require(figures.number("cpuSecondsPerCallMinute")) > 0)
        #expect(try #require(figures.number("generator.cpuSecondsPerCallMinute")) > 0)
        #expect(try #require(figures.number("memoryPeakKiB")) > 1000)
        #expect(figures.number("bargeIns") == 2 && figures["memoryKiBPerCall"] != nil)
        #expect(figures.number("clear.count") == 2 || figures.number("ignoredBargeIns") != 0)
        #expect(figures["generator.bottleneck"] is String && figures["callsHeld"] != nil)
        #expect(figures["environment.cpu"] is String && figures["environment.command"] is String)
        #expect(outcome.output.contains("bottleneck: "))
        let page = try bench.text("a.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("</html>"))
        #expect(page.contains("Timeline of a turn") && page.contains("end of speech"))
        // It opens offline: everything stands in the page.
        #expect(page.contains("data-plot=") && page.contains("Chart.js v"))
        for outside in ["src=", "<link", "@import", "http://"] {
            #expect(!page.contains(outside), "\(outside)")
        }
        // No number of a plot is none.
        #expect(!page.contains("\"nan") && !page.contains("inf\"") && !page.contains(" nan"))
    }

    @Test func aRampStopsAtItsEnd() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "calls", "--serve", try bench.configuration(), "--ramp", "1:2:1", "--turns", "1",
            "--clip-ms", "400:700", "--quality", "failed=0", "--json", bench.path("r.json"),
            "--html", bench.path("r.html"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("r.json")
        #expect(figures.number("callsHeld") == 2 && figures.count("steps") == 2)
        #expect(figures.number("steps.0.calls") == 1 && figures.number("steps.1.calls") == 2)
        #expect(figures.number("calls") == 2)
        #expect(try bench.text("r.html").contains("By number of calls"))
    }

    /// A quality that nothing keeps: tried twice, then given up.
    @Test func aQualityThatIsNotKeptIsSaid() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "calls", "--serve", try bench.configuration(), "--ramp", "1:8", "--turns", "1",
            "--clip-ms", "400:700", "--quality", "response50=1", "--json", bench.path("q.json"),
        ])
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("1 calls, once more"))
        #expect(outcome.output.contains("NOT held: response50"))
        let figures = try bench.json("q.json")
        #expect(figures.number("callsHeld") == 0 && figures.count("steps") == 1)
        #expect(figures.count("notHeld") == 1)
    }

    @Test func aSweepChoosesASetting() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "sweep", "--serve", try bench.configuration(), "--key", "turn.endpointMs=300,600",
            "--calls", "1", "--turns", "1", "--clip-ms", "400:700", "--jitter-ms", "5",
            "--json", bench.path("s.json"), "--html", bench.path("s.html"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("s.json")
        #expect(figures.count("points") == 2)
        // Half of the difference is more than any machine's noise.
        let short = try #require(figures.number("points.0.response.p50Ms"))
        let long = try #require(figures.number("points.1.response.p50Ms"))
        #expect(figures.number("points.0.overhead.endpointMs") == 300)
        #expect(long > short || figures["points.0.generator.bottleneck"] as? String != "none")
        let chosen = try #require(figures["chosen"] as? [String: Any])
        #expect(chosen.keys.sorted() == ["turn.endpointMs"])
        #expect(figures["rule"] is String)
        #expect(try bench.text("s.html").contains("Latency against underruns"))
    }

    @Test func idleConnectionsAreHeld() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "idle", "--serve", try bench.configuration(), "--connections", "50", "--seconds", "2",
            "--json", bench.path("i.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("i.json")
        #expect(figures.number("connections") == 50 && figures.number("survivors") == 50)
        #expect(try #require(figures.number("memoryHeldKiB")) > 1000)
    }

    @Test func webhooksAreAnswered() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "webhooks", "--serve", try bench.configuration(), "--rate", "100", "--seconds", "1",
            "--connections", "4", "--json", bench.path("w.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("w.json")
        #expect(figures.number("answered") == 100 && figures.number("failed") == 0)
        #expect(figures.number("refused") == 0 && figures.number("latency.count") == 100)
        let rate = try #require(figures.number("achievedPerSecond"))
        #expect(rate > 0 && rate <= 102)
    }

    @Test func theStartIsTimed() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "start", "--serve", try bench.configuration(), "--runs", "2", "--json",
            bench.path("t.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("t.json")
        #expect(figures.number("runs") == 2)
        let least = try #require(figures.number("firstAudioMs.minMs"))
        let most = try #require(figures.number("firstAudioMs.maxMs"))
        #expect(least > 0 && most >= least)
        #expect(try #require(figures.number("readyMs.p50Ms")) > 0)
    }

    @Test func callersBeyondTheLimitAreTurnedAway() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "admission", "--serve", try bench.configuration(), "--calls", "2", "--extra", "10",
            "--extra-rate", "20", "--turns", "3", "--clip-ms", "900:1500", "--quality", "failed=0",
            "--json", bench.path("b.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("b.json")
        #expect(figures.number("busyWebhooks") == 5 && figures.number("busyStreams") == 5)
        #expect(figures.number("admitted") == 0 && figures.number("refusalsFailed") == 0)
        #expect(figures.number("turns") == 6)
    }

    @Test func theTableSetsFiguresBesideTheirTargets() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let good = #"{"overhead": {"p50Ms": 1.5, "p99Ms": 99}}"#
        try good.write(
            toFile: bench.path("calls-100.json"), atomically: true, encoding: .utf8)
        let outcome = try await bench.run([
            "table", "--folder", bench.folder, "--html", bench.path("t.html"),
        ])
        #expect(outcome.code == 1)
        let lines = outcome.output.split(separator: "\n")
        func line(_ name: String) -> Substring? { lines.first { $0.hasPrefix(name) } }
        #expect(line("engine overhead p50, 100 calls")?.contains("reached") == true)
        #expect(line("engine overhead p99, 100 calls")?.contains("missed") == true)
        #expect(line("10,000 idle connections")?.contains("not run") == true)
        #expect(outcome.output.contains("1 reached, 1 missed"))
        #expect(try bench.text("t.html").contains("promised and measured"))
    }

    @Test(arguments: [
        ["calls"], ["calls", "--stream", "ws://a", "--serve", "b"], ["calls", "--nonsense", "1"],
        ["calls", "--serve", "no-such-file.yaml"], ["sweep", "--serve", "a.yaml"],
        ["calls", "--stream", "ws://a", "--quality", "p98=1"],
        ["calls", "--stream", "ws://a", "--ramp", "5:1"], ["idle"], ["webhooks"], ["start"],
    ])
    func wrongUseIsTold(_ arguments: [String]) async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run(arguments)
        #expect(outcome.code == 64 && outcome.output.count > 10, "\(outcome.output)")
    }
}
