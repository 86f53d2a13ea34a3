import Pipelines
import StreamTesting
import Testing

/// Stages that are slow or fail: the caller always hears something, and the call goes on.
struct FailureTests {
    private func call(
        change: (inout ConversationOptions) -> Void = { _ in }
    ) -> ScriptedCall {
        var script = CallerScript()
        script.say(["w1"], fromMs: 1000)
        script.say(["w2"], fromMs: 9000)
        return ScriptedCall(
            script,
            answer: { input, turn in
                if case .unintelligible = input { return .init(parts: [.sentence("u\(turn)")]) }
                return .init(parts: [.sentence("a\(turn) a"), .sentence("z\(turn) z")])
            },
            change: {
                $0.apologyText = "sorry"
                $0.fillerText = "moment"
                $0.turn.idlePromptMs = 60_000
                change(&$0)
            })
    }

    private func errors(_ call: ScriptedCall) -> Int {
        call.events.filter { if case .stageFailed = $0.event { true } else { false } }.count
    }

    @Test func theTranscriberFails() {
        let call = call()
        var failures = 1
        call.stt.failure = {
            failures -= 1
            return failures >= 0 ? .failed(stage: "stt", reason: "simulated") : nil
        }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["u1", "a2", "a", "z2", "z"])
        #expect(errors(call) == 1)
    }

    @Test func theDialogueFailsInASpeculation() {
        let call = call()
        var failures = 1
        call.dialogue.answer = { _, turn in
            failures -= 1
            return .init(parts: [.sentence("a\(turn)")], failsAfter: failures >= 0 ? 0 : nil)
        }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "a2"], "tried again, nobody noticed")
    }

    @Test func theDialogueFailsForGood() {
        let call = call()
        call.dialogue.answer = { _, turn in
            .init(
                parts: [.sentence("a\(turn)"), .sentence("b\(turn)")],
                failsAfter: turn == 1 ? 1 : nil, heldFrom: 1)
        }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "sorry", "a2", "b2"])
        #expect(call.dialogue.heardText(1) == "a1", "the apology is not the dialogue's")
        #expect(call.dialogue.calls.contains(.cancel(1)))
    }

    @Test func theVoiceFails() {
        let call = call()
        var count = 0
        call.cache.insert(call.tts.finished("sorry"), voice: nil)
        call.tts.failure = {
            count += 1
            return count <= 2 ? .failed(stage: "tts", reason: "simulated") : nil
        }
        call.tts.firstMs = { 300 }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        // A failed clip keeps what it had; the first sentence of turn 1 was complete by chance.
        #expect(call.playedWords.contains("sorry"))
        #expect(call.playedWords.suffix(4) == ["a2", "a", "z2", "z"])
    }

    /// Sentences are said in order or not at all: after one that fails, none.
    @Test(arguments: [0.0, 900])
    func aSentenceThatFailsStopsTheReplyThere(delayMs: Double) {
        let call = call()
        call.cache.insert(call.tts.finished("sorry"), voice: nil)
        call.dialogue.answer = { _, turn in
            .init(parts: ["a\(turn) a", "b\(turn) b", "z\(turn) z"].map { .sentence($0) })
        }
        func isFailing() -> Bool { call.tts.clips.last?.text == "b1 b" }
        call.tts.firstMs = { isFailing() ? delayMs : 0 }
        call.tts.msPerSecond = { isFailing() ? 100 : 0 }
        call.tts.failure = { isFailing() ? .failed(stage: "tts", reason: "simulated") : nil }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        let words = call.playedWords
        #expect(!words.contains("z1"), "\(words)")
        #expect(words.contains("sorry") && words.starts(with: ["a1", "a"]), "\(words)")
        #expect(words.suffix(6) == ["a2", "a", "b2", "b", "z2", "z"], "\(words)")
        #expect(call.dialogue.heardText(1)?.contains("z1") == false)
    }

    @Test func aSentenceThatIsLateIsWaitedFor() {
        let call = call()
        call.dialogue.answer = { _, turn in
            .init(parts: ["a\(turn) a", "b\(turn) b", "z\(turn) z"].map { .sentence($0) })
        }
        call.tts.firstMs = { call.tts.clips.last?.text == "b1 b" ? 1400 : 0 }
        call.run(throughMs: 14_000)
        #expect(call.playedWords.prefix(6) == ["a1", "a", "b1", "b", "z1", "z"])
        #expect(call.dialogue.heardText(1) == "a1 a b1 b z1 z")
    }

    @Test func theVoiceNeverBegins() {
        let call = call {
            $0.turn.fillerAfterMs = 1000
            $0.turn.replyTimeoutMs = 3000
        }
        call.cache.insert(call.tts.finished("sorry"), voice: nil)
        call.cache.insert(call.tts.finished("moment"), voice: nil)
        var count = 0
        call.tts.firstMs = {
            count += 1
            return count <= 2 ? 1_000_000 : 0
        }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["moment", "sorry", "a2", "a", "z2", "z"])
        #expect(call.records.first?.hasFiller == true)
        #expect(call.dialogue.heardText(1) == "")
        #expect(call.tts.clips[0].isCancelled)
    }

    @Test func aSlowVoiceShiftsTheSchedule() {
        let call = call { $0.turn.speculateAfterMs = 160 }
        // Slower than it is spoken: 100 ms of speech every 150 ms.
        call.tts.msPerSecond = { 1500 }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "a", "z1", "z", "a2", "a", "z2", "z"])
        #expect((call.conversation?.counters.underruns ?? 0) > 0)
        #expect(call.records.map(\.outcome) == [.heard, .heard])
    }

    @Test func aSlowDialogueLeavesNoFalseGaps() {
        let call = call()
        call.dialogue.answer = { _, turn in
            .init(
                parts: [.sentence("a\(turn) a"), .sentence("z\(turn) z")], firstMs: 50,
                nextMs: 1100)
        }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.playedWords == ["a1", "a", "z1", "z", "a2", "a", "z2", "z"])
        #expect(call.conversation?.counters.underruns == 0)
    }

    @Test func theNetworkStallsTheCaller() {
        let call = call()
        call.frameLateMs = { index in (70..<82).contains(index) ? Double(82 - index) * 20 : 0 }
        call.run(throughMs: 14_000)
        #expect(call.violations.isEmpty, "\(call.violations)")
        #expect(call.dialogue.inputs.count == 2)
    }
}
