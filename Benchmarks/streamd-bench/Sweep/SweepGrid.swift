/// Every combination of some keys' values.
struct SweepGrid {
    /// One combination, in the order of the keys.
    typealias Point = [(key: String, value: String)]

    let keys: [(key: String, values: [String])]

    /// From `KEY=VALUE,VALUE,…` pairs.
    init(_ settings: [(key: String, value: String)]) throws {
        keys = settings.map { setting in
            (setting.key, setting.value.split(separator: ",").map(String.init))
        }
        guard !keys.isEmpty, keys.allSatisfy({ !$0.values.isEmpty }) else {
            throw BenchOptions.Fault(description: "give at least one --key KEY=VALUE,VALUE,…")
        }
    }

    /// All points, the last key's values changing fastest.
    var points: [Point] {
        keys.reduce([[]]) { points, key in
            points.flatMap { point in key.values.map { point + [(key.key, $0)] } }
        }
    }
}

/// One combination with what it showed.
struct SweepResult {
    var point: SweepGrid.Point
    var figures: CallsFigures

    /// The values with the last part of their keys.
    var label: String {
        point.map { "\($0.key.split(separator: ".").last ?? "") \($0.value)" }
            .joined(separator: ", ")
    }

    var responseMs: Double { Double(figures.statistics.response.percentile(95)) / 1e6 }
    /// Turns that went wrong by being answered too early or not at all, in each hundred.
    var wrongPercent: Double {
        let counts = figures.statistics
        return Double(counts.cutInCount + counts.unansweredCount) * 100
            / Double(max(1, counts.turnCount))
    }
    /// Silences inside replies in a minute of a call.
    var gapsPerMinute: Double {
        Double(figures.statistics.gapCount) / max(1e-9, figures.callMinutes)
    }
}

/// Which setting to take.
struct SweepChoice {
    static let rule = """
        Of the settings that broke no call, those whose wrong turns (cut-ins and unanswered ones) are \
        within 1 in 100 of the fewest; of these, those whose gaps are within 0.1 a call-minute of the \
        fewest; of these, those whose response p95 is within 5 ms of the fastest; of these, the one \
        whose barge-ins are silent soonest (p95 to the last audio, in steps of 5 ms), then the one \
        that costs the least processor time.
        """

    let chosen: SweepResult?
    /// What decided, in words.
    let reason: String

    init(_ results: [SweepResult]) {
        var left = results.filter { $0.figures.statistics.failedCallCount == 0 }
        var steps = ["\(left.count) of \(results.count) broke no call"]
        func keep(_ name: String, within room: Double, _ value: (SweepResult) -> Double) {
            guard let best = left.map(value).min() else { return }
            left = left.filter { value($0) <= best + room }
            steps.append("\(left.count) near the best \(name) (\(Format.short(best)))")
        }
        keep("wrong turns in 100", within: 1, \.wrongPercent)
        keep("gaps a call-minute", within: 0.1, \.gapsPerMinute)
        keep("response p95, ms", within: 5, \.responseMs)
        let hasBargeIns = left.contains { $0.figures.statistics.lastOldAudio.count > 0 }
        if hasBargeIns {
            keep("barge-in to last audio p95, ms", within: 5) {
                Double($0.figures.statistics.lastOldAudio.percentile(95)) / 1e6
            }
        }
        chosen = left.min {
            ($0.figures.serverCost ?? .infinity) < ($1.figures.serverCost ?? .infinity)
        }
        reason = steps.joined(separator: "; ")
    }
}
