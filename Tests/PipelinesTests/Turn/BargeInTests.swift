import Pipelines
import Testing

/// Speech over the agent. The greeting plays from 5 ms to 10 s; frames come every 20 ms.
struct BargeInTests {
    private func driver(
        _ text: String, from: Int = 2000, to: Int, afterMs: Int = 150,
        said: String = "Welcome to the restaurant.", change: (inout TurnOptions) -> Void = { _ in }
    ) -> TurnDriver {
        var driver = TurnDriver(change)
        driver.replyMs = 10_000
        driver.replyText = said
        driver.words = [(0, .init(text: text, afterMs: afterMs))]
        driver.sounds = [.init(from: from, to: to)]
        driver.start(hasGreeting: true)
        return driver
    }

    @Test func speechStopsPlayoutAtOnce() {
        var driver = driver("stop", to: 4000)
        driver.run(until: 2100)
        #expect(driver.holds == [2060])
        driver.run(until: 2700)
        #expect(driver.interrupts == [2600], "a real interruption by its length")
        #expect(driver.machine.bargeIns == 1)
        driver.run(until: 6000)
        #expect(driver.commits == [4400])
    }

    @Test func wordsMakeAnInterruption() {
        var driver = driver("no wait", to: 2300)
        driver.run(until: 6000)
        #expect(driver.holds == [2060])
        #expect(driver.requests == [2380], "asked for at the pause, not later")
        #expect(driver.interrupts == [2530])
        #expect(driver.resumes.isEmpty)
        #expect(driver.commits == [2700])
        #expect(driver.inputs == [.speech(Transcript(text: "no wait"))])
    }

    @Test(arguments: [
        "Mhm.", "Uh-huh", "okay, right", "I see.", "All right, got it", "", "[cough]",
    ])
    func listenersNoisesDoNot(text: String) {
        var driver = driver(text, to: 2350)
        driver.run(until: 9000)
        #expect(driver.holds == [2060])
        // The pause is noticed at 2440 ms; the words come 150 ms later.
        #expect(driver.resumes == [2590])
        #expect(driver.interrupts.isEmpty && driver.commits.isEmpty)
        #expect(driver.machine.falseBargeIns == 1)
    }

    @Test func toAQuestionTheyAreAnswers() {
        var driver = driver("Yes.", to: 2350, said: "Shall I book it?")
        driver.run(until: 9000)
        #expect(driver.interrupts == [2590])
        #expect(driver.commits == [2750])
    }

    @Test func aClickResumesWithoutWords() {
        var driver = driver("", to: 2100)
        driver.run(until: 3000)
        #expect(driver.holds == [2060])
        #expect(driver.resumes == [2180])
    }

    @Test func aBlipStopsNothing() {
        var driver = driver("", to: 2030)
        driver.onsetLagMs = 30
        driver.pauseLagMs = 10
        driver.run(until: 3000)
        #expect(driver.holds.isEmpty && driver.requests.isEmpty)
    }

    @Test func slowWordsAreNotWaitedFor() {
        var driver = driver("mhm", to: 2350, afterMs: 900)
        driver.run(until: 9000)
        #expect(driver.resumes == [2800], "450 ms after the sound")
        #expect(driver.interrupts.isEmpty)
    }

    @Test func wordsThatComeTooLateStillInterrupt() {
        var driver = driver("stop please", to: 2350, afterMs: 900)
        driver.run(until: 9000)
        #expect(driver.resumes == [2800])
        #expect(driver.interrupts == [3340])
        #expect(driver.commits == [3340])
    }

    @Test func aFailingTranscriberResumes() {
        var driver = driver("", to: 2350)
        driver.words = [(0, .init(text: "", afterMs: 50, fails: true))]
        driver.run(until: 9000)
        #expect(driver.resumes == [2490])
    }

    @Test func ourOwnVoiceIsNotAnInterruption() {
        var driver = driver(
            "to the restaurant", to: 2500, said: "Welcome to the restaurant, how are you")
        driver.run(until: 9000)
        #expect(driver.resumes == [2730])
        #expect(driver.interrupts.isEmpty)
    }

    @Test func earlyInPlayoutMoreIsNeeded() {
        var driver = driver("stop", from: 100, to: 1000)
        driver.run(until: 1000)
        #expect(driver.holds == [200], "100 ms of speech instead of 60")
    }

    @Test func whatMustBeHeardIsNotInterrupted() {
        var driver = driver("stop", to: 3000) { $0.greetingUninterruptibleMs = 5000 }
        driver.run(until: 9000)
        #expect(driver.holds.isEmpty)
        #expect(driver.interrupts == [5000], "answered as soon as may be")
        #expect(driver.commits == [5000])
    }

    @Test func aNoticeIsHeardToItsEnd() {
        var driver = driver("stop please", to: 2600, said: "This call is recorded.")
        driver.isProtected = true
        driver.nextText = (afterMs: 4000, text: "How can I help you?")
        driver.run(until: 9000)
        #expect(driver.holds.isEmpty)
        // The next sentence begins with the frame of 4,020 ms, and then the caller has the floor.
        #expect(driver.interrupts == [4020])
        #expect(driver.commits == [4020])
        #expect(driver.inputs == [.speech(Transcript(text: "stop please"))])
    }

    @Test func whatFollowsANoticeCanBeInterrupted() {
        var driver = driver("stop please", from: 5000, to: 5600, said: "This call is recorded.")
        driver.isProtected = true
        driver.nextText = (afterMs: 4000, text: "We are open every day.")
        driver.run(until: 9000)
        #expect(driver.holds == [5060])
        #expect(driver.interrupts == [5600])
    }

    @Test func aNodBeforeTheQuestionIsNoAnswer() {
        var driver = driver("okay", from: 2000, to: 2350, said: "Your table is kept.")
        driver.nextText = (afterMs: 2200, text: "Shall I book it?")
        driver.run(until: 9000)
        #expect(driver.resumes == [2590])
        #expect(driver.interrupts.isEmpty && driver.commits.isEmpty)
    }

    @Test func aNodAfterTheQuestionIsOne() {
        var driver = driver("okay", from: 4000, to: 4350, said: "Your table is kept.")
        driver.nextText = (afterMs: 2200, text: "Shall I book it?")
        driver.run(until: 9000)
        #expect(driver.resumes.isEmpty)
        #expect(driver.interrupts == [4590])
    }

    @Test func aSecondSoundIsJudgedAnew() {
        var driver = driver("mhm", to: 2350)
        driver.sounds.append(.init(from: 4000, to: 4400))
        driver.words.append((3000, .init(text: "what about Friday", afterMs: 100)))
        driver.run(until: 9000)
        #expect(driver.resumes == [2590])
        #expect(driver.holds == [2060, 4060])
        #expect(driver.interrupts == [4580])
        #expect(driver.inputs == [.speech(Transcript(text: "what about Friday"))])
    }

    @Test func soundsAddUp() {
        var driver = driver("mhm", to: 2350, afterMs: 2000) { $0.resumeAfterMs = 3000 }
        driver.sounds.append(.init(from: 2500, to: 3000))
        driver.run(until: 4000)
        // 350 ms, then 250 ms more.
        #expect(driver.interrupts == [2760])
    }

    @Test func backchannelOverTheLastWordIsNoTurn() {
        var driver = driver("okay", from: 9790, to: 10_100, afterMs: 100)
        driver.machine = TurnMachine(options: driver.machine.options)
        driver.replyMs = 9850
        driver.start(hasGreeting: true)
        driver.run(until: 14_000)
        #expect(driver.holds.isEmpty && driver.commits.isEmpty)
    }

    @Test func speechAcrossTheEndOfTheReplyIsATurn() {
        var driver = driver("a table please", from: 9980, to: 10_600, afterMs: 100)
        driver.run(until: 14_000)
        #expect(driver.holds.isEmpty)
        #expect(driver.commits == [11_000])
    }
}

/// The caller goes on after the end of the turn was decided, without having heard the reply.
struct MergeTests {
    private func driver(audibleAfterMs: Int?) -> TurnDriver {
        var driver = TurnDriver { $0.endpointing = .fixed }
        driver.audibleAfterMs = audibleAfterMs
        driver.words = [
            (0, .init(text: "a table for two")),
            (2600, .init(text: "a table for two on Friday")),
        ]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.start()
        return driver
    }

    @Test func theWordsJoin() {
        var driver = driver(audibleAfterMs: 1000)
        driver.sounds.append(.init(from: 2600, to: 3000))
        driver.run(until: 8000)
        // Held at the onset, since nothing is lost by it; merged when new words are there.
        #expect(driver.holds == [2660])
        #expect(driver.merges == [3100])
        #expect(driver.commits == [2400, 3400])
        #expect(driver.interrupts.isEmpty)
        #expect(
            driver.inputs == [
                .speech(Transcript(text: "a table for two")),
                .speech(Transcript(text: "a table for two on Friday")),
            ])
        let continued = driver.log.contains {
            if case .continueUtterance = $0.action { true } else { false }
        }
        #expect(continued)
    }

    @Test func audioThatCannotHaveBeenHeardDoesNotCount() {
        var driver = driver(audibleAfterMs: 5)
        driver.sounds.append(.init(from: 2500, to: 3300))
        driver.run(until: 8000)
        #expect(driver.merges == [3100])
        #expect(driver.commits == [2400, 3700])
    }

    @Test func noiseDoesNotLoseTheReply() {
        var driver = driver(audibleAfterMs: 1000)
        driver.words = [(0, .init(text: "a table for two"))]
        driver.sounds.append(.init(from: 2600, to: 2800))
        driver.run(until: 8000)
        #expect(driver.holds == [2660])
        #expect(driver.resumes == [2900])
        #expect(driver.merges.isEmpty && driver.commits == [2400])
    }

    @Test func afterTheReplyWasHeardItIsAnInterruption() {
        var driver = driver(audibleAfterMs: 5)
        driver.sounds.append(.init(from: 2700, to: 3500))
        driver.run(until: 8000)
        #expect(driver.merges.isEmpty)
        #expect(driver.interrupts == [3300])
    }

    @Test func aMergeWithoutWordsKeepsTheOldOnes() {
        var driver = driver(audibleAfterMs: 3000)
        driver.words = [
            (0, .init(text: "a table for two")), (2600, .init(text: "", afterMs: 20, fails: true)),
        ]
        driver.sounds.append(.init(from: 2600, to: 3400))
        driver.run(until: 8000)
        #expect(driver.merges == [3200])
        #expect(driver.inputs.last == .speech(Transcript(text: "a table for two")))
    }
}
