import Language
import Pipelines
import Testing

/// The silence that ends a turn follows the words and the caller.
struct AdaptiveEndpointingTests {
    /// The caller speaks once for a second; what is said is complete as given.
    private func commit(
        _ completeness: Completeness, change: (inout TurnOptions) -> Void = { _ in }
    ) -> Double? {
        var driver = TurnDriver(change)
        driver.words = [(0, .init(text: "words", completeness: completeness))]
        driver.sounds = [.init(from: 1000, to: 2003)]
        driver.start()
        driver.run(until: 6000)
        return driver.commits.first
    }

    @Test(arguments: zip(Completeness.allCases, [200.0, 266, 400, 900, 1200]))
    func theLessIsKnownTheLongerIsTheSilence(completeness: Completeness, silence: Double) {
        #expect(commit(completeness) == 2003 + silence)
    }

    /// Benchmarks that say "the setting and so many milliseconds more" need this exactly.
    @Test(arguments: Completeness.allCases)
    func fixedEndpointingKnowsOneSilence(completeness: Completeness) {
        #expect(commit(completeness) { $0.endpointing = .fixed } == 2403)
        let equal = commit(completeness) {
            $0.endpointMinMs = 400
            $0.endpointMaxMs = 400
        }
        #expect(equal == 2403, "three equal settings are as good")
    }

    @Test func fixedEndpointingKnowsItWithoutWordsToo() {
        var driver = TurnDriver { $0.endpointing = .fixed }
        driver.words = [(0, .init(text: "[noise]"))]
        driver.sounds = [.init(from: 1000, to: 2003)]
        driver.start()
        driver.run(until: 6000)
        #expect(driver.commits == [2403])
    }

    /// Two turns: in the first the caller pauses for `pauseMs`, the second is complete as given.
    private func secondSilence(pauseMs: Int, _ completeness: Completeness) -> Double? {
        var driver = TurnDriver()
        driver.replyMs = 500
        driver.words = [
            (0, .init(text: "well", completeness: .incomplete)),
            (2000 + pauseMs, .init(text: "well then", completeness: .complete)),
            (6000, .init(text: "words", completeness: completeness)),
        ]
        driver.sounds = [
            .init(from: 1000, to: 2000), .init(from: 2000 + pauseMs, to: 2500 + pauseMs),
            .init(from: 7000, to: 8000),
        ]
        driver.start()
        driver.run(until: 12_000)
        return driver.commits.last.map { $0 - 8000 }
    }

    @Test func whoPausesIsWaitedFor() {
        #expect(secondSilence(pauseMs: 500, .unknown) == 750)
        #expect(secondSilence(pauseMs: 500, .likely) == 375)
        #expect(secondSilence(pauseMs: 500, .complete) == 200, "what is complete is complete")
        #expect(secondSilence(pauseMs: 1000, .partial) == 1200, "never beyond the most")
        #expect(secondSilence(pauseMs: 120, .unknown) == 400, "a gap between words is not a pause")
    }

    @Test func whoNeverPausesIsAnsweredSooner() {
        var driver = TurnDriver()
        driver.replyMs = 500
        driver.words = [(0, .init(text: "words", completeness: .unknown))]
        driver.sounds = (0..<5).map { .init(from: 1000 + $0 * 5000, to: 2000 + $0 * 5000) }
        driver.start()
        driver.run(until: 26_000)
        let silences = driver.commits.enumerated().map { $1 - Double(2000 + $0 * 5000) }
        #expect(silences == [400, 400, 400, 350, 350])
    }

    @Test func whoIsTalkedIntoIsGivenMoreTime() {
        var driver = TurnDriver()
        driver.words = [
            (0, .init(text: "yes", completeness: .complete)),
            (2300, .init(text: "that is right", completeness: .complete)),
        ]
        // The reply is audible at 2205 ms: too late for a merge, too early for an answer to it.
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 2500, to: 3500)]
        driver.start()
        driver.run(until: 6000)
        #expect(driver.merges.isEmpty && driver.interrupts == [3100])
        #expect(driver.commits == [2200, 3730], "200 ms, then 30 more")
    }

    @Test func whoWasTakenTooSoonIsGivenMoreTime() {
        var driver = TurnDriver()
        driver.audibleAfterMs = 3000
        driver.words = [
            (0, .init(text: "yes", completeness: .complete)),
            (2200, .init(text: "yes that is right", completeness: .complete)),
        ]
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 2500, to: 3500)]
        driver.start()
        driver.run(until: 8000)
        #expect(driver.merges.count == 1)
        #expect(driver.commits == [2200, 3730], "200 ms, then 30 more")
    }

    /// One pause of 700 ms makes every later silence of the call 1,050 ms long, however fluent the
    /// caller is from then on: the mean of one pause is never forgotten. To be cured with the
    /// benchmark of turn-taking; then this test tells that the known issue is gone.
    @Test func oneLongPauseIsForgotten() {
        var driver = TurnDriver()
        driver.replyMs = 500
        driver.words = [
            (0, .init(text: "well", completeness: .incomplete)),
            (2700, .init(text: "words", completeness: .unknown)),
        ]
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 2700, to: 3200)]
        for turn in 0..<10 {
            driver.sounds.append(.init(from: 8000 + turn * 5000, to: 9000 + turn * 5000))
        }
        driver.start()
        driver.run(until: 60_000)
        let silences = driver.commits.dropFirst().enumerated().map {
            $1 - Double(9000 + $0 * 5000)
        }
        #expect(silences.count == 10)
        withKnownIssue("one pause lengthens every later silence of the call") {
            #expect(silences.last ?? .infinity < 600, "\(silences)")
        }
    }
}
