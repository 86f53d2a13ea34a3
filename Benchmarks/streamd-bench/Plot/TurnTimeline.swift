import CallSimulator
import DSP

/// One turn of a recorded call as a picture: what the caller said, what the agent answered, and when
/// what happened. Milliseconds from the end of the caller's speech.
struct TurnTimeline {
    struct Mark {
        var ms: Double
        var name: String
    }

    private let caller: [Double]
    private let agent: [Double]
    private let range: ClosedRange<Double>
    let marks: [Mark]
    let text: String

    /// Each value of an envelope is the loudest sample of so long.
    private static let stepMs = 10.0
    private static let width = 720.0
    private static let labelHeight = 17.0

    /// - Parameter marks: beside those of the turn itself.
    init?(_ turn: CallTurn, of call: SimulatedCallResult, marks: [Mark]) {
        guard let recording = call.recording else { return nil }
        let end = turn.speechEndNanos
        func ms(_ nanos: UInt64) -> Double { (Double(nanos) - Double(end)) / 1e6 }
        var all = marks
        if turn.isBargeIn {
            all.append(Mark(ms: ms(turn.speechStartNanos), name: "caller speaks over the agent"))
            if let clear = turn.clearNanos { all.append(Mark(ms: ms(clear), name: "clear")) }
        }
        all.append(Mark(ms: 0, name: "end of speech"))
        if let first = turn.firstReplyNanos {
            all.append(Mark(ms: ms(first), name: "first audio of the answer"))
        }
        self.marks = all.sorted { $0.ms < $1.ms }
        let began = ms(turn.speechStartNanos)
        // What a barge-in talks over is part of the picture; of a long sentence its end is enough.
        let start = turn.isBargeIn ? began - 800 : max(-1400, began - 200)
        range = start...((self.marks.last?.ms ?? 0) + 500)
        text = turn.text
        let zero = Double(end - call.startNanos) / 1e6
        let span = range
        func envelope(_ muLaw: [UInt8]) -> [Double] {
            stride(from: span.lowerBound, to: span.upperBound, by: Self.stepMs).map { at in
                let from = Int((zero + at) * 8)
                let piece = max(0, min(from, muLaw.count))..<max(0, min(from + 80, muLaw.count))
                let peak = muLaw[piece].map { abs(Int(G711.decodeMuLaw($0))) }.max() ?? 0
                // The ear hears ratios: a root shows quiet sounds beside loud ones.
                return (Double(peak) / 32_768).squareRoot()
            }
        }
        caller = envelope(recording.caller)
        agent = envelope(recording.agent)
    }

    var svg: String {
        let labels = Double(marks.count) * Self.labelHeight + 8
        let frame = PlotFrame(
            x: range, y: 0...1, left: 66, right: Self.width - 18, top: labels,
            bottom: labels + 170)
        let height = Int(frame.bottom + 46)
        var svg = """
            <svg viewBox="0 0 \(Int(Self.width)) \(height)" role="img" \
            aria-label="timeline of one turn">

            """
        for tick in PlotFrame.ticks(range, count: 8) {
            let x = Format.fixed(frame.xPlace(tick), 1)
            svg += """
                <line class="grid" x1="\(x)" x2="\(x)" y1="\(frame.top)" y2="\(frame.bottom)"/>
                <text x="\(x)" y="\(frame.bottom + 17)" \
                text-anchor="middle">\(Format.short(tick))</text>

                """
        }
        svg += """
            <text x="\((frame.left + frame.right) / 2)" y="\(frame.bottom + 38)" \
            text-anchor="middle">milliseconds from the end of the caller's speech</text>

            """
        svg += track("caller", caller, middle: frame.top + 44, colour: 1, frame)
        svg += track("agent", agent, middle: frame.top + 126, colour: 0, frame)
        // No line goes through the words of another: those on the left are written from the top in
        // order, those on the right in the order turned round.
        let early = marks.filter { isEarly($0, frame) }
        let rows = early + marks.filter { !isEarly($0, frame) }.reversed()
        for (row, mark) in rows.enumerated() { svg += draw(mark, row: row, frame) }
        return svg + "</svg>\n"
    }

    private func track(
        _ name: String, _ envelope: [Double], middle: Double, colour: Int, _ frame: PlotFrame
    ) -> String {
        var path = ""
        for (index, value) in envelope.enumerated() {
            let x = frame.xPlace(range.lowerBound + (Double(index) + 0.5) * Self.stepMs)
            let half = max(0.5, value * 38)
            path +=
                "M\(Format.fixed(x, 1)) \(Format.fixed(middle - half, 1))"
                + "V\(Format.fixed(middle + half, 1))"
        }
        return """
            <text class="track c\(colour)" x="4" y="\(middle)" dy="4">\(name)</text>
            <path class="wave c\(colour)" d="\(path)"/>

            """
    }

    private func isEarly(_ mark: Mark, _ frame: PlotFrame) -> Bool {
        frame.xPlace(mark.ms) < frame.left + (frame.right - frame.left) * 0.35
    }

    /// Labels have a row each, so that moments close together can be told apart.
    private func draw(_ mark: Mark, row: Int, _ frame: PlotFrame) -> String {
        let x = frame.xPlace(mark.ms)
        let y = Double(row + 1) * Self.labelHeight
        let isRight = isEarly(mark, frame)
        return """
            <line class="mark" x1="\(Format.fixed(x, 1))" x2="\(Format.fixed(x, 1))" \
            y1="\(y - 10)" y2="\(frame.bottom)"/>
            <text class="note" x="\(Format.fixed(x + (isRight ? 5 : -5), 1))" y="\(y)" \
            text-anchor="\(isRight ? "start" : "end")">\(mark.name.escaped), \
            \(Format.fixed(mark.ms, 1)) ms</text>

            """
    }
}
