extension CallsReport {
    /// What grows with the number of calls, and the runs in a table.
    func addRamp(_ page: inout ReportPage) {
        page.heading(
            "By number of calls", "Each point is a run of its own with a daemon of its own.")
        func points(_ value: (CallsFigures) -> Double?) -> [(x: Double, y: Double)] {
            steps.compactMap { step in
                value(step.figures).map { (Double(step.callCount), $0) }
            }
        }
        let processor = Chart(
            xLabel: "calls at once", yLabel: "CPU seconds per call-minute",
            series: [
                .init(name: "server", points: points(\.serverCost), style: .lineAndDots),
                .init(
                    name: "generator", points: points(\.generatorCost), style: .lineAndDots,
                    colour: 5),
            ], startsAtNought: true,
            summary: "processor time per call-minute by number of calls")
        page.figure(processor.html, caption: "Processor time for a minute of a call.")
        let memory = Chart(
            xLabel: "calls at once", yLabel: "MiB",
            series: [
                .init(
                    name: "server at most",
                    points: points { $0.peak.residentKiB.map { Double($0) / 1024 } },
                    style: .lineAndDots, colour: 2),
                .init(
                    name: "server idle",
                    points: points { $0.idle.residentKiB.map { Double($0) / 1024 } },
                    style: .lineAndDots, colour: 5),
            ], startsAtNought: true, summary: "memory by number of calls")
        page.figure(memory.html, caption: "Resident memory of the daemon.")
        let latency = Chart(
            xLabel: "calls at once", yLabel: "milliseconds",
            series: [
                .init(
                    name: "engine overhead p50", points: points { $0.overheadMs(50) },
                    style: .lineAndDots),
                .init(
                    name: "engine overhead p99", points: points { $0.overheadMs(99) },
                    style: .lineAndDots, colour: 3),
                .init(
                    name: "generator's own lateness p99", points: points(\.latenessP99Ms),
                    style: .lineAndDots, colour: 5),
            ], summary: "latency by number of calls")
        page.figure(
            latency.html,
            caption:
                "What the server adds to the endpoint's silence, and how late the generator was "
                + "itself: where the two rise together the machine is the limit.")
        page.table(
            head: [
                "calls", "p50", "p99", "clear p99", "gaps", "unanswered", "cut-ins", "CPU",
                "KiB/call", "own late p99", "idle", "verdict",
            ],
            rows: steps.map(Self.row))
    }

    private static func row(_ step: CallsRamp.Step) -> [String] {
        let figures = step.figures
        let counts = figures.statistics
        return [
            "\(step.callCount)", show(figures.overheadMs(50), 1), show(figures.overheadMs(99), 1),
            counts.clear.count > 0 ? Format.ms(counts.clear, 99) : "–", "\(counts.gapCount)",
            "\(counts.unansweredCount)", "\(counts.cutInCount)", show(figures.serverCost, 3),
            show(figures.residentKiBPerCall, 0), Format.fixed(figures.latenessP99Ms, 1),
            "\(Int((figures.use.idleFraction * 100).rounded())) %",
            step.failures.isEmpty ? "held" : step.failures.joined(separator: ", "),
        ]
    }
}
