import DSP
import StreamTesting
import Testing

/// Whole conversations with callers who listen, held against what must always be true.
struct SimulationTests {
    static let seed: UInt64 = 4_200_000

    private func report(
        _ policy: CallPolicy, _ profile: ServiceProfile, calls: Int, mutation: Mutation? = nil,
        audio: CallAudio = .telephone
    ) -> PolicyReport {
        var report = PolicyReport(policy: policy.name)
        for seed in Self.seed..<Self.seed + UInt64(calls) {
            var simulation = CallSimulation(
                seed: seed, policy: policy, profile: profile, mutation: mutation)
            simulation.audio = audio
            report.add(simulation.run())
        }
        return report
    }

    @Test(arguments: ServiceProfile.all)
    func everyConversationKeepsTheRules(profile: ServiceProfile) {
        print("simulation: \(profile.name) from seed \(Self.seed)")
        let report = report(.adaptive, profile, calls: 60)
        for failure in report.failures {
            Issue.record("seed \(failure.seed) with \(profile.name): \(failure.problems)")
        }
        // The callers must have brought everything about, or the test tests nothing.
        let totals = report.totals
        #expect(totals.turns > 300)
        #expect(totals.interruptions > 10)
        #expect(totals.soundsOverAgent > 10)
        #expect(totals.wastedReplies > 10)
        #expect(report.responseMs(percent: 50) > 150)
        #expect(report.stopMs(percent: 50) > 50)
    }

    private static let forms = [
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
    ]

    /// The rules are those of a telephone call, and what the callers do, too. Few calls: a build for debugging takes
    /// seconds to convert the audio of each. `streamd-sim --audio` makes many.
    @Test(arguments: forms)
    func everyConversationKeepsTheRulesWhateverItCarries(audio: CallAudio) {
        for profile in ServiceProfile.all {
            let report = report(.adaptive, profile, calls: 4, audio: audio)
            for failure in report.failures {
                Issue.record(
                    "seed \(failure.seed) with \(profile.name), \(audio): \(failure.problems)")
            }
            #expect(report.totals.turns > 15, "\(profile.name), \(audio)")
            #expect(report.totals.soundsOverAgent + report.totals.interruptions > 0)
        }
    }

    /// What has to do with audio, its positions and its times.
    @Test(arguments: [
        (Mutation.ignoresClear, "after its clear"), (.remembersUnheard, "remembered"),
        (.marksAtOnce, "invariant: playout: heard before it can have been played"),
        (.hearsTheFuture, "invariant: turn: speech that has not come yet"),
        (.clockRunsBack, "invariant: playout: further ahead than the lead"),
    ])
    func mutantsAreCaughtWhateverTheCallsCarry(mutation: Mutation, problem: String) {
        let report = report(.adaptive, .usual, calls: 6, mutation: mutation, audio: Self.forms[0])
        let found = report.failures.filter { failure in
            failure.problems.contains { $0.contains(problem) }
        }
        #expect(!found.isEmpty, "\(mutation) was found in none of 6 calls")
    }

    /// What is broken on purpose is found, each by the check that is meant for it.
    @Test(arguments: [
        (Mutation.effectsBeforeCommit, "before its turn"), (.effectsTwice, "happened twice"),
        (.ignoresClear, "after its clear"), (.marksAtOnce, "remembered"),
        (.remembersUnheard, "remembered"), (.neverAnswers, "was not answered"),
        // By what cannot be, at once, before anything comes of it.
        (.marksAtOnce, "invariant: playout: heard before it can have been played"),
        (.hearsTheFuture, "invariant: turn: speech that has not come yet"),
        (.clockRunsBack, "invariant: playout: further ahead than the lead"),
    ])
    func mutantsAreCaught(mutation: Mutation, problem: String) {
        let report = report(.adaptive, .usual, calls: 30, mutation: mutation)
        let found = report.failures.filter { failure in
            failure.problems.contains { $0.contains(problem) }
        }
        #expect(found.count >= 3, "\(mutation) was found in \(found.count) of 30 calls")
    }

    @Test func policiesDifferAsTheyMust() {
        let adaptive = report(.adaptive, .instant, calls: 60)
        let hasty = report(.fixed(200), .instant, calls: 60)
        let patient = report(.fixed(1000), .instant, calls: 60)
        #expect(hasty.totals.cutIns > 2 * adaptive.totals.cutIns)
        #expect(patient.responseMs(percent: 50) >= 1000)
        #expect(adaptive.responseMs(percent: 50) <= 320)
        #expect(patient.totals.cutIns < hasty.totals.cutIns)
    }

    @Test func theSameSeedIsTheSameCall() {
        let first = CallSimulation(seed: 7, policy: .adaptive, profile: .rough).run()
        let second = CallSimulation(seed: 7, policy: .adaptive, profile: .rough).run()
        #expect(first.responseMs == second.responseMs && first.callSeconds == second.callSeconds)
        #expect(first.turns == second.turns && first.turns > 0)
    }
}
