import Calls
import Language
import Pipelines
import StreamTesting
import Testing

/// Commands to live calls over the test transport, on a settable clock.
@Suite struct CallCommandTests {
    private func script(_ words: [String] = ["w1", "w2"], fromMs: Int = 3000) -> CallerScript {
        var script = CallerScript()
        if !words.isEmpty { script.say(words, fromMs: fromMs) }
        return script
    }

    private func quiet(_ input: CallerInput) -> [String] {
        if case .silence = input { ["are you there"] } else { ["a b c"] }
    }

    @Test func aCallIsHeldOverAnotherTransport() {
        let call = ClockedSession(script(), greeting: "g1 g2")
        call.run(throughMs: 8000)
        #expect(call.heard == ["g1", "g2", "a", "b", "c"])
        #expect(call.dialogue.inputs[1] == .speech(Transcript(text: "w1 w2")))
        #expect(call.dialogue.violations.isEmpty && call.broken.isEmpty)
        #expect(call.summary?.ending == nil && call.summary?.isOrderly == true)
        #expect(call.registry.all.isEmpty)
    }

    @Test func whatIsSaidIsDoneWhenItWasHeard() throws {
        let call = ClockedSession(script([]))
        let sent = call.command(.say("x y z"), atMs: 1000)
        call.run(throughMs: 5000)
        #expect(call.heard == ["x", "y", "z"])
        #expect(sent.isDone && sent.count == 1)
        let ms = try #require(sent.ms)
        #expect(ms >= 1000 + 3 * 300 - 40 && ms < 2100, "\(ms)")
        #expect(call.dialogue.calls == [.close], "the dialogue is not told")
        #expect(call.broken.isEmpty)
    }

    @Test func whatIsSaidWaitsForTheTurnUnderWay() {
        let call = ClockedSession(script(), answer: quiet)
        let first = call.command(.say("x y"), atMs: 3200)
        let second = call.command(.say("z"), atMs: 3210)
        call.run(throughMs: 9000)
        #expect(call.heard == ["a", "b", "c", "x", "y", "z"])
        #expect(first.isDone && second.isDone)
        #expect(call.broken.isEmpty)
    }

    @Test func aCallerWhoInterruptsHasNotHeardAllOfIt() {
        let call = ClockedSession(script(["w1", "w2", "w3", "w4"], fromMs: 1500))
        let sent = call.command(.say("p q r s t u v w"), atMs: 1000)
        call.run(throughMs: 9000)
        #expect(sent.error == .cutOff)
        #expect(call.heard.suffix(3) == ["a", "b", "c"], "the caller is answered")
        #expect(call.broken.isEmpty)
    }

    @Test func onHoldNobodyAnswersAndNobodyAsks() {
        let call = ClockedSession(script(), greeting: "g1 g2 g3 g4 g5 g6", answer: quiet)
        _ = call.command(.hold, atMs: 700)
        let say = call.command(.say("h"), atMs: 6000)
        let resume = call.command(.resume, atMs: 30_000)
        call.run(throughMs: 36_000)
        #expect(call.heard == ["g1", "g2", "h"], "cut off, and only the announcement is said")
        #expect(call.dialogue.inputs.isEmpty)
        #expect(say.isDone && resume.isDone && call.broken.isEmpty)
    }

    @Test func afterHoldTheCallerIsAnsweredAgain() {
        let call = ClockedSession(script(fromMs: 5000), answer: quiet)
        _ = call.command(.hold, atMs: 500)
        _ = call.command(.resume, atMs: 4000)
        call.run(throughMs: 9000)
        #expect(call.heard == ["a", "b", "c"])
    }

    @Test func theCallerIsAskedAgainAfterHold() {
        let call = ClockedSession(script([]), answer: quiet) { $0.turn.idlePromptMs = 3000 }
        _ = call.command(.hold, atMs: 500)
        _ = call.command(.resume, atMs: 20_000)
        call.run(throughMs: 24_500)
        #expect(call.heard == ["are", "you", "there"])
        #expect(call.transport.words(call.tts).first.map { $0.ms >= 23_000 } == true)
    }

    @Test func holdAndTakeOverAreTwoReasons() {
        let call = ClockedSession(script(fromMs: 4000), answer: quiet)
        _ = call.command(.hold, atMs: 500)
        _ = call.command(.takeOver, atMs: 600)
        _ = call.command(.resume, atMs: 700)
        let handBack = call.command(.handBack, atMs: 8000)
        call.run(throughMs: 10_000)
        #expect(call.heard.isEmpty && call.dialogue.inputs.isEmpty)
        #expect(handBack.isDone)
    }

    @Test func whoIsMutedIsNotHeard() {
        let call = ClockedSession(script(), answer: quiet) { $0.turn.idlePromptMs = 3000 }
        _ = call.command(.mute, atMs: 500)
        call.at(1000) { call.session.dtmf("4", nowNanos: call.time.nowNanos) }
        call.run(throughMs: 9000)
        let words = call.dialogue.inputs.values.compactMap { input -> String? in
            if case .speech(let transcript) = input { transcript.text } else { nil }
        }
        #expect(words.allSatisfy { $0.isEmpty }, "\(words)")
        #expect(!call.dialogue.inputs.values.contains(.dtmf("4")))
        #expect(!call.heard.contains("there"), "who can't be heard is not asked to speak")
    }

    @Test func aTransferEndsTheConversationAtOnce() {
        let call = ClockedSession(script(), greeting: "g1 g2 g3 g4")
        let sent = call.command(.transfer(number: "+15552220041"), atMs: 700)
        let late = call.command(.say("x"), atMs: 800)
        call.run(throughMs: 4000)
        #expect(call.summary?.ending == .handOver(number: "+15552220041"))
        #expect(call.transport.closings == [.ended] && call.heard == ["g1", "g2"])
        #expect(sent.isDone && late.error == .ended)
    }

    @Test func hangingUpTellsWhatWaitedThatItWasNotHeard() {
        let call = ClockedSession(script(), greeting: "g1 g2 g3 g4")
        let waiting = call.command(.say("x"), atMs: 300)
        let sent = call.command(.hangUp, atMs: 700)
        call.run(throughMs: 2000)
        #expect(call.summary?.ending == .hangUp && sent.isDone)
        #expect(waiting.error == .cutOff && waiting.count == 1)
    }

    @Test func whatCannotBeMeantIsRefused() {
        let call = ClockedSession(script([]))
        let sent = [
            call.command(.say("  … "), atMs: 100),
            call.command(.say(String(repeating: "a", count: 2001)), atMs: 100),
            call.command(.transfer(number: "12"), atMs: 100),
        ]
        let many = (0...Conversation.announcementsMax + 1).map { _ in
            call.command(.say("word"), atMs: 200)
        }
        call.run(throughMs: 300)
        for command in sent {
            guard case .invalid? = command.error else {
                Issue.record("\(String(describing: command.result))")
                continue
            }
        }
        #expect(many.last?.error == .tooMany(max: Conversation.announcementsMax))
        #expect(many.allSatisfy { $0.count == 1 }, "those that were cut off are told, too")
    }

    @Test func aPeerThatDoesNotReadIsClosed() {
        let call = ClockedSession(script([]), greeting: "g1 g2 g3 g4")
        call.at(300) { call.transport.refuses = true }
        call.run(throughMs: 2000)
        #expect(call.transport.closings == [.unread])
        #expect(call.summary?.isOrderly == false)
        #expect(call.summary.map { $0.refusedMessages > 0 } == true)
    }
}
