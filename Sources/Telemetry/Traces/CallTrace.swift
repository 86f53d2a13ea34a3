import Net
import Pipelines

/// Makes the spans of one call: the call, in it the turns, in them the stages. What was said is not
/// in them.
package struct CallTrace: Sendable {
    private let traceID = TraceSpan.randomID(byteCount: 16)
    private let callID = TraceSpan.randomID(byteCount: 8)
    private let callSid: String
    private let assistantID: String
    private let startNanos: UInt64
    /// From the monotonic clock to that of the calendar.
    private let shiftNanos: Int64

    /// - Parameters: now, by the monotonic clock and by that of the calendar.
    package init(callSid: String, assistantID: String, nowNanos: UInt64, unixNanos: UInt64) {
        self.callSid = callSid
        self.assistantID = assistantID
        startNanos = unixNanos
        shiftNanos = Int64(unixNanos) - Int64(nowNanos)
    }

    /// The spans of a turn that has been recorded.
    package func spans(of record: Pipelines.TurnRecord) -> [TraceSpan] {
        let base = Int64(record.speechEndNanos) + shiftNanos
        // The two clocks are read one after the other, and nothing is before the call.
        func at(_ ms: Double) -> UInt64 { max(startNanos, UInt64(max(0, base + Int64(ms * 1e6)))) }
        var turn = TraceSpan(
            traceID: traceID, parentID: callID, name: "turn", startNanos: at(0),
            endNanos: at(record.finishedMs))
        turn.attributes = [
            ("turn", .integer(record.turn)), ("input", .string(record.inputKind)),
            ("outcome", .string(record.outcome.rawValue)),
            ("speculative", .bool(record.isSpeculative)),
            ("speculations.wasted", .integer(record.wastedSpeculations)),
            ("filler", .bool(record.hasFiller)),
        ]
        if record.outcome == .failed { turn.fault = "the reply failed" }
        var spans = [turn]
        func stage(_ name: String, _ from: Double?, _ to: Double?) {
            guard let from, let to else { return }
            spans.append(
                TraceSpan(
                    traceID: traceID, parentID: turn.spanID, name: name,
                    startNanos: at(min(from, to)), endNanos: at(to)))
        }
        stage("endpoint", 0, record.endpointMs)
        stage("transcript", 0, record.transcriptMs)
        stage("reply", record.transcriptMs ?? 0, record.firstSentenceMs)
        stage("speech", record.firstSentenceMs, record.firstSpeechByteMs)
        stage("playout", record.firstFrameSentMs, record.finishedMs)
        return spans
    }

    /// The span of the whole call, once it has ended.
    package func span(endedAtNanos now: UInt64, ending: String, turnCount: Int) -> TraceSpan {
        var span = TraceSpan(
            traceID: traceID, spanID: callID, name: "call", startNanos: startNanos,
            endNanos: UInt64(max(0, Int64(now) + shiftNanos)))
        span.attributes = [
            ("call.sid", .string(callSid)), ("assistant", .string(assistantID)),
            ("ending", .string(ending)), ("turns", .integer(turnCount)),
        ]
        return span
    }
}
