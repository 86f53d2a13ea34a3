import Pipelines
import StreamTesting
import TestSupport
import Testing

/// Conversations at random, each from a printed seed, held against what must always be true.
struct RandomConversationTests {
    @Test func thousandConversations() {
        let first: UInt64 = 20_260_101
        print("random conversations from seed \(first)")
        var totals = Totals()
        for seed in first..<first + 1000 {
            var conversation = RandomConversation(seed: seed)
            let problems = conversation.run(&totals)
            #expect(problems.isEmpty, "seed \(seed): \(problems)")
        }
        print("random conversations: \(totals)")
        // The script must have brought everything about, or the test tests nothing.
        #expect(totals.turns > 3000)
        #expect(totals.interruptions > 200)
        #expect(totals.resumptions > 200)
        #expect(totals.merges > 50)
        #expect(totals.wasted > 200)
        #expect(totals.apologies > 20)
    }

    struct Totals {
        var turns = 0
        var interruptions = 0
        var resumptions = 0
        var merges = 0
        var wasted = 0
        var apologies = 0
        var underruns = 0
    }
}

/// One conversation: a caller who speaks without regard to the agent, services of random speed.
struct RandomConversation {
    let seed: UInt64
    private var dice: SeededGenerator
    private let lengthMs = 26_000
    /// Every service answers at once and none fails, so that more can be asked for.
    private let isInstant: Bool
    private let fails: Bool

    init(seed: UInt64) {
        self.seed = seed
        dice = SeededGenerator(seed: seed)
        isInstant = seed % 3 == 0
        fails = seed % 3 == 1
    }

    private mutating func script() -> CallerScript {
        var script = CallerScript()
        var from = dice.pick(300...3000)
        var word = 0
        while from < lengthMs - 12_000 {
            if dice.chance(12) {
                script.noise(fromMs: from, toMs: from + dice.pick(60...250))
            } else if dice.chance(20) {
                script.add("mhm", from, from + dice.pick(200...400))
            } else {
                for _ in 0..<dice.pick(1...5) {
                    word += 1
                    script.add("w\(word)", from, from + dice.pick(200...450))
                    from = script.endMs
                    if dice.chance(40) { from += dice.pick(90...800) }
                }
            }
            from = script.endMs + (dice.chance(25) ? dice.pick(420...900) : dice.pick(900...5000))
        }
        return script
    }

    mutating func run(_ totals: inout RandomConversationTests.Totals) -> [String] {
        let script = script()
        let source = Source(SeededGenerator(seed: dice.next()))
        let isInstant = isInstant
        let fails = fails
        let greetingLength = dice.chance(70) ? dice.pick(1...20) : 0
        let greeting = (0..<greetingLength).map { "g\($0)" }.joined(separator: " ")
        let bargeIn = dice.pick(50...90)
        let lead = dice.pick(2...20) * 20
        let call = ScriptedCall(
            script, greeting: greetingLength > 0 ? greeting : nil,
            answer: { _, turn in source.answer(turn, isInstant: isInstant, fails: fails) },
            change: {
                $0.turn.bargeInMs = bargeIn
                $0.leadMs = lead
                $0.turn.idlePromptMs = 6000
                $0.apologyText = "sorry"
                $0.fillerText = "moment"
                $0.turn.fillerAfterMs = 900
                $0.turn.replyTimeoutMs = 3000
                $0.turn.failuresMax = 1000
                $0.turn.idlePromptsMax = 1000
            })
        source.call = call
        call.allowsGaps = !isInstant
        call.dialogue.judge = { text in
            switch text.count % 3 {
            case 0: .complete
            case 1: .unknown
            default: .incomplete
            }
        }
        if !isInstant {
            call.stt.latencyMs = { Double(source.dice.pick(5...500)) }
            call.tts.firstMs = { Double(source.dice.pick(0...300)) }
            call.tts.msPerSecond = { Double(source.dice.pick(0...700)) }
            let delay = dice.pick(0...80)
            call.delayToMs = { Double(delay + source.dice.pick(0...15)) }
            call.delayFromMs = { Double(delay + source.dice.pick(0...15)) }
            let stall = dice.pick(0...1000)
            call.frameLateMs = { index in
                index > stall && index < stall + 8
                    ? Double(stall + 8 - index) * 20 : Double(source.dice.pick(0...15))
            }
        }
        if fails {
            call.stt.failure = {
                source.dice.chance(8) ? .failed(stage: "stt", reason: "simulated") : nil
            }
            call.tts.failure = {
                source.dice.chance(8) ? .failed(stage: "tts", reason: "simulated") : nil
            }
        }
        call.run(throughMs: lengthMs)
        count(call, &totals)
        return call.violations + check(call, script)
    }

    private func count(_ call: ScriptedCall, _ totals: inout RandomConversationTests.Totals) {
        totals.turns += call.dialogue.commitMs.count
        totals.wasted += call.conversation?.counters.wastedSpeculations ?? 0
        totals.underruns += call.conversation?.counters.underruns ?? 0
        for (_, event) in call.events {
            switch event {
            case .interrupted: totals.interruptions += 1
            case .playoutResumed: totals.resumptions += 1
            case .merged: totals.merges += 1
            default: break
            }
        }
        totals.apologies += call.playedWords.filter { $0 == "sorry" }.count
    }

    // MARK: - What must be true

    private func check(_ call: ScriptedCall, _ script: CallerScript) -> [String] {
        checkWords(call, script) + checkEndpoints(call, script) + checkHeard(call)
            + checkRecords(call)
    }

    /// Every word is answered, once, unless its turn was merged into the next.
    private func checkWords(_ call: ScriptedCall, _ script: CallerScript) -> [String] {
        guard !fails else { return [] }
        let merged = Set(call.records.filter { $0.outcome == .merged }.map(\.turn))
        var answered: [String: Int] = [:]
        for (turn, input) in call.dialogue.inputs
        where call.dialogue.commitMs[turn] != nil && !merged.contains(turn) {
            guard case .speech(let transcript) = input else { continue }
            for word in transcript.text.split(separator: " ") where word != "mhm" {
                answered[String(word), default: 0] += 1
            }
        }
        return script.sounds.compactMap { sound in
            guard let word = sound.word, word != "mhm" else { return nil }
            let count = answered[word] ?? 0
            return count == 1 ? nil : "\(word) at \(sound.fromMs) ms answered \(count) times"
        }
    }

    /// No turn is committed before the caller was silent for the least end of turn.
    private func checkEndpoints(_ call: ScriptedCall, _ script: CallerScript) -> [String] {
        let least = Double(call.options.turn.endpointMinMs)
        return call.dialogue.commitMs.compactMap { turn, ms in
            guard case .speech = call.dialogue.inputs[turn] else { return nil }
            // What began just before could not be known yet, less so behind a stalled network.
            let known = ms - 50 - 20 - (isInstant ? 0 : 175)
            let last = script.runs.last { Double($0.fromMs) <= known }
            guard let last, ms - Double(last.toMs) < least - 0.01 else { return nil }
            return "turn \(turn) committed at \(ms), caller spoke until \(last.toMs)"
        }
    }

    /// What the dialogue is told was heard had been played, and little more had been.
    private func checkHeard(_ call: ScriptedCall) -> [String] {
        var problems: [String] = []
        let played = call.playedByteCounts
        for record in call.records where record.turn > 0 {
            for word in record.heardText.split(separator: " ") {
                let bytes = played[String(word)] ?? 0
                if bytes < CodedSynthesiser.codedByteCount * 8 / 10, !fails {
                    problems.append(
                        "turn \(record.turn) heard \(word), of which \(bytes) bytes were")
                }
            }
            let heardCount = record.heardText.split(separator: " ").count
            let fully = record.replyText.split(separator: " ").filter {
                (played[String($0)] ?? 0) >= CodedSynthesiser.codedByteCount
            }.count
            if fully > heardCount + 2, record.outcome != .merged, record.outcome != .cutOff {
                problems.append("turn \(record.turn): \(fully) played, \(heardCount) heard")
            }
            if record.outcome == .heard, !fails, record.heardText != record.replyText {
                problems.append("turn \(record.turn) is not wholly heard")
            }
        }
        return problems
    }

    private func checkRecords(_ call: ScriptedCall) -> [String] {
        var problems: [String] = []
        let turns = call.records.map(\.turn)
        if Set(turns).count != turns.count { problems.append("a turn recorded twice") }
        for turn in call.dialogue.commitMs.keys where !turns.contains(turn) {
            problems.append("turn \(turn) not recorded")
        }
        for record in call.records {
            if let first = record.firstFrameSentMs, first < record.endpointMs {
                problems.append("turn \(record.turn) audible before its end")
            }
        }
        if !fails, call.playedWords.contains("sorry") { problems.append("sorry for nothing") }
        if call.ending != nil { problems.append("ended by itself") }
        return problems
    }

    /// Numbers for what happens in the course of the call.
    private final class Source {
        var dice: SeededGenerator
        weak var call: ScriptedCall?
        private var sentenceCount = 0

        init(_ dice: SeededGenerator) { self.dice = dice }

        func answer(_ turn: TurnID, isInstant: Bool, fails: Bool) -> CheckedDialogue.Answer {
            var parts: [ReplyPart] = []
            for _ in 0..<dice.pick(1...3) {
                sentenceCount += 1
                let words = (0..<dice.pick(1...4)).map { "r\(sentenceCount)x\($0)" }
                for word in words { call?.sentenceTurns[word] = turn }
                parts.append(.sentence(words.joined(separator: " ")))
            }
            guard !isInstant else { return .init(parts: parts) }
            return .init(
                parts: parts, firstMs: Double(dice.pick(0...700)),
                nextMs: Double(dice.pick(0...200)),
                failsAfter: fails && dice.chance(10) ? dice.pick(0...1) : nil,
                heldFrom: dice.chance(20) ? dice.pick(0...1) : nil)
        }
    }
}
