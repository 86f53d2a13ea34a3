import CallSimulator
import Foundation
import Realtime
import Wire

/// The report of a run or of a ramp: a JSON object and an HTML page.
struct CallsReport {
    let steps: [CallsRamp.Step]
    /// The largest number of calls that held the quality; 0 for none.
    let held: Int
    let quality: CallsQuality
    /// What the daemon logged in the run that was recorded, if it was started here.
    let daemonLog: String
    let isRamp: Bool

    /// The run that the report is about: the largest that held, or the first.
    var main: CallsRamp.Step? { steps.last { $0.callCount == held } ?? steps.first }

    func write(_ options: BenchOptions) throws {
        try options.write(benchmark: isRamp ? "ramp" : "calls", members)
        try options.write(page)
    }

    /// The main run's figures at the top, all runs under `steps`.
    private var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("quality", .string(quality.description)), .init("callsHeld", .integer(held)),
        ]
        if let main { members += Self.members(main) }
        members.append(.init("steps", .array(steps.map { .object(Self.members($0)) })))
        return members
    }

    private static func members(_ step: CallsRamp.Step) -> [JSONValue.Member] {
        step.figures.members + [
            .init("notHeld", .array(step.failures.map { .string($0) }))
        ]
    }

    // MARK: Page

    private var page: ReportPage {
        let title = isRamp ? "streamd: how many calls" : "streamd: calls"
        var page = ReportPage(title: title, lead: lead)
        if let main { summarise(main, &page) }
        if isRamp { addRamp(&page) }
        if let figures = main?.figures {
            addDistributions(figures, &page)
            addTimelines(figures, &page)
            page.heading("Whose figures these are", figures.bottleneckText)
        }
        page.environment()
        return page
    }

    private var lead: String {
        guard let main else { return "Nothing was measured." }
        let rule = "every run keeps to \(quality)"
        if isRamp {
            return held > 0
                ? "\(held) calls at once held: \(rule)."
                : "Not even \(main.callCount) calls held: \(main.failures.joined(separator: ", "))."
        }
        let verdict =
            main.failures.isEmpty
            ? "The quality held"
            : "The quality did not hold: " + main.failures.joined(separator: ", ")
        return "\(main.callCount) calls at once for \(Format.fixed(main.figures.seconds, 0)) s. "
            + "\(verdict) (\(quality))."
    }

    private func summarise(_ step: CallsRamp.Step, _ page: inout ReportPage) {
        let figures = step.figures
        let counts = figures.statistics
        page.heading(
            "Latencies, ms" + (isRamp ? ", at \(step.callCount) calls" : ""),
            "Response: from the frame with the caller's last sample of speech to the first audio of "
                + "the answer. Overhead: the same less the \(Format.fixed(figures.plan.endpointMs, 0)) "
                + "ms of silence that end a turn.")
        var rows = [
            ("response", counts.response), ("barge-in to clear", counts.clear),
            ("barge-in to last audio", counts.lastOldAudio), ("greeting", counts.greeting),
        ].filter { $0.1.count > 0 }.map { name, histogram in
            [name] + [50.0, 90, 95, 99, 100].map { Format.ms(histogram, $0) }
                + ["\(histogram.count)"]
        }
        if counts.response.count > 0 {
            let values = [50.0, 90, 95, 99, 100].map {
                Format.fixed(figures.overheadMs($0) ?? 0, 1)
            }
            rows.insert(["engine overhead"] + values + ["\(counts.response.count)"], at: 1)
        }
        page.table(head: ["", "p50", "p90", "p95", "p99", "max", "count"], rows: rows)
        page.heading("Everything else")
        page.table(
            head: [],
            rows: [
                ["turns, unanswered", "\(counts.turnCount), \(counts.unansweredCount)"],
                ["premature cut-ins", "\(counts.cutInCount)"],
                ["gaps inside replies", "\(counts.gapCount)"],
                ["barge-ins, ignored", "\(counts.bargeInCount), \(counts.ignoredBargeInCount)"],
                ["calls that broke", "\(counts.failedCallCount)"],
                ["server, CPU seconds per call-minute", Self.show(figures.serverCost, 3)],
                ["server, memory per call, KiB", Self.show(figures.residentKiBPerCall, 0)],
                ["generator, CPU seconds per call-minute", Format.fixed(figures.generatorCost, 3)],
            ])
    }

    static func show(_ value: Double?, _ places: Int) -> String {
        value.map { Format.fixed($0, places) } ?? "not known"
    }

    private func addDistributions(_ figures: CallsFigures, _ page: inout ReportPage) {
        page.heading("Distribution of latencies")
        let all = [
            ("response", figures.statistics.response, 0),
            ("barge-in to clear", figures.statistics.clear, 1),
        ]
        for (name, histogram, colour) in all where histogram.count > 1 {
            let points = Self.distribution(histogram)
            let chart = Chart(
                xLabel: "milliseconds", yLabel: "% of turns",
                series: [.init(name: name, points: points, colour: colour)],
                xRange: Self.xRange(points), yRange: 0...100,
                summary: "distribution of the \(name) latency")
            page.figure(
                chart.html,
                caption: "How many of \(histogram.count) were at most so late; p99 "
                    + "\(Format.ms(histogram, 99)) ms, the latest \(Format.ms(histogram, 100)) ms.")
        }
    }

    private static func xRange(_ points: [(x: Double, y: Double)]) -> ClosedRange<Double>? {
        // The last half percent may lie far out; the caption has the largest.
        guard let first = points.first?.x, let last = points.last(where: { $0.y <= 99.5 })?.x else {
            return nil
        }
        let room = max(1, (last - first) * 0.05)
        return max(0, first - room)...(last + room)
    }

    private static func distribution(_ latency: LatencySamples) -> [(x: Double, y: Double)] {
        let percents = [0.0] + stride(from: 0.5, through: 100, by: 0.5)
        return percents.map { (Double(latency.percentile($0)) / 1e6, $0) }
    }

    private func addTimelines(_ figures: CallsFigures, _ page: inout ReportPage) {
        let pictures = TurnPictures(figures: figures, daemonLog: daemonLog).all
        guard !pictures.isEmpty else { return }
        page.heading("Timeline of a turn")
        for picture in pictures {
            page.figure(picture.timeline.svg, caption: picture.caption)
        }
    }
}
