import Language
import Pipelines
import Testing

/// The caller's turn: when it ends, and what is prepared in the pause. The scripted detector reports
/// a pause 80 ms late, on the grid of 20 ms frames; decisions are nevertheless exact.
struct EndpointingTests {
    private func driver(
        _ text: String = "a table for two", _ completeness: Completeness = .unknown,
        afterMs: Int = 20, change: (inout TurnOptions) -> Void = { _ in }
    ) -> TurnDriver {
        var driver = TurnDriver(change)
        driver.words = [(0, .init(text: text, completeness: completeness, afterMs: afterMs))]
        driver.sounds = [.init(from: 1000, to: 2003)]
        driver.start()
        return driver
    }

    @Test(arguments: [
        (Completeness.complete, 20, 2203.0), (.unknown, 20, 2403), (.incomplete, 20, 3203),
        // The words come after the silence that they ask for.
        (.complete, 100, 2263), (.unknown, 300, 2463), (.incomplete, 300, 3203),
    ])
    func silenceEndsTheTurn(completeness: Completeness, afterMs: Int, end: Double) {
        var driver = driver("words", completeness, afterMs: afterMs)
        driver.run(until: 5000)
        #expect(driver.commits == [end])
        #expect(driver.requests == [2163], "one transcript, asked for after 160 ms")
        #expect(driver.inputs == [.speech(Transcript(text: "words"))])
    }

    @Test func theReplyIsBegunInThePauseAndKept() {
        var driver = driver(afterMs: 30)
        driver.run(until: 4000)
        let starts = driver.times {
            $0
                == .startReply(
                    turn: 1, input: .speech(Transcript(text: "a table for two")),
                    isSpeculative: true)
        }
        #expect(starts == [2193])
        #expect(driver.commits == [2403])
        #expect(driver.discards.isEmpty && driver.machine.wastedSpeculations == 0)
    }

    @Test func aReplyToUnfinishedWordsIsBegunLater() {
        var driver = driver("I would like", .incomplete)
        driver.run(until: 4000)
        let starts = driver.times { if case .startReply = $0 { true } else { false } }
        #expect(starts == [2403])
        #expect(driver.commits == [3203])
    }

    @Test func whoGoesOnLosesNothing() {
        var driver = driver { $0.endpointing = .fixed }
        driver.sounds.append(.init(from: 2300, to: 2900))
        driver.run(until: 5000)
        #expect(driver.discards == [2360], "thrown away when the caller goes on")
        #expect(driver.machine.wastedSpeculations == 1)
        #expect(driver.machine.wastedTranscripts == 1)
        #expect(driver.commits == [3300])
        #expect(driver.requests == [2163, 3060])
        let turns = Set(
            driver.log.compactMap {
                if case .startReply(let turn, _, _) = $0.action { turn } else { nil }
            })
        #expect(turns == [1], "the turn keeps its number")
    }

    @Test func aTranscriptUnderWayIsCancelled() {
        var driver = driver(afterMs: 500)
        driver.sounds.append(.init(from: 2300, to: 2900))
        driver.run(until: 2400)
        #expect(driver.times { $0 == .cancelTranscript } == [2360])
        #expect(driver.discards.isEmpty)
    }

    @Test func speculationsKeepTheirDistance() {
        var driver = driver { $0.speculateIntervalMs = 900 }
        driver.sounds.append(.init(from: 2300, to: 2400))
        driver.run(until: 5000)
        // At the end of the turn the transcript is needed, distance or not.
        #expect(driver.requests == [2163, 2800])
    }

    @Test func withoutSpeculationWordsAreAskedForAtTheEnd() {
        var driver = driver("two", .complete, afterMs: 150) { $0.speculateAfterMs = 0 }
        driver.run(until: 5000)
        #expect(driver.requests == [2403])
        #expect(driver.commits == [2553])
    }

    @Test func aLateTranscriptIsWaitedFor() {
        var driver = driver(afterMs: 1000)
        driver.run(until: 5000)
        #expect(driver.requests == [2163])
        #expect(driver.commits == [3163])
    }

    @Test func aTranscriptThatNeverComesIsGivenUp() {
        var driver = driver { $0.transcriptTimeoutMs = 2000 }
        driver.words = []
        driver.run(until: 6000)
        #expect(driver.commits == [4163])
        #expect(driver.inputs == [.unintelligible])
    }

    @Test func aFailedTranscriptIsAnswered() {
        var driver = driver()
        driver.words = [(0, .init(text: "", afterMs: 10, fails: true))]
        driver.run(until: 6000)
        #expect(driver.commits == [2403])
        #expect(driver.inputs == [.unintelligible])
    }

    /// A name by itself is told from noise by the silence after it.
    @Test func wordsThatAreNotHeardAtOnceAreAskedForAgain() {
        var driver = driver("")
        driver.words.append((2240, .init(text: "John", completeness: .complete, afterMs: 20)))
        driver.run(until: 5000)
        #expect(driver.requests == [2163, 2243])
        #expect(driver.commits == [2263])
        #expect(driver.inputs == [.speech(Transcript(text: "John"))])
    }

    @Test func speechWithoutWords() {
        var driver = driver(" [noise] (coughing) *sniffs*")
        driver.run(until: 6000)
        #expect(driver.requests == [2163, 2243])
        #expect(driver.commits == [2803])
        #expect(driver.inputs == [.unintelligible])
    }

    @Test func aShortSoundIsNoTurn() {
        var driver = driver("")
        driver.sounds = [.init(from: 1000, to: 1200)]
        driver.run(until: 6000)
        #expect(driver.commits.isEmpty)
        #expect(driver.machine.isListening == false)
    }

    @Test func audioThatIsLateIsNotSilence() {
        var driver = driver("two", .complete, afterMs: 5)
        // Nothing comes between 2.17 s and 2.38 s; the caller has gone on at 2.2 s.
        driver.stalls = [.init(from: 2170, to: 2380)]
        driver.sounds.append(.init(from: 2200, to: 2500))
        driver.run(until: 6000)
        #expect(driver.commits == [2700])
    }

    @Test func audioThatStaysAwayIsNotWaitedForLong() {
        var driver = driver("two", .complete, afterMs: 5)
        driver.stalls = [.init(from: 2170, to: 9000)]
        driver.run(until: 6000)
        #expect(driver.commits == [2453])
    }

    @Test func audioThatBreaksOffInSpeechIsAPause() {
        var driver = driver()
        driver.stalls = [.init(from: 1500, to: 20_000)]
        driver.run(until: 6000)
        // 800 ms after the last frame it counts as a pause, as long ago.
        #expect(driver.requests == [2300])
        #expect(driver.commits == [2320])
    }

    @Test func whoNeverStopsIsAnswered() {
        var driver = driver { $0.utteranceMaxMs = 5000 }
        driver.sounds = [.init(from: 1000, to: 12_000)]
        driver.run(until: 11_500)
        #expect(driver.commits == [6020])
        #expect(driver.interrupts.isEmpty, "the rest of the same speech does not interrupt")
    }

    @Test func jitterDoesNotMoveTheEnd() {
        var driver = driver()
        driver.stalls = [.init(from: 1940, to: 2035), .init(from: 2100, to: 2158)]
        driver.run(until: 5000)
        #expect(driver.commits == [2403])
    }

    @Test func digitsAreATurn() {
        var driver = TurnDriver()
        driver.start(hasGreeting: true)
        driver.run(until: 1000)
        driver.machine.dtmf("1", completeness: .unknown, at: TurnDriver.nanos(1000))
        driver.perform()
        #expect(driver.interrupts == [1000])
        driver.run(until: 1500)
        driver.machine.dtmf("2", completeness: .unknown, at: TurnDriver.nanos(1500))
        driver.run(until: 5000)
        #expect(driver.commits == [3500])
        #expect(driver.inputs == [.dtmf("12")])
    }

    @Test(arguments: [("#", Completeness.unknown, "7"), ("3", .complete, "73")])
    func digitsEndEarly(last: String, completeness: Completeness, digits: String) {
        var driver = TurnDriver()
        driver.start()
        driver.machine.dtmf("7", completeness: .unknown, at: TurnDriver.nanos(0))
        driver.run(until: 100)
        driver.machine.dtmf(last, completeness: completeness, at: TurnDriver.nanos(100))
        driver.perform()
        #expect(driver.commits == [100])
        #expect(driver.inputs == [.dtmf(digits)])
    }
}
