import Testing

/// The recovery benchmark in its smallest form.
@Suite struct RecoveryBenchmarkTests {
    @Test func aModelThatIsKilledInATurnIsSurvived() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "recovery", "--serve", "Benchmarks/configurations/recovery.yaml", "--services", "llm",
            "--faults", "killed", "--turn", "2", "--pause-ms", "400", "--stt-ms", "20",
            "--json", bench.path("r.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("r.json")
        #expect(figures.number("calls") == 1 && figures.count("cases") == 1)
        #expect(figures.number("dropped") == 0 && figures.number("neverHeard") == 0)
        #expect(figures.number("effectsTwice") == 0)
        #expect(figures.number("cases.0.rows") == 1, "\(outcome.output)")
        #expect(try #require(figures.number("cases.0.failures")) >= 1)
        let again = try #require(figures.number("cases.0.heardAgainMs"))
        let longest = try #require(figures.number("cases.0.longestSilenceMs"))
        #expect(again > 0 && longest >= again)
        #expect(outcome.output.contains("heard again within"))
    }

    @Test func whatCannotFailIsRefused() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        for words in [["--faults", "sulk"], ["--services", "fax"]] {
            let outcome = try await bench.run(["recovery", "--serve", "none.yaml"] + words)
            #expect(outcome.code == 64, "\(outcome.output)")
        }
    }
}
