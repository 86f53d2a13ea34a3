import Pipelines
import StreamTesting
import Testing

/// Whole calls with chosen callers and services, on a settable clock.
struct ConversationTests {
    /// A caller who says three words from 3,000 to 3,900 ms, and what the agent answers.
    private func call(
        _ sentences: [String] = ["a1 a2 a3", "a4 a5 a6 a7"], greeting: String? = nil,
        script: CallerScript? = nil, closing: [ReplyPart] = [],
        change: (inout ConversationOptions) -> Void = { _ in }
    ) -> ScriptedCall {
        var said = CallerScript()
        said.say(["w1", "w2", "w3"], fromMs: 3000)
        let parts = sentences.map { ReplyPart.sentence($0) } + closing
        let call = ScriptedCall(
            script ?? said, greeting: greeting,
            answer: { input, turn in
                if case .silence = input { return .init(parts: []) }
                return .init(parts: turn == 1 ? parts : [.sentence("b\(turn) b b")])
            }, change: change)
        for sentence in sentences {
            for word in sentence.split(separator: " ") { call.sentenceTurns[String(word)] = 1 }
        }
        return call
    }

    private func expectClean(_ call: ScriptedCall) {
        #expect(call.violations.isEmpty, "\(call.violations)")
    }

    @Test func aTurnFromEndToEnd() throws {
        let call = call(greeting: "g1 g2 g3")
        call.allowsGaps = false
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.playedWords == ["g1", "g2", "g3", "a1", "a2", "a3", "a4", "a5", "a6", "a7"])
        #expect(call.dialogue.inputs == [1: .speech(Transcript(text: "w1 w2 w3"))])
        #expect(
            call.dialogue.calls == [
                .heard(0, "g1 g2 g3"), .respond(.speech(Transcript(text: "w1 w2 w3")), 1),
                .commit(1), .heard(1, "a1 a2 a3 a4 a5 a6 a7"), .close,
            ])
        let record = try #require(call.records.last)
        #expect(record.turn == 1 && record.outcome == .heard && record.isSpeculative)
        #expect(record.endpointMs == 400, "services that answer at once add nothing")
        #expect(record.firstFrameSentMs == 400)
        #expect(record.transcriptMs == 100, "80 ms of pause and the transcriber's 20 ms")
        #expect(record.firstPartMs == 100 && record.firstSentenceMs == 100)
        #expect(record.firstSpeechByteMs == 100)
        #expect(record.firstFramePlayedMs == 420)
        #expect(record.heardText == record.replyText && record.callerText == "w1 w2 w3")
        #expect(record.wastedSpeculations == 0)
        #expect(call.detector.playoutChanges.first == true)
    }

    @Test func aLongGreetingIsSaidToItsEnd() {
        let words = (1...40).map { "g\($0)" }
        let call = call(greeting: words.joined(separator: " "), script: CallerScript())
        call.run(throughMs: 14_000)
        expectClean(call)
        #expect(call.clearMs.isEmpty)
        #expect(call.playedWords == words)
        #expect(call.records.first?.outcome == .heard)
    }

    @Test func stagesThatAnswerAtOnce() {
        let call = call()
        call.stt.isImmediate = true
        call.run(throughMs: 10_000)
        expectClean(call)
        #expect(call.playedWords.count == 7)
        #expect(call.records.first?.firstFrameSentMs == 400)
    }

    @Test func speechIsSentTheLeadAheadAndNoFurther() {
        let call = call(["a1 a2 a3 a4 a5 a6 a7 a8 a9 a10"])
        call.run(throughMs: 12_000)
        expectClean(call)
        let start = call.frameMs[0]
        #expect(start == 4300)
        #expect(call.frameMs.filter { $0 == start }.count == 10, "the lead of 200 ms at once")
        #expect(call.frameMs.count == 150)
        // Then a frame per frame time, at most one frame later than it could be.
        for (index, ms) in call.frameMs.enumerated().dropFirst(10) {
            let due = start + Double(index - 9) * 20
            #expect(ms >= due && ms <= due + 20)
        }
        #expect(call.gaps().isEmpty)
        #expect(call.conversation?.counters.underruns == 0)
    }

    @Test func anInterruptionIsCutToWhatWasHeard() throws {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        // The reply begins at 3,700 ms; the caller breaks in when four words were heard.
        script.say(["w2", "w3", "w4"], fromMs: 5000)
        let call = call(["a1 a2", "a3 a4 a5 a6 a7 a8"], script: script)
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.clearMs == [5060])
        let record = try #require(call.records.first)
        #expect(record.isInterrupted)
        #expect(record.heardText == "a1 a2 a3 a4")
        #expect(call.dialogue.calls.contains(.cancel(1)))
        #expect(call.dialogue.heardText(1) == "a1 a2 a3 a4")
        #expect(call.dialogue.inputs[2] == .speech(Transcript(text: "w2 w3 w4")))
        #expect(call.playedWords == ["a1", "a2", "a3", "a4", "a5", "b2", "b", "b"])
        #expect(call.playedByteCounts["a5"] == 160 * 8)
    }

    @Test(arguments: [["mhm"], ["right"], [nil]])
    func speechGoesOnWhereItStopped(words: [String?]) throws {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        for word in words { script.add(word, 4950, 5250) }
        let call = call(["a1 a2", "a3 a4 a5 a6 a7 a8"], script: script)
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.clearMs == [5020])
        #expect(call.records.first?.outcome == .heard)
        #expect(call.dialogue.heardText(1) == "a1 a2 a3 a4 a5 a6 a7 a8")
        // Word 5 was under way: it is said again from its beginning, no other is.
        #expect(
            call.playedWords == ["a1", "a2", "a3", "a4", "a5", "a5", "a6", "a7", "a8"])
        for word in ["a1", "a2", "a3", "a4", "a6", "a7", "a8"] {
            #expect(call.playedByteCounts[word] == CodedSynthesiser.codedByteCount)
        }
        let gap = try #require(call.gaps().first { $0 < 1000 })
        #expect(gap < 700, "silent for \(gap) ms")
        #expect(call.conversation?.counters.falseBargeIns == 1)
    }

    /// Five keys are a zip code; of a party's size nobody knows how many digits it has.
    @Test(arguments: [("what is your zip code?", 1500.0), ("how many people are you?", 3500)])
    func keysEndANumberOfKnownLength(question: String, committed: Double) {
        let call = call(greeting: question, script: CallerScript()) { $0.judgesWords = true }
        for (index, key) in ["9", "0", "2", "1", "0"].enumerated() {
            call.time.after(ms: 1100 + Double(index) * 100) {
                call.conversation?.dtmf(key, nowNanos: call.time.nowNanos)
            }
        }
        call.run(throughMs: 6000)
        expectClean(call)
        #expect(call.dialogue.inputs == [1: .dtmf("90210")])
        #expect(call.dialogue.commitMs == [1: committed])
    }

    @Test(arguments: [
        (true, "yes", 230.0), (false, "yes", 400), (true, "I want a", 1200),
        (true, "my order is late", 400),
    ])
    func wordsAreJudgedByThemselves(judges: Bool, words: String, silence: Double) {
        var script = CallerScript()
        script.say(words.split(separator: " ").map(String.init), fromMs: 4000)
        let call = call(["a1 a2"], greeting: "shall I book it?", script: script) {
            $0.judgesWords = judges
        }
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(call.dialogue.commitMs[1] == Double(script.endMs) + silence)
    }

    @Test func aNoticeIsSaidWhateverTheCallerSays() throws {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        // Over the notice, which is heard from 3,700 to 4,900 ms.
        script.say(["w2", "w3", "w4"], fromMs: 4000)
        let call = call(["this call is recorded", "a1 a2 a3 a4"], script: script) {
            $0.notices = ["call is recorded"]
        }
        for word in ["this", "call", "is", "recorded"] { call.sentenceTurns[word] = 1 }
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.playedWords.prefix(4) == ["this", "call", "is", "recorded"])
        #expect(call.playedByteCounts["recorded"] == CodedSynthesiser.codedByteCount)
        let record = try #require(call.records.first)
        #expect(record.isInterrupted, "once the notice was heard")
        #expect(record.heardText.hasPrefix("this call is recorded"))
        #expect(call.dialogue.inputs[2] == .speech(Transcript(text: "w2 w3 w4")))
    }

    @Test func withNetworkDelayNoWordIsLost() {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        script.add("mhm", 4950, 5250)
        let call = call(["a1 a2", "a3 a4 a5 a6 a7 a8"], script: script)
        call.delayToMs = { 60 }
        call.delayFromMs = { 70 }
        call.run(throughMs: 12_000)
        expectClean(call)
        for index in 1...8 {
            #expect((call.playedByteCounts["a\(index)"] ?? 0) >= CodedSynthesiser.codedByteCount)
        }
        #expect(call.playedWords.count <= 10)
    }

    @Test func marksThatComeBackFromAClearTellNothing() throws {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        script.say(["w2", "w3", "w4"], fromMs: 3900)
        // Speech of which nothing but the first words is heard, with marks ahead of them.
        let call = call(["a1 a2 a3 a4 a5 a6"], script: script) {
            $0.leadMs = 1500
            $0.markMs = 100
            $0.turn.mergeHeardMs = 0
        }
        call.run(throughMs: 8000)
        expectClean(call)
        let record = try #require(call.records.first)
        #expect(record.isInterrupted)
        #expect(record.heardText == "a1", "300 ms were heard, 1.5 s were sent with their marks")
    }

    @Test func theCallerGoesOnBeforeTheReply() {
        var script = CallerScript()
        script.say(["w1", "w2"], fromMs: 3000)
        script.say(["w3", "w4", "w5"], fromMs: 4050)
        let call = call(["a1 a2"], script: script)
        call.dialogue.answer = { _, turn in
            .init(parts: [.sentence("c\(turn) c")], firstMs: 900)
        }
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.dialogue.inputs[2] == .speech(Transcript(text: "w1 w2 w3 w4 w5")))
        #expect(call.records.map(\.outcome) == [.merged, .heard])
        #expect(call.dialogue.heardText(1) == "")
        #expect(call.playedWords == ["c2", "c"])
    }

    @Test func whatHasAnEffectWaitsForTheEndOfTheTurn() {
        let call = call()
        call.dialogue.answer = { _, _ in
            .init(parts: [.sentence("a1"), .sentence("a2")], heldFrom: 0)
        }
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(call.dialogue.commitMs[1] == 4300)
        #expect(call.records.first?.firstPartMs == 400)
        #expect(call.playedWords == ["a1", "a2"])
    }

    @Test func aWastedSpeculationLeavesNoTrace() {
        var script = CallerScript()
        script.say(["w1"], fromMs: 3000)
        script.say(["w2"], fromMs: 3600)
        let call = call(["a1"], script: script)
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(call.dialogue.calls.prefix(2).last == .cancel(1))
        #expect(call.dialogue.inputs == [1: .speech(Transcript(text: "w1 w2"))])
        #expect(call.records.first?.wastedSpeculations == 1)
        #expect(call.records.first?.isSpeculative == true)
        #expect(call.conversation?.counters.wastedSpeculations == 1)
        #expect(call.conversation?.counters.wastedTranscripts == 1)
        // The word that was said for nothing was a finished clip.
        #expect(call.conversation?.counters.wastedSpeechMs == CodedSynthesiser.wordMs)
    }

    @Test(arguments: [ReplyPart.hangUp, .handOver(number: "+15550100")])
    func theDialogueEndsTheCall(part: ReplyPart) {
        let call = call(["a1 a2"], closing: [part])
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(
            call.ending == (part == .hangUp ? .hangUp : .handOver(number: "+15550100")))
        #expect(call.playedWords == ["a1", "a2"], "not before all was heard")
        #expect(call.dialogue.calls.last == .close && call.stt.isClosed)
        #expect(call.conversation?.nextDeadlineNanos == nil)
    }

    @Test func aMarkThatNeverComesBackHoldsNothingUp() {
        let call = call(["a1 a2"], closing: [.hangUp])
        call.delayFromMs = { 1_000_000 }
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(call.ending == .hangUp)
    }

    @Test func theCallHasAnEnd() {
        let call = call(["a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a15 a16"]) {
            $0.turn.callSeconds = 5
            $0.goodbyeText = "time is up"
        }
        call.run(throughMs: 9000)
        expectClean(call)
        #expect(call.ending == .timeLimit)
        #expect(call.playedWords.suffix(3) == ["time", "is", "up"])
        #expect(call.records.first?.heardText == "a1 a2", "700 ms of it")
        #expect(call.dialogue.heardText(2) == nil, "the dialogue did not say goodbye")
    }

    @Test func theCallerHangsUp() {
        let call = call()
        call.run(throughMs: 5000)
        expectClean(call)
        #expect(call.records.map(\.outcome) == [.cutOff])
        call.conversation?.end(nowNanos: call.time.nowNanos)
        call.conversation?.advance(nowNanos: call.time.nowNanos)
        #expect(call.dialogue.calls.filter { $0 == .close }.count == 1)
    }

    @Test func aSilentCallerIsAsked() {
        let call = call(script: CallerScript(), change: { $0.turn.idlePromptMs = 3000 })
        call.dialogue.answer = { input, _ in
            guard case .silence(let count) = input else { return .init(parts: []) }
            return .init(parts: [.sentence("s\(count)")] + (count == 2 ? [.hangUp] : []))
        }
        call.run(throughMs: 12_000)
        expectClean(call)
        #expect(call.playedWords == ["s1", "s2"])
        #expect(call.ending == .hangUp)
    }

    @Test func digitsReachTheDialogue() {
        let call = call(greeting: "g1 g2 g3 g4 g5 g6 g7 g8", script: CallerScript())
        call.dialogue.judge = { $0.count == 2 ? .complete : .unknown }
        call.time.after(ms: 1000) {
            call.conversation?.dtmf("4", nowNanos: call.time.nowNanos)
        }
        call.time.after(ms: 1400) {
            call.conversation?.dtmf("2", nowNanos: call.time.nowNanos)
        }
        call.run(throughMs: 6000)
        expectClean(call)
        #expect(call.dialogue.inputs == [1: .dtmf("42")])
        #expect(call.dialogue.commitMs == [1: 1400])
        #expect(call.clearMs == [1000])
    }
}
