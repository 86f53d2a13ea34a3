import Language
import Pipelines
import Testing

/// What an engine that hears the ends of turns changes.
struct EndOfTurnHintTests {
    /// The caller speaks for a second; the hints come so long after the last sound.
    private func driver(
        _ hints: [(afterMs: Int, hint: EndOfTurnHint)], _ completeness: Completeness = .unknown,
        change: (inout TurnOptions) -> Void = { _ in }
    ) -> TurnDriver {
        var driver = TurnDriver(change)
        driver.words = [(0, .init(text: "words", completeness: completeness))]
        driver.sounds = [.init(from: 1000, to: 2003)]
        driver.start()
        for (afterMs, hint) in hints {
            driver.run(until: 2003 + afterMs)
            driver.machine.endOfTurnHinted(hint, at: TurnDriver.nanos(2003 + afterMs))
            driver.perform()
        }
        driver.run(until: 6000)
        return driver
    }

    @Test func aLikelyEndIsTranscribedAtOnce() {
        let without = driver([])
        let with = driver([(100, .likely)])
        #expect(without.requests.first == 2163 && with.requests.first == 2103)
        #expect(with.commits == without.commits, "nothing is decided by it")
    }

    @Test func anEndShortensTheSilence() {
        #expect(driver([]).commits == [2403])
        #expect(driver([(120, .ended)]).commits == [2203])
        #expect(driver([(300, .ended)]).commits == [2303])
    }

    @Test(arguments: [Completeness.partial, .incomplete])
    func halfAnAnswerIsWaitedForAllTheSame(_ completeness: Completeness) {
        #expect(driver([(120, .ended)], completeness).commits == driver([], completeness).commits)
    }

    @Test func whatWasTakenBackCountsForNothing() {
        #expect(driver([(100, .likely), (120, .ended), (140, .resumed)]).commits == [2403])
    }

    @Test func fixedEndpointingIsNotMoved() {
        #expect(driver([(120, .ended)]) { $0.endpointing = .fixed }.commits == [2403])
    }

    @Test func speechAfterAnEndForgetsIt() {
        var driver = TurnDriver()
        driver.words = [(0, .init(text: "well")), (2700, .init(text: "well then"))]
        driver.sounds = [.init(from: 1000, to: 2003), .init(from: 2150, to: 2703)]
        driver.start()
        driver.run(until: 2120)
        driver.machine.endOfTurnHinted(.ended, at: TurnDriver.nanos(2120))
        driver.perform()
        driver.run(until: 6000)
        #expect(driver.commits.count == 1)
        #expect((driver.commits.first ?? 0) >= 2703 + 400)
    }

    @Test func withoutAnUtteranceNothingHappens() {
        var driver = TurnDriver()
        driver.start()
        driver.run(until: 500)
        driver.machine.endOfTurnHinted(.ended, at: TurnDriver.nanos(500))
        driver.perform()
        #expect(driver.log.isEmpty)
    }
}
