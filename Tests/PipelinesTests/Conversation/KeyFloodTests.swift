import Pipelines
import StreamTesting
import Testing

/// Keys without end: what each costs, and what becomes of them.
struct KeyFloodTests {
    /// A call in which so many keys are pressed at once, and the letters that were judged for them.
    private func flood(_ count: Int) -> (call: ScriptedCall, judgedCount: Int) {
        var judgedCount = 0
        let call = ScriptedCall(CallerScript(), answer: { _, _ in .init(parts: []) })
        call.dialogue.judge = { text in
            judgedCount += text.utf8.count
            return .unknown
        }
        call.time.after(ms: 1000) {
            for key in 0..<count {
                call.conversation?.dtmf(String(key % 10), nowNanos: call.time.nowNanos)
            }
        }
        call.run(throughMs: 4000)
        return (call, judgedCount)
    }

    @Test func aKeyCostsTheSameHoweverManyCameBefore() {
        let (call, judgedCount) = flood(4000)
        let max = call.options.turn.dtmfDigitsMax
        #expect(judgedCount == max * (max + 1) / 2, "none is judged beyond those that are kept")
        #expect(flood(8000).judgedCount == judgedCount)
        #expect(call.violations.isEmpty, "\(call.violations)")
    }

    @Test func keysBeyondTheLimitAreCountedAndTold() {
        let call = flood(4000).call
        let max = call.options.turn.dtmfDigitsMax
        let kept = String((0..<max).map { Character(String($0 % 10)) })
        #expect(call.dialogue.inputs == [1: .dtmf(kept)])
        #expect(call.conversation?.counters.droppedKeys == 4000 - max)
        var taken = 0
        var limits: [Int] = []
        for (_, event) in call.events {
            if case .dtmf = event { taken += 1 }
            if case .dtmfLimitReached(let digitsMax) = event { limits.append(digitsMax) }
        }
        #expect(taken == max)
        #expect(limits == [max], "once a number, not once a key")
    }

    @Test func theNextNumberIsTakenWhole() {
        let call = ScriptedCall(
            CallerScript(), answer: { _, _ in .init(parts: []) },
            change: { $0.turn.dtmfDigitsMax = 3 })
        for (ms, keys) in [(1000, "1234#"), (2000, "567")] {
            call.time.after(ms: Double(ms)) {
                for key in keys {
                    call.conversation?.dtmf(String(key), nowNanos: call.time.nowNanos)
                }
            }
        }
        call.run(throughMs: 5000)
        #expect(call.dialogue.inputs == [1: .dtmf("123"), 2: .dtmf("567")])
        #expect(call.conversation?.counters.droppedKeys == 1)
    }
}
