import Foundation
import Testing

/// The command and the peers' scripts in their smallest form, so that they do not rot.
@Suite struct ProgramTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private struct Outcome {
        var code: Int32
        var output: String
    }

    private func run(_ program: String, _ arguments: [String], in folder: String = "") async throws
        -> Outcome
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = Self.root.appendingPathComponent(folder)
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    try process.run()
                    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Outcome(
                            code: process.terminationStatus,
                            output: String(decoding: data, as: UTF8.self)))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// The program beside the one that runs the tests.
    private var bench: String {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own ?? "").deletingLastPathComponent()
            .appendingPathComponent("streamd-bench").path
    }

    @Test func theCommandSaysWhereItListensAndEndsByItself() async throws {
        let outcome = try await run(bench, ["services", "--seconds", "1", "--fixtures", "none"])
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("services listening host=127.0.0.1 port="))
        #expect(outcome.output.hasSuffix(" fixtures=0\n"))
    }

    @Test(arguments: [
        ["--stt-ms", "soon"], ["--llm", "clever"], ["--tts-speedup", "0"],
        ["--fixtures", "/nowhere"],
        ["--port", "65536"],
    ])
    func whatItCannotDoIsRefused(_ arguments: [String]) async throws {
        let outcome = try await run(bench, ["services", "--seconds", "1"] + arguments)
        #expect(outcome.code == 64)
        #expect(!outcome.output.contains("listening"))
    }

    @Test func thePeersScriptsFitTogether() async throws {
        let help = try await run("/usr/bin/env", ["python3", "Benchmarks/peers/run", "--help"])
        #expect(help.code == 0)
        #expect(help.output.contains("--calls-max"))
        let program = """
            import table
            def run(p50, calls, cpu):
                return {"calls": calls, "response": {"count": 4, "p50Ms": p50, "p95Ms": 2 * p50},
                        "clear": {"count": 2, "p50Ms": p50 / 4}, "cpuSecondsPerCallMinute": cpu,
                        "memoryKiBPerCall": 2048.0, "startedMs": 100.0}
            def result(p50, calls, cpu):
                each = run(p50, calls, cpu)
                return {"alone": each, "barge": each, "best": each, "isMost": calls == 128}
            print(table.table({"streamd": result(200.0, 128, 0.1), "pipecat": result(450.0, 8, 7.0)},
                              {"fastapi": "it did not start"}, {"pipecat-ai": "1.14.0"}))
            """
        let made = try await run(
            "/usr/bin/env", ["python3", "-c", program], in: "Benchmarks/peers")
        #expect(made.code == 0, "\(made.output)")
        let rows = made.output.split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.count == 6)
        #expect(rows[2] == ["streamd", "200", "400", "50", "≥ 128", "0.100", "2.0", "100"])
        #expect(
            rows[4][0...5] == [
                "Pipecat 1.14.0 ÷ streamd", "2.25 ×", "2.25 ×", "2.25 ×", "0.06 ×", "70.00 ×",
            ])
        #expect(rows[5][1] == "not measured: it did not start")
    }
}
