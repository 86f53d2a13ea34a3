import CallSimulator
import Wire

/// Chooses from the recorded call what is shown: a turn whose response is nearest to the median, and
/// a barge-in.
struct TurnPictures {
    let figures: CallsFigures
    let daemonLog: String

    var all: [(timeline: TurnTimeline, caption: String)] {
        guard let call = figures.recorded, let recording = call.recording else { return [] }
        let recordedNanos = call.startNanos + UInt64(recording.agent.count) * 125_000
        let turns = call.turns.enumerated().filter { _, turn in
            guard let first = turn.firstReplyNanos, turn.cutInNanos == nil else { return false }
            return first + 500_000_000 < recordedNanos
        }
        let median = Double(figures.statistics.response.percentile(50))
        let usual = turns.filter { !$0.element.isBargeIn }.min {
            abs(Double($0.element.responseNanos ?? 0) - median)
                < abs(Double($1.element.responseNanos ?? 0) - median)
        }
        let bargeIn = turns.first { $0.element.isBargeIn && $0.element.clearNanos != nil }
        return [usual, bargeIn].compactMap { picture($0, of: call) }
    }

    private func picture(
        _ turn: (offset: Int, element: CallTurn)?, of call: SimulatedCallResult
    ) -> (timeline: TurnTimeline, caption: String)? {
        guard let turn else { return nil }
        let marks = daemonMarks(turn.offset, turn.element, call)
        let chosen =
            marks.isEmpty
            ? [
                TurnTimeline.Mark(
                    ms: figures.plan.endpointMs,
                    name: "\(Format.fixed(figures.plan.endpointMs, 0)) ms of silence")
            ] : marks
        guard let timeline = TurnTimeline(turn.element, of: call, marks: chosen) else { return nil }
        let kind =
            turn.element.isBargeIn
            ? "A barge-in" : "A turn of one call, its response nearest to the median"
        return (timeline, "\(kind): “\(turn.element.text)”.")
    }

    /// The daemon's own moments of this turn, from its log. They are told from its idea of the end
    /// of speech, so the first frame, which both sides know, joins the two clocks.
    private func daemonMarks(
        _ index: Int, _ turn: CallTurn, _ call: SimulatedCallResult
    ) -> [TurnTimeline.Mark] {
        let records = daemonLog.split(separator: "\n").compactMap(Self.record).filter {
            $0["call"]?.stringValue == call.callSid && $0["turn"]?.intValue != 0
        }
        guard records.count == call.turns.count, let first = turn.responseNanos,
            let sent = records[index]["ms"]?["firstFrameSent"]?.doubleValue
        else { return [] }
        let shift = Double(first) / 1e6 - sent
        let known = [("endpoint", "turn is over"), ("transcript", "transcript is there")]
        return known.compactMap { key, name in
            guard let ms = records[index]["ms"]?[key]?.doubleValue else { return nil }
            return TurnTimeline.Mark(ms: ms + shift, name: name)
        }
    }

    /// The record of a turn in a line of the daemon's log.
    private static func record(_ line: Substring) -> JSONValue? {
        guard line.contains(" INFO turn {"), let start = line.firstIndex(of: "{") else {
            return nil
        }
        let bytes = Array(line[start...].utf8)
        return try? JSONValue(parsing: bytes.span)
    }
}
