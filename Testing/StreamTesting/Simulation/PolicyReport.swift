/// The figures of many calls under one policy.
package struct PolicyReport: Sendable {
    package var policy: String
    package var calls = 0
    package var failures: [CallOutcome] = []
    private var responseMs: [Double] = []
    private var sum = CallOutcome(seed: 0)

    package init(policy: String) { self.policy = policy }

    package mutating func add(_ outcome: CallOutcome) {
        calls += 1
        if !outcome.problems.isEmpty { failures.append(outcome) }
        responseMs += outcome.responseMs
        sum.callSeconds += outcome.callSeconds
        sum.turns += outcome.turns
        sum.answers += outcome.answers
        sum.cutIns += outcome.cutIns
        sum.earlyCommits += outcome.earlyCommits
        sum.earlyTexts += outcome.earlyTexts
        sum.missedEnds += outcome.missedEnds
        sum.interruptions += outcome.interruptions
        sum.missedBargeIns += outcome.missedBargeIns
        sum.soundsOverAgent += outcome.soundsOverAgent
        sum.falseStops += outcome.falseStops
        sum.falseBargeIns += outcome.falseBargeIns
        sum.stopMs += outcome.stopMs
        sum.repeatedWords += outcome.repeatedWords
        sum.deadAirSeconds += outcome.deadAirSeconds
        sum.wastedReplies += outcome.wastedReplies
        sum.wastedTranscripts += outcome.wastedTranscripts
        sum.speculations += outcome.speculations
        sum.wastedSpeechSeconds += outcome.wastedSpeechSeconds
    }

    package mutating func add(_ other: PolicyReport) {
        calls += other.calls
        failures += other.failures
        responseMs += other.responseMs
        let calls = calls
        add(other.sum)
        self.calls = calls
    }

    /// All that was counted, summed over the calls.
    package var totals: CallOutcome { sum }

    /// The time that `percent` of the replies take at most.
    package func responseMs(percent: Int) -> Double {
        guard !responseMs.isEmpty else { return 0 }
        let sorted = responseMs.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    /// The time after which `percent` of the agent's false stops were over.
    package func stopMs(percent: Int) -> Double {
        guard !sum.stopMs.isEmpty else { return 0 }
        let sorted = sum.stopMs.sorted()
        return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    package static let header = [
        "policy", "calls", "turns", "p50 ms", "p95 ms", "cut-ins", "early", "missed ends",
        "missed barge-ins", "false barge-ins", "false stops", "stop p95 ms", "dead air s/call",
        "wasted replies", "wasted transcripts/call", "wasted speech s/call",
    ]

    /// As ``header`` names them.
    package var row: [String] {
        let perCall = Double(max(1, calls))
        return [
            policy, "\(calls)", "\(sum.turns)", "\(Int(responseMs(percent: 50)))",
            "\(Int(responseMs(percent: 95)))", percent(sum.cutIns, sum.answers),
            percent(sum.earlyCommits, sum.answers), percent(sum.missedEnds, sum.answers),
            percent(sum.missedBargeIns, sum.interruptions),
            percent(sum.falseBargeIns, sum.soundsOverAgent),
            percent(sum.falseStops, sum.soundsOverAgent), "\(Int(stopMs(percent: 95)))",
            tenths(sum.deadAirSeconds / perCall),
            percent(sum.wastedReplies, sum.speculations),
            tenths(Double(sum.wastedTranscripts) / perCall),
            tenths(sum.wastedSpeechSeconds / perCall),
        ]
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        whole == 0 ? "–" : tenths(Double(part) * 100 / Double(whole)) + " %"
    }

    private func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }
}
