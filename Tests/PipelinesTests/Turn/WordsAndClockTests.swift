import Language
import Pipelines
import Testing

struct HeardWordsTests {
    private let words = HeardWords(backchannels: TurnOptions.defaultBackchannels)

    @Test(arguments: [
        ("I'd like a table, please.", ["id", "like", "a", "table", "please"]),
        (" [BLANK_AUDIO] ", []), ("(coughing) Yes!", ["yes"]), ("*sigh* no", ["no"]),
        ("Uh-huh.", ["uhhuh"]), ("7:30 p.m.", ["7", "30", "p", "m"]), ("Grüße", ["grüße"]),
        ("(never closed words", ["never", "closed", "words"]), ("5 * 3", ["5", "3"]), ("", []),
    ])
    func splitting(text: String, expected: [String]) {
        #expect(HeardWords.split(text) == expected)
    }

    @Test(arguments: [
        ("Mhm.", true), ("mm-hmm", true), ("Okay, right. Got it!", true), ("all right", true),
        ("all", false), ("okay but", false), ("no", false), ("", false), ("right now", false),
    ])
    func backchannels(text: String, expected: Bool) {
        #expect(words.isBackchannel(HeardWords.split(text)) == expected)
    }

    @Test func echoes() {
        let said = HeardWords.split("Welcome to the restaurant, how can I help?")
        let isEcho = { (text: String) in
            HeardWords.isEcho(HeardWords.split(text), of: said, least: 3)
        }
        #expect(isEcho("to the restaurant"))
        #expect(isEcho("Welcome to the restaurant how can I help"))
        #expect(!isEcho("the restaurant"), "too few to be sure")
        #expect(!isEcho("to the kitchen"))
        #expect(!HeardWords.isEcho(["to", "the", "restaurant"], of: said, least: 0))
    }
}

struct SampleClockTests {
    @Test func latenessDoesNotMoveTheTimeOfSamples() {
        var clock = SampleClock()
        let base: UInt64 = 50_000_000_000
        let lateMs: [UInt64] = [9, 3, 0, 14, 60, 40, 20, 2]
        for (index, late) in lateMs.enumerated() {
            let frame = UInt64(index + 1)
            clock.received(
                through: Int64(frame * 160), at: base + frame * 20_000_000 + late * 1_000_000)
        }
        #expect(clock.nanos(of: 160) == base + 20_000_000)
        #expect(clock.nanos(of: 80) == base + 10_000_000)
        #expect(!clock.isBehind(at: base + 162_000_000))
        #expect(clock.isBehind(at: base + 300_000_000))
    }

    @Test func aLastingShiftIsLearned() {
        var clock = SampleClock()
        let base: UInt64 = 50_000_000_000
        for frame in UInt64(1)...1000 {
            let shift: UInt64 = frame > 300 ? 150 : 0
            clock.received(
                through: Int64(frame * 160), at: base + (frame * 20 + shift) * 1_000_000)
            if frame == 310 { #expect(clock.isBehind(at: clock.arrivalNanos)) }
        }
        // After two windows of five seconds the old offset is forgotten.
        #expect(clock.nanos(of: 160_000) == base + 20_150_000_000)
        #expect(!clock.isBehind(at: clock.arrivalNanos))
    }
}
