import Assistants
import Language
import TestSupport
import Testing

@Suite struct HeardNumberTests {
    static let cardinals: [(String, Int, Int)] = [
        ("4", 4, 1), ("four", 4, 1), ("Four.", 4, 1), ("twenty-one", 21, 2), ("twenty one", 21, 2),
        ("twenty", 20, 1), ("nineteen", 19, 1), ("ninety nine", 99, 2), ("seven thirty", 7, 1),
        ("thirty seven", 37, 2), ("a couple", 2, 2), ("a couple of", 2, 3), ("a pair", 2, 2),
        ("a dozen", 12, 2), ("half a dozen", 6, 3), ("a hundred", 100, 2),
        ("one hundred and five", 105, 4), ("two hundred twenty one", 221, 4), ("1,200", 1200, 1),
        ("zero", 0, 1), ("twelve people", 12, 1),
    ]

    @Test(arguments: cardinals) func cardinal(text: String, value: Int, tokens: Int) {
        let match = HeardNumber.cardinal(Utterance(text), at: 0)
        #expect(match == Match(value, 0..<tokens), "\(text)")
    }

    @Test(arguments: ["people", "a", "to", "for", "won", "ninth", "half"])
    func noCardinal(text: String) {
        #expect(HeardNumber.cardinal(Utterance(text), at: 0) == nil)
    }

    @Test(arguments: [
        ("14th", 14), ("fourteenth", 14), ("twenty-first", 21), ("twenty second", 22), ("3rd", 3),
        ("thirtieth", 30), ("1st", 1),
    ])
    func ordinal(text: String, value: Int) {
        #expect(HeardNumber.ordinal(Utterance(text), at: 0)?.value == value)
    }

    @Test func homophonesOnlyWhereAskedFor() {
        #expect(HeardNumber.soundingLikeCardinal(Utterance("for"), at: 0)?.value == 4)
        #expect(HeardNumber.soundingLikeCardinal(Utterance("too"), at: 0)?.value == 2)
        #expect(HeardNumber.soundingLikeCardinal(Utterance("ate"), at: 0)?.value == 8)
    }
}

@Suite struct TokenizerTests {
    @Test func splitsAsWhisperWrites() {
        #expect(
            Utterance("Table for 4, tomorrow at 7:30pm.").tokens.map(\.text)
                == ["table", "for", "4", "tomorrow", "at", "7:30", "pm"])
        #expect(Utterance("at 7 p.m. please").tokens.map(\.text) == ["at", "7", "pm", "please"])
        #expect(Utterance("7p.m.").tokens.map(\.text) == ["7", "pm"])
        #expect(Utterance("I\u{2019}m here\u{2026}").tokens.map(\.text) == ["i'm", "here"])
        #expect(Utterance("the 14th").tokens.last?.kind == .ordinal(14))
        #expect(Utterance("7.30").tokens.first?.kind == .clock(hour: 7, minute: 30))
        #expect(Utterance("3/14").tokens.first?.kind == .slash(3, 14))
    }

    @Test(arguments: ["[BLANK_AUDIO]", "(music playing)", "*coughs*", "...", " ", "", "-- ?", "♪"])
    func nothingWasSaid(text: String) { #expect(Utterance(text).isEmpty) }

    @Test func breaks() {
        let tokens = Utterance("No, five. Really? Well...").tokens
        #expect(tokens.map(\.breakAfter) == [.comma, .sentence, .question, .ellipsis])
        #expect(Utterance("at 7 p.m.").tokens.last?.breakAfter == Token.Break.none)
    }

    /// Any text at all is taken; what it was made from is printed by the test's arguments.
    @Test(arguments: [1, 2, 3]) func survivesAnything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "7", ":", ".", "/", ",", "-", "pm", "'", "(", "[", "*", "é", "😀", "half", "past", "for",
            "table", "the", "14th", "in", "a", "couple", "of", "99999999999999999999", "\u{200F}",
            "next", "me", "and", "my", " ", " ", " ",
        ]
        for _ in 0..<2000 {
            let text = (0..<12).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            for expectation: ReservationExpectation in [
                .slots(.name), .slots([.party, .time]), .choice,
            ] {
                let said = ReservationUnderstanding.read(text, expecting: expectation, today: today)
                #expect((said.partySize ?? 1) >= 0, "\(text)")
            }
        }
    }
}
