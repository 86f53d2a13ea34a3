import Foundation
import Testing

/// Written conversations by voice and with a language model, in a small form.
@Suite struct ConversationBenchmarkTests {
    /// A caller's voice, a stream, Whisper, a daemon's process: an order and a table at once.
    @Test func conversationsAreHeldByVoice() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run([
            "converse", "conversations/restaurant/order-delivery.yaml",
            "conversations/reservations/desk-at-once.yaml", "--tries", "3",
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.contains("2 conversations by voice, 0 not as written"))
    }

    @Test func whatIsNotAsWrittenIsToldByVoice() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let yaml = """
            assistant: {id: a, kind: reservations, timeZone: UTC}
            now: 2026-11-25 15:00
            turns:
              - {caller: A table for two tomorrow at seven PM., answer: [ninety people]}
            reservations:
              - {party: 2, at: 2026-11-26 19:00, name: John}
            """
        try yaml.write(toFile: bench.path("c.yaml"), atomically: true, encoding: .utf8)
        let outcome = try await bench.run(["converse", bench.path("c.yaml")])
        #expect(outcome.code == 1, "\(outcome.output)")
        #expect(outcome.output.contains("lacks \"ninety people\""), "\(outcome.output)")
        #expect(outcome.output.contains("fault: reservations: wanted"), "\(outcome.output)")
        let same = try await bench.run(["converse", bench.path("c.yaml"), "--voice", "slt"])
        #expect(same.code == 64 && same.output.contains("one voice"))
    }

    /// A model by rules, behind HTTP in a process of its own, books what it is asked to.
    @Test func aModelIsJudged() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let model = try StandInModel(bench)
        defer { model.stop() }
        let outcome = try await bench.run([
            "eval", "conversations/reservations/four-tomorrow.yaml",
            "conversations/reservations/leap-day.yaml", "conversations/reservations/past.yaml",
            "--url", model.baseURL, "--model", "stand-in", "--json", bench.path("e.json"),
        ])
        #expect(outcome.code == 0, "\(outcome.output)")
        let figures = try bench.json("e.json")
        #expect(figures.count("conversations") == 3)
        for index in 0..<3 {
            #expect(
                figures["conversations.\(index).recorded"] as? Bool == true, "\(outcome.output)")
        }
        #expect(figures.number("conversations.0.turns") == 4)
        let strict = try await bench.run([
            "eval", "conversations/reservations/past.yaml", "--url", model.baseURL, "--model", "m",
            "--percent", "100",
        ])
        #expect(strict.code == 1, "\(strict.output)")
    }

    @Test func withoutAModelEverythingIsAsWritten() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run(["eval", "--engine", "scripted", "--percent", "100"])
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.contains("conversations  passed  rows right  answers right"))
        let nobody = try await bench.run([
            "eval", "conversations/reservations/past.yaml", "--url", "http://127.0.0.1:9/v1",
            "--model", "m",
        ])
        #expect(nobody.code == 0 && nobody.output.contains("broke off"), "\(nobody.output)")
        let unnamed = try await bench.run(["eval", "--url", "http://127.0.0.1:9/v1"])
        #expect(unnamed.code == 64 && unnamed.output.contains("--model is missing"))
    }
}

/// The stand-in for a language model, as a process that ends by itself.
private final class StandInModel {
    let baseURL: String
    private let process: Process

    /// Blocking until it listens.
    init(_ bench: BenchProgram) throws {
        let output = bench.path("model.log")
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process = BenchProgram.process([
            "services", "--llm", "tools", "--fixtures", "none", "--llm-first-ms", "1",
            "--llm-token-ms", "0", "--seconds", "120",
        ])
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<1000 {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            let word = text.split { $0 == " " || $0 == "\n" }.first { $0.hasPrefix("port=") }
            if let port = word.flatMap({ Int($0.dropFirst(5)) }), text.contains("\n") {
                baseURL = "http://127.0.0.1:\(port)/v1"
                return
            }
            usleep(20_000)
        }
        process.terminate()
        throw BenchProgram.Fault(description: "the stand-in did not listen")
    }

    func stop() { process.terminate() }
}
