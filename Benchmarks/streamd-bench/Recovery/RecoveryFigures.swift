import CallSimulator
import DSP
import Foundation
import Pipelines
import Wire

/// What one call met with, and what its caller heard of it.
struct RecoveryCase {
    let service: String
    let fault: String
    let end: CallEnd
    let protocolErrorCount: Int
    /// From the end of the words that the fault struck to the first sound of the agent's; nil where
    /// none came.
    let heardAgainMs: Double?
    /// The longest silence from there to the agent's last sound.
    let longestSilenceMs: Double?
    /// What the caller waited for in vain.
    let unansweredCount: Int
    /// Rows that the call left.
    let rowCount: Int
    /// Times an engine was left for the next.
    let failureCount: Int

    var isDropped: Bool { end != .hungUp }

    init(
        service: String, fault: String, turn: Int, result: SimulatedCallResult, rowCount: Int,
        failureCount: Int
    ) {
        self.service = service
        self.fault = fault
        self.rowCount = rowCount
        self.failureCount = failureCount
        end = result.end
        protocolErrorCount = result.protocolErrorCount
        unansweredCount = result.turns.count { $0.isUnanswered }
        let struck = result.turns.indices.contains(turn - 1) ? result.turns[turn - 1] : nil
        let next = result.turns.indices.contains(turn) ? result.turns[turn].speechStartNanos : nil
        guard let struck, let agent = result.recording?.agent else {
            heardAgainMs = nil
            longestSilenceMs = nil
            return
        }
        func sample(_ nanos: UInt64) -> Int {
            Int((nanos - result.startNanos) / SampleClock.sampleNanos)
        }
        let silences = Silences(
            of: agent, from: sample(struck.speechEndNanos),
            to: next.map(sample) ?? agent.count)
        heardAgainMs = silences.firstMs
        longestSilenceMs = silences.longestMs
    }

    var members: [JSONValue.Member] {
        [
            .init("service", .string(service)), .init("fault", .string(fault)),
            .init("heardAgainMs", heardAgainMs.map { .number($0) } ?? .null),
            .init("longestSilenceMs", longestSilenceMs.map { .number($0) } ?? .null),
            .init("unanswered", .integer(unansweredCount)), .init("rows", .integer(rowCount)),
            .init("failures", .integer(failureCount)), .init("end", .string("\(end)")),
        ]
    }
}

/// Where one side of a call is silent, by the level of frames of 20 ms.
struct Silences {
    /// Up to the first sound; nil where there is none.
    var firstMs: Double?
    /// Up to the first sound, or between two.
    var longestMs: Double?

    /// Speech is louder; what lies between words is shorter than any of the silences looked for.
    private static let loudDBFS = -50.0

    init(of muLaw: [UInt8], from: Int, to: Int) {
        let frame = 160
        var silentFrames = 0
        var start = max(0, from)
        while start + frame <= min(to, muLaw.count) {
            let power = muLaw[start..<start + frame].reduce(0.0) {
                let sample = Double(G711.decodeMuLaw($1)) / 32768
                return $0 + sample * sample
            }
            if 10 * log10(power / Double(frame) + 1e-12) > Self.loudDBFS {
                let silentMs = Double(silentFrames * 20)
                if firstMs == nil { firstMs = silentMs }
                longestMs = max(longestMs ?? 0, silentMs)
                silentFrames = 0
            } else {
                silentFrames += 1
            }
            start += frame
        }
    }
}

/// All cases together.
struct RecoveryFigures: CustomStringConvertible {
    var cases: [RecoveryCase] = []

    var droppedCount: Int { cases.count { $0.isDropped } }
    /// Effects that were had more than once.
    var twiceCount: Int { cases.reduce(0) { $0 + max(0, $1.rowCount - 1) } }
    var silentCount: Int { cases.count { $0.heardAgainMs == nil } }
    var heardAgainMs: Double { cases.compactMap(\.heardAgainMs).max() ?? 0 }
    var longestSilenceMs: Double { cases.compactMap(\.longestSilenceMs).max() ?? 0 }

    var members: [JSONValue.Member] {
        [
            .init("calls", .integer(cases.count)), .init("dropped", .integer(droppedCount)),
            .init("effectsTwice", .integer(twiceCount)), .init("neverHeard", .integer(silentCount)),
            .init("heardAgainMs", silentCount == 0 ? .number(heardAgainMs) : .null),
            .init("longestSilenceMs", silentCount == 0 ? .number(longestSilenceMs) : .null),
            .init("booked", .integer(cases.count { $0.rowCount == 1 })),
            .init("cases", .array(cases.map { .object($0.members) })),
        ]
    }

    var description: String {
        let head =
            "service  fault      heard again  longest silence  rows  engines left  end\n"
        return head + cases.map(Self.line).joined(separator: "\n")
            + "\nheard again within \(Format.fixed(heardAgainMs, 0)) ms, longest silence "
            + "\(Format.fixed(longestSilenceMs, 0)) ms, never: \(silentCount); dropped: "
            + "\(droppedCount); effects had twice: \(twiceCount)"
    }

    private static func line(_ one: RecoveryCase) -> String {
        func ms(_ value: Double?) -> String {
            value.map { Format.fixed($0, 0) + " ms" } ?? "never"
        }
        return one.service.padding(9) + one.fault.padding(9)
            + ms(one.heardAgainMs).leftPadding(13) + ms(one.longestSilenceMs).leftPadding(17)
            + "\(one.rowCount)".leftPadding(6) + "\(one.failureCount)".leftPadding(14)
            + "  \(one.end)"
    }
}
