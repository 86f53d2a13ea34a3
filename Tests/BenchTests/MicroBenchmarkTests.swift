import Foundation
import Testing

/// `streamd-bench micro`, in its tiny form, as a process: whether its figures are figures, not what
/// they are.
@Suite struct MicroBenchmarkTests {
    private struct Report: Decodable {
        struct Component: Decodable {
            var component: String
            var nanos: Double
            var floor: String
            var floorNanos: Double
            var ratio: Double
            var allocations: Double?
            var isAllocationFree: Bool
            var details: [String: Double]
        }
        var components: [Component]
    }

    /// Every component that issue and documentation name.
    private static let expected = [
        "media message: parse", "media message: receive", "media message: write",
        "mark message: receive", "base64: decode", "base64: encode", "µ-law: decode",
        "µ-law: encode", "resample 8 to 16 kHz", "resample 16 to 8 kHz",
        "VAD: Silero, 32 ms of speech", "VAD: detector, speech", "VAD: detector, silence",
        "ring: write and read", "playout: pace one frame", "turn machine: frame",
        "turn machine: turn of 8 events", "WebSocket: echo", "transport: media frame in and out",
        "HTTP: POST /twilio/voice to TwiML",
    ]

    @Test func everyComponentIsMeasuredAndTheAudioPathAllocatesNothing() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let file = bench.path("micro.json")
        let outcome = try await bench.run(["micro", "--tiny", "--json", file])
        #expect(outcome.code == 0, "\(outcome.output)")
        let report = try JSONDecoder().decode(
            Report.self, from: Data(contentsOf: URL(filePath: file)))
        #expect(report.components.map(\.component) == Self.expected)
        for part in report.components {
            // From a tenth of a nanosecond to a second.
            #expect((0.1...1e9).contains(part.nanos), "\(part.component): \(part.nanos) ns")
            #expect((0.1...1e9).contains(part.floorNanos), "\(part.floor): \(part.floorNanos) ns")
            #expect(abs(part.ratio * part.floorNanos / part.nanos - 1) < 1e-6)
            #expect(outcome.output.contains(part.component))
            guard let count = part.allocations, part.isAllocationFree else { continue }
            #expect(count <= 0.001, "\(part.component): \(count) allocations")
        }
        let free = report.components.filter(\.isAllocationFree).map(\.component)
        #expect(
            free == Self.expected.filter { !$0.hasPrefix("HTTP") && !$0.contains("8 events") })
        let silence = try #require(report.components.first { $0.component.hasSuffix("silence") })
        #expect(silence.details["networkRuns"] == 0)
        #expect(try #require(silence.details["chunks"]) > 100)
        let speech = try #require(report.components.first { $0.component.hasSuffix("or, speech") })
        #expect(try #require(speech.details["networkRuns"]) > 0)
        #expect(try #require(speech.details["events"]) > 0)
        let pacing = try #require(report.components.first { $0.component.hasPrefix("playout") })
        #expect(try #require(pacing.details["frames"]) > 100)
        #expect(try #require(pacing.details["marks"]) > 10)
    }

    @Test func wrongUsageIsTold() async throws {
        let bench = try BenchProgram()
        defer { bench.remove() }
        let outcome = try await bench.run(["micro", "--round", "3"])
        #expect(outcome.code == 64)
        #expect(outcome.output.contains("--rounds") && outcome.output.contains("--tiny"))
    }
}
