import CallSimulator
import Conversations
import Foundation
import Realtime
import Store
import Wire

/// A written conversation that is held by voice.
struct SpokenConversation: Sendable {
    var path: String
    var file: ConversationFile
    /// The number that is called.
    var number: String
    /// A line each; nil for those that are keyed.
    var utterances: [CallerUtterance?]

    /// Waits for the end of the reply before each line; a reply's sentences are no further apart.
    private static let pauseMs = 1000
    private static let patienceMs = 30_000
    /// Between two keys, as people press them.
    private static let keyMs = 250

    /// - Parameter webhook: of the daemon.
    func call(webhook: String, background: CallerBackground, index: Int) -> SimulatedCallOptions {
        // The last reply is heard out; who is told goodbye waits for the other end to hang up.
        let ends = file.turns.last?.ends ?? false
        let steps = zip(file.turns, utterances).flatMap { turn, utterance in
            utterance.map { [.say($0, pauseMs: Self.pauseMs)] } ?? Self.press(turn.keys)
        }
        var call = SimulatedCallOptions(
            script: CallerScript(
                steps + [.waitForAgent(pauseMs: ends ? 4 * Self.pauseMs : Self.pauseMs)],
                answerTimeoutMs: Self.patienceMs, background: background),
            number: MonotonicClock.nowNanos() &+ UInt64(index))
        call.webhookURL = webhook
        call.to = number
        return call
    }

    private static func press(_ keys: String) -> [CallerStep] {
        [.waitForAgent(pauseMs: pauseMs)]
            + keys.flatMap { [CallerStep.silence(ms: keyMs), .dtmf(String($0))] }
    }
}

/// A call that is over, as the lines of its conversation and what came back for each.
final class SpokenCall: ConversationChannel {
    let store: any RecordStore
    /// What the assistant heard for each line.
    private(set) var heard: [String]
    private var replies: [String]
    private let isClosedByAgent: Bool
    private var next = 0

    /// - Parameter records: the daemon's log lines about turns.
    init(
        _ result: SimulatedCallResult, of file: ConversationFile, records: [TurnLogLine],
        store: any RecordStore
    ) {
        self.store = store
        isClosedByAgent = if case .closedByAgent = result.end { true } else { false }
        var spokenLines = file.turns.indices.filter { file.turns[$0].keys.isEmpty }
        spokenLines.removeLast(spokenLines.count - result.turns.count)
        var keyedLines = file.turns.indices.filter { !file.turns[$0].keys.isEmpty }[...]
        let count = max(spokenLines.last ?? -1, keyedLines.last ?? -1) + 1
        replies = [String](repeating: "", count: count)
        heard = replies
        // Wall clock of the log, from the monotonic clock of the call.
        let clocks = Date().timeIntervalSince1970 - Double(MonotonicClock.nowNanos()) / 1e9
        let starts = result.turns.map { clocks + Double($0.speechStartNanos) / 1e9 }
        for record in records where record.callSid == result.callSid && record.isAnswer {
            // A line that was taken for two is answered in two turns.
            let line =
                record.isKeyed
                ? keyedLines.popFirst()
                : starts.lastIndex { $0 <= record.speechEndSeconds + Self.slackSeconds }
                    .map { spokenLines[$0] }
            guard let line else { continue }
            heard[line] += (heard[line].isEmpty ? "" : " / ") + record.callerText
            replies[line] += (replies[line].isEmpty ? "" : " ") + record.agentText
        }
    }

    private static let slackSeconds = 0.3

    func say(_ line: String) async throws -> ConversationReply {
        defer { next += 1 }
        guard replies.indices.contains(next) else {
            return ConversationReply(text: "(the call was over)", isLast: false)
        }
        let isLast = isClosedByAgent && next == replies.count - 1
        return ConversationReply(text: replies[next], isLast: isLast)
    }
}

/// What the daemon logs of a turn, with `log.format: json`.
struct TurnLogLine: Sendable {
    var callSid: String
    var callerText: String
    var agentText: String
    /// True when the caller was answered: not in what was merged into a later turn.
    var isAnswer: Bool
    /// True when the caller pressed keys.
    var isKeyed: Bool
    /// By the wall clock.
    var speechEndSeconds: Double

    /// Nil for other lines.
    init?(_ line: Substring) {
        guard line.contains("\"message\":\"turn\""),
            let json = try? JSONValue(parsing: Array(line.utf8).span),
            let record = json["record"], let time = json["time"]?.stringValue,
            let date = try? Date(time, strategy: .iso8601WithMilliseconds),
            let finishedMs = record["ms"]?["finished"]?.doubleValue
        else { return nil }
        callSid = record["call"]?.stringValue ?? ""
        callerText = record["caller"]?.stringValue ?? ""
        agentText = record["agent"]?.stringValue ?? ""
        let outcome = record["outcome"]?.stringValue ?? ""
        isAnswer = record["input"]?.stringValue != "none" && outcome != "merged"
        isKeyed = record["input"]?.stringValue == "keys"
        if outcome == "interrupted" { agentText = record["heard"]?.stringValue ?? "" }
        speechEndSeconds = date.timeIntervalSince1970 - finishedMs / 1000
    }
}

extension ParseStrategy where Self == Date.ISO8601FormatStyle {
    fileprivate static var iso8601WithMilliseconds: Self {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    }
}
