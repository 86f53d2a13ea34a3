import FuzzChecks
import TestSupport
import Testing
import Wire

/// The body of the fuzzers, on damaged samples: traps when a promise is broken.
@Suite struct DamageTests {
    private static let samples = [
        "a=1&b=2%20&c=%C3%BC+x&&d", "CallSid=CA0123&From=%2B1555&SpeechResult=a+table+for+4",
        #"{"a":[1,2.5,-3e2,true,null],"b":{"c":"\u00fc\ud83d\ude00\n"}}"#, #"["x",{},[[]],""]"#,
    ]

    @Test func whatIsReadIsReadBack() {
        let seed = printedSeed()
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(" \t,0aF5\0%&=+-{}[]\"\\u:.e".utf8) + [0xFF]
        var refused = 0
        for round in 0..<6_000 {
            var bytes = Array(Self.samples[round % Self.samples.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            bytes.withUnsafeBytes {
                WireFuzzing.form($0)
                WireFuzzing.json($0)
            }
            if (try? JSONValue(parsing: bytes.span)) == nil { refused += 1 }
        }
        // Forms are not JSON; of the damaged JSON, some is still right.
        #expect(refused > 3_500 && refused < 5_990, "seed \(seed)")
    }
}
