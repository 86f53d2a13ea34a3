import CallSimulator
import Foundation
import Wire

/// Makes the same calls with every combination of some configuration keys, each with a daemon of its
/// own, and says which to take.
enum SweepBenchmark {
    private static let known: [BenchOptions.Known] =
        [
            ("serve", nil, "configuration of the daemons to start"),
            ("key", "", "KEY=VALUE,VALUE,… to try; repeated for a grid"),
            ("set", "", "KEY=VALUE for all of them; may be repeated"),
            ("calls", "20", "calls at once"),
            ("json", "", "file for the figures"), ("html", "", "file for the report"),
        ] + CallsPlan.known

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("sweep: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        var plan = try CallsPlan(options)
        plan.callCount = try options.integer("calls")
        let grid = try SweepGrid(try options.settings("key"))
        let fixed = try options.settings("set")
        let hasEndpoint = !options["endpoint-ms"].isEmpty
        var results: [SweepResult] = []
        let points = grid.points
        for (index, point) in points.enumerated() {
            let target = CallsTarget(
                configFile: options["serve"], settings: fixed + point, hasEndpoint: hasEndpoint)
            var figures = try target.measure(plan).figures
            if figures.bottleneck != .none {
                // Something else than the setting decided: that run is of no use, if another is.
                print("\(figures.bottleneckText); once more")
                let again = try target.measure(plan).figures
                if again.latenessP99Ms < figures.latenessP99Ms { figures = again }
            }
            let result = SweepResult(point: point, figures: figures)
            results.append(result)
            print(
                "\(index + 1)/\(points.count) \(result.label): response p95 "
                    + "\(Format.fixed(result.responseMs, 1)) ms, gaps a call-minute "
                    + "\(Format.short(result.gapsPerMinute)); \(result.figures.bottleneckText)")
        }
        let report = SweepReport(grid: grid, plan: plan, results: results)
        print("\n" + report.text)
        try options.write(benchmark: "sweep", report.members)
        try options.write(report.page)
        return report.choice.chosen == nil ? 1 : 0
    }
}

/// The results of a sweep as text, JSON and HTML.
struct SweepReport {
    let grid: SweepGrid
    let plan: CallsPlan
    let results: [SweepResult]
    let choice: SweepChoice

    init(grid: SweepGrid, plan: CallsPlan, results: [SweepResult]) {
        self.grid = grid
        self.plan = plan
        self.results = results
        choice = SweepChoice(results)
    }

    private var head: [String] {
        grid.keys.map(\.key) + [
            "response p50", "p95", "clear p95", "last audio p95", "gaps/min", "wrong %", "slack ms",
            "CPU s/min", "KiB/call",
        ]
    }

    private func row(_ result: SweepResult) -> [String] {
        let figures = result.figures
        let counts = figures.statistics
        return result.point.map(\.value) + [
            Format.ms(counts.response, 50), Format.ms(counts.response, 95),
            counts.clear.count > 0 ? Format.ms(counts.clear, 95) : "–",
            counts.lastOldAudio.count > 0 ? Format.ms(counts.lastOldAudio, 95) : "–",
            Format.short(result.gapsPerMinute), Format.short(result.wrongPercent),
            CallsReport.show(counts.slackMsMin, 0), CallsReport.show(figures.serverCost, 3),
            CallsReport.show(figures.residentKiBPerCall, 0),
        ]
    }

    private var verdict: String {
        guard let chosen = choice.chosen else { return "None: every setting broke calls." }
        let keys = chosen.point.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return "\(keys) (\(choice.reason))"
    }

    var text: String {
        let rows = [head] + results.map(row)
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            zip(row, widths).map { $0.leftPadding($1) }.joined(separator: "  ")
        }
        return table.joined(separator: "\n") + "\n\ntake \(verdict)\nrule: \(SweepChoice.rule)"
    }

    var members: [JSONValue.Member] {
        let chosen = choice.chosen.map { Self.keys($0.point) } ?? .null
        return [
            .init("rule", .string(SweepChoice.rule)),
            .init("chosen", chosen), .init("reason", .string(choice.reason)),
            .init(
                "points",
                .array(
                    results.map { result in
                        .object(
                            [.init("keys", Self.keys(result.point))] + result.figures.members)
                    })),
        ]
    }

    private static func keys(_ point: SweepGrid.Point) -> JSONValue {
        .object(point.map { .init($0.key, .string($0.value)) })
    }

    var page: ReportPage {
        var page = ReportPage(title: "streamd: which setting", lead: "Take \(verdict).")
        page.heading("The rule", SweepChoice.rule)
        page.heading(
            "Latency against underruns",
            "\(plan.callCount) calls, jitter p99 \(Format.short(plan.jitterMs)) ms. Low and to the "
                + "left is good.")
        page.figure(
            scatter("response p95, ms", "gaps a call-minute", colour: 0) {
                ($0.responseMs, $0.gapsPerMinute)
            }, caption: "Silences inside replies by response latency.")
        if results.contains(where: { $0.figures.statistics.lastOldAudio.count > 0 }) {
            page.figure(
                scatter("barge-in to last audio p95, ms", "gaps a call-minute", colour: 1) {
                    let audio = $0.figures.statistics.lastOldAudio
                    return (Double(audio.percentile(95)) / 1e6, $0.gapsPerMinute)
                }, caption: "Silences inside replies by how long the agent talks on.")
        }
        page.heading("Latency against processor time")
        page.figure(
            scatter("response p95, ms", "CPU seconds per call-minute", colour: 2) {
                ($0.responseMs, $0.figures.serverCost ?? 0)
            }, caption: "What a call-minute costs the server.")
        page.heading("All settings")
        page.table(head: head, rows: results.map(row))
        page.environment()
        return page
    }

    private func scatter(
        _ xLabel: String, _ yLabel: String, colour: Int,
        _ place: (SweepResult) -> (x: Double, y: Double)
    ) -> String {
        Chart(
            xLabel: xLabel, yLabel: yLabel,
            series: [
                .init(
                    name: "", points: results.map(place), style: .dots, colour: colour,
                    labels: results.map(\.label))
            ], summary: "\(yLabel) by \(xLabel)"
        ).html
    }
}
