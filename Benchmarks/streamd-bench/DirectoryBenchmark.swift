import Assistants
import Foundation
import Pipelines
import Realtime
import Store

/// How long the directory takes to answer a question: understanding, search by name and sound, and
/// the words of the answer, without the telephone. Questions are those of the fixture that Whisper
/// heard, over the directory that is shipped.
enum DirectoryBenchmark {
    private static let known: [(name: String, standard: String?, about: String)] = [
        ("rounds", "20", "how often all questions are asked"),
        ("directory", "samples/hospitals/india.csv", "the entries"),
        ("questions", "Tests/Fixtures/directory-heard.csv", "a column 'heard'"),
        ("p99-max-ms", "0", "exit code 1 when the 99th percentile is above; 0: any"),
        ("json", "", "file for the figures"),
    ]

    private struct Report: Encodable {
        var entries: Int
        var questions: Int
        var buildMs: Double
        var p50Ms: Double
        var p99Ms: Double
        var maxMs: Double
    }

    /// Runs with the arguments after `directory`: 0, 1 above the limit, 64 for wrong usage, 70 for a
    /// failure.
    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(BenchOptions(arguments, known: known))
        } catch let fault as BenchOptions.Fault {
            print("\(fault)")
            return 64
        } catch {
            print("directory: \(error)")
            return 70
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        let rounds = max(1, try options.integer("rounds"))
        let hospitals = try HospitalCSV.read(try text(options["directory"])).get()
        let records = try CSVReader.records(of: try text(options["questions"]))
        guard let column = records.first?.fields.firstIndex(of: "heard") else {
            throw BenchOptions.Fault(description: "\(options["questions"]) has no column 'heard'")
        }
        let questions = records.dropFirst().map { $0.fields[column] }
        let begin = MonotonicClock.nowNanos()
        let index = HospitalIndex(HospitalList(version: 1, hospitals: hospitals))
        let buildMs = Double(MonotonicClock.nowNanos() - begin) / 1e6
        var histogram = LatencyHistogram()
        var settings = AssistantSettings.sampleRestaurant(id: "loop")
        settings.kind = .directory
        let dialogue = DirectoryDialogue(settings)
        let now = Date()
        // The first question of a call makes the dialogue ask for its index, which it then has.
        let hello = dialogue.step(
            dialogue.initialState, .caller(.speech(Transcript(text: "hello"))), now: now)
        let ready = dialogue.step(hello.state, .answer(.success(index)), now: now).state
        for _ in 0..<rounds {
            for question in questions {
                let start = MonotonicClock.nowNanos()
                let step = dialogue.step(
                    ready, .caller(.speech(Transcript(text: question))), now: now)
                histogram.record(MonotonicClock.nowNanos() - start)
                consume(step.sentences.count)
            }
        }
        let report = Report(
            entries: hospitals.count, questions: questions.count * rounds, buildMs: buildMs,
            p50Ms: Double(histogram.percentile(50)) / 1e6,
            p99Ms: Double(histogram.percentile(99)) / 1e6, maxMs: Double(histogram.maxNanos) / 1e6)
        print(
            String(
                format:
                    "%d entries, index built in %.1f ms; %d questions: p50 %.3f, p99 %.3f, max %.3f ms",
                report.entries, report.buildMs, report.questions, report.p50Ms, report.p99Ms,
                report.maxMs))
        if !options["json"].isEmpty {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(report).write(to: URL(filePath: options["json"]))
        }
        let limit = Double(options["p99-max-ms"]) ?? 0
        return limit > 0 && report.p99Ms > limit ? 1 : 0
    }

    private static func text(_ path: String) throws -> String {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw BenchOptions.Fault(description: "\(path): can't be read as text")
        }
        return text
    }
}
