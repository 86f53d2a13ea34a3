import Language
import Pipelines
import Testing

/// Silence of the caller, of the services, and the end of the call.
struct SilenceTests {
    @Test func theSilentCallerIsAskedAndThenLeft() {
        var driver = TurnDriver {
            $0.idlePromptMs = 5000
            $0.idlePromptsMax = 2
        }
        driver.replyMs = 1000
        driver.start(hasGreeting: true)
        driver.run(until: 60_000)
        // The greeting is heard at 1005 ms, each prompt 1005 ms after it was begun.
        #expect(driver.commits == [6005, 12_010])
        #expect(driver.inputs == [.silence(count: 1), .silence(count: 2)])
        #expect(driver.endings == [.hangUp])
        #expect(driver.log.last?.ms == 18_015)
    }

    @Test func speakingStartsTheCountAgain() {
        var driver = TurnDriver { $0.idlePromptMs = 5000 }
        driver.replyMs = 1000
        driver.words = [(0, .init(text: "hello"))]
        driver.sounds = [.init(from: 8000, to: 9000)]
        driver.start()
        driver.run(until: 17_000)
        #expect(
            driver.inputs == [
                .silence(count: 1), .speech(Transcript(text: "hello")), .silence(count: 1),
            ])
    }

    @Test func noiseDoesNotPutThePromptOff() {
        var driver = TurnDriver { $0.idlePromptMs = 3000 }
        driver.words = [(0, .init(text: ""))]
        driver.sounds = [.init(from: 1000, to: 1150), .init(from: 2000, to: 2100)]
        driver.start()
        driver.run(until: 3500)
        #expect(driver.commits == [3000])
    }

    @Test func aCallIsNotEndless() {
        var driver = TurnDriver {
            $0.callSeconds = 10
            $0.idlePromptMs = 60_000
        }
        driver.replyMs = 2000
        driver.sounds = [.init(from: 9900, to: 14_000)]
        driver.start()
        driver.run(until: 20_000)
        #expect(driver.times { $0 == .sayGoodbye(turn: 1) } == [10_000])
        #expect(driver.holds.isEmpty, "the goodbye is said to its end")
        #expect(driver.endings == [.timeLimit])
        #expect(driver.log.last?.ms == 12_005)
    }

    @Test func aGoodbyeThatIsNeverHeardEndsToo() {
        var driver = TurnDriver {
            $0.callSeconds = 10
            $0.idlePromptMs = 60_000
            $0.goodbyeMs = 3000
        }
        driver.audibleAfterMs = nil
        driver.start()
        driver.run(until: 20_000)
        #expect(driver.endings == [.timeLimit])
        #expect(driver.log.last?.ms == 13_000)
    }

    @Test(arguments: [ConversationEnding.hangUp, .handOver(number: "+15550100")])
    func theDialogueEndsTheCall(ending: ConversationEnding) {
        var driver = TurnDriver()
        driver.words = [(0, .init(text: "bye"))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.closing = ending
        driver.start()
        driver.run(until: 10_000)
        #expect(driver.endings == [ending])
        #expect(driver.log.last?.ms == 5405, "when the last word was heard")
    }

    @Test func anInterruptedGoodbyeEndsNothing() {
        var driver = TurnDriver()
        driver.words = [(0, .init(text: "bye")), (3000, .init(text: "no wait one more thing"))]
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 3500, to: 5000)]
        driver.closing = .hangUp
        driver.start()
        driver.run(until: 7000)
        #expect(driver.interrupts == [4100])
        #expect(driver.commits == [2400, 5400])
        #expect(driver.endings.isEmpty)
    }

    @Test func aSlowReplyIsBridgedThenGivenUp() {
        var driver = TurnDriver {
            $0.fillerAfterMs = 1500
            $0.replyTimeoutMs = 4000
            $0.idlePromptMs = 60_000
        }
        driver.audibleAfterMs = nil
        driver.words = [(0, .init(text: "hello"))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.start()
        driver.run(until: 20_000)
        #expect(
            driver.times { $0 == .sayFiller(turn: 1) } == [3500], "by the silence that is heard")
        #expect(driver.times { $0 == .apologize(turn: 1) } == [6400])
        #expect(driver.times { $0 == .giveUp(turn: 1) } == [10_400])
    }

    @Test func aTurnThatIsTakenLateGetsAMomentForItsReply() {
        var driver = TurnDriver {
            $0.fillerAfterMs = 1000
            $0.endpointMaxMs = 1200
            $0.idlePromptMs = 60_000
        }
        driver.audibleAfterMs = nil
        driver.words = [(0, .init(text: "I would like a", completeness: .incomplete))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.start()
        driver.run(until: 5000)
        #expect(driver.commits == [3200])
        #expect(driver.times { $0 == .sayFiller(turn: 1) } == [3300])
    }

    /// No engine could tell the words, three turns in a row.
    @Test func aCallerWhomNobodyUnderstandsIsHandedOver() {
        var driver = TurnDriver {
            $0.failuresMax = 3
            $0.idlePromptMs = 60_000
        }
        driver.replyMs = 500
        driver.words = [(0, .init(text: "", fails: true))]
        driver.sounds = [0, 5000, 10_000].map { .init(from: $0 + 1000, to: $0 + 2000) }
        driver.start()
        driver.run(until: 20_000)
        #expect(driver.inputs == [.unintelligible, .unintelligible])
        #expect(driver.times { $0 == .sayFailure(turn: 3) }.count == 1)
        #expect(driver.endings == [.failed])
    }

    @Test func oneTurnThatIsUnderstoodMakesUpForThoseBefore() {
        var driver = TurnDriver {
            $0.failuresMax = 2
            $0.idlePromptMs = 60_000
        }
        driver.replyMs = 500
        driver.words = [
            (0, .init(text: "", fails: true)), (4000, .init(text: "hello")),
            (9000, .init(text: "", fails: true)),
        ]
        driver.sounds = [0, 5000, 10_000].map { .init(from: $0 + 1000, to: $0 + 2000) }
        driver.start()
        driver.run(until: 20_000)
        #expect(driver.inputs.count == 3)
        #expect(driver.endings.isEmpty)
    }

    @Test func aCallerWhoAsksToWaitIsWaitedFor() {
        var driver = TurnDriver {
            $0.idlePromptMs = 5000
            $0.holdMs = 30_000
        }
        driver.replyMs = 1000
        driver.words = [(0, .init(text: "One moment, please."))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.start()
        driver.run(until: 45_000)
        #expect(
            driver.inputs == [
                .speech(Transcript(text: "One moment, please.")), .silence(count: 1),
                .silence(count: 2),
            ])
        // 30 s after the answer was heard, and then as after any prompt.
        #expect(driver.commits == [2400, 33_405, 39_410])
    }

    @Test(arguments: [
        ("hold on a second, let me check", true), ("just a minute", true),
        ("one moment please", true),
        ("let me get two margheritas", false), ("a second pizza please", false), ("wait", false),
        ("can you wait a minute while I ask my wife about the other thing", false), ("", false),
    ])
    func askingToWaitIsTold(text: String, isAsked: Bool) {
        let words = HeardWords(backchannels: [])
        #expect(words.asksToWait(HeardWords.split(text)) == isAsked)
    }

    @Test func aReplyThatBreaksOffIsGivenUp() {
        var driver = TurnDriver { $0.replyTimeoutMs = 4000 }
        driver.words = [(0, .init(text: "hello"))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.replyMs = 60_000
        driver.start()
        driver.run(until: 5000)
        driver.machine.replyStarved(turn: 1, at: TurnDriver.nanos(5000))
        driver.run(until: 8900)
        #expect(driver.times { $0 == .sayFiller(turn: 1) } == [6350])
        driver.run(until: 9100)
        #expect(driver.times { $0 == .apologize(turn: 1) } == [9000])
    }

    @Test func failureAfterFailureEndsTheCall() {
        var driver = TurnDriver { $0.failuresMax = 2 }
        driver.words = [(0, .init(text: "hello"))]
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 7000, to: 8000)]
        driver.start()
        driver.run(until: 2500)
        driver.machine.replyFailed(turn: 1, at: TurnDriver.nanos(2500))
        driver.perform()
        driver.run(until: 8500)
        #expect(driver.endings.isEmpty)
        driver.machine.replyFailed(turn: 2, at: TurnDriver.nanos(8500))
        driver.perform()
        driver.run(until: 20_000)
        #expect(driver.endings == [.failed])
        #expect(driver.times { if case .apologize = $0 { true } else { false } } == [2500, 8500])
    }

    @Test func aSpeculationThatFailsIsTriedAgain() {
        var driver = TurnDriver()
        driver.words = [(0, .init(text: "hello"))]
        driver.sounds = [.init(from: 1000, to: 2000)]
        driver.start()
        driver.run(until: 2200)
        driver.machine.replyFailed(turn: 1, at: TurnDriver.nanos(2200))
        driver.perform()
        driver.run(until: 3000)
        #expect(driver.discards == [2200])
        let starts = driver.log.compactMap {
            if case .startReply(_, _, let isSpeculative) = $0.action {
                (ms: $0.ms, isSpeculative: isSpeculative)
            } else {
                nil
            }
        }
        #expect(starts.map(\.ms) == [2180, 2400])
        #expect(starts.map(\.isSpeculative) == [true, false])
        #expect(driver.commits == [2400])
    }

    @Test func deadlinesNeverStandStill() {
        // A host that only ever goes from deadline to deadline must get on.
        var driver = TurnDriver { $0.callSeconds = 30 }
        driver.words = [(0, .init(text: "I want", completeness: .incomplete))]
        driver.sounds = [.init(from: 1000, to: 2000), .init(from: 2500, to: 3000)]
        driver.start(hasGreeting: true)
        for step in 1...60 {
            driver.run(until: step * 1000)
            driver.machine.advance(to: TurnDriver.nanos(step * 1000))
            driver.perform()
            if let deadline = driver.machine.nextDeadlineNanos {
                #expect(deadline > TurnDriver.nanos(step * 1000))
            }
        }
        #expect(driver.endings == [.timeLimit])
    }
}
