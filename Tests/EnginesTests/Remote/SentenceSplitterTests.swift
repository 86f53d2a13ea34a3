import Engines
import Pipelines
import Testing

@Suite struct SentenceSplitterTests {
    private func split(_ text: String, pieces size: Int) -> [String] {
        var splitter = SentenceSplitter()
        var found: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            found += splitter.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return found + splitter.finish()
    }

    static let cases: [(String, [String])] = [
        ("Hello there. How are you?", ["Hello there.", "How are you?"]),
        (
            "We open at 7 p.m. tomorrow. It closes at 10 p.m. Please be early.",
            ["We open at 7 PM tomorrow.", "It closes at 10 PM.", "Please be early."]
        ),
        (
            "The table is for 7 p.m. Monday. Mondays are quiet. See you at 8 p.m. Mia!",
            ["The table is for 7 PM Monday.", "Mondays are quiet.", "See you at 8 PM.", "Mia!"]
        ),
        (
            "Mr. Smith owes 12.50 dollars. Write to j.smith@example.com. Thanks!",
            [
                "Mr. Smith owes 12 dollars and 50 cents.",
                "Write to j dot smith at example dot com.", "Thanks!",
            ]
        ),
        (
            "Is J. R. Miller right? \"Yes.\" Good…  See you at 7:30.",
            ["Is J. R. Miller right?", "\"Yes.\"", "Good…", "See you at 7:30."]
        ),
        (
            "We have:\n1. **Soup** of the day\n2. Fish 🐟, e.g. trout\n- `Cake`\n\nWhat will it be?",
            [
                "We have:", "1. Soup of the day", "2. Fish, for example trout", "Cake",
                "What will it be?",
            ]
        ),
        (
            "We have: 1. Soup 2. Salad 3. Cake. It is open until 10. Come in!",
            ["We have: 1. Soup 2. Salad 3. Cake.", "It is open until 10.", "Come in!"]
        ),
        (
            "No. We are closed. Take bus No. 5 to Main St. Then ask Dr. Lee.",
            [
                "No.", "We are closed.", "Take bus number 5 to Main St. Then ask Dr. Lee.",
            ]
        ),
        (
            "Come on Fri. or Sun. Evenings are best. Sit in the sun. It costs 3.5 percent.",
            [
                "Come on Fri. or Sun. Evenings are best.", "Sit in the sun.",
                "It costs 3.5 percent.",
            ]
        ),
        (
            "The total is $34.50. Shall I place it? Call +1 555 123 4567. Bye.",
            [
                "The total is 34 dollars and 50 cents.", "Shall I place it?",
                "Call plus 1, 5 5 5, 1 2 3, 4 5 6 7.", "Bye.",
            ]
        ),
        ("So do I. We agree!? Yes", ["So do I.", "We agree!?", "Yes"]),
        ("... !!! …", []),
    ]

    @Test(arguments: cases)
    func sentencesAreTheSameHoweverTheyCome(text: String, sentences: [String]) {
        for size in 1...text.count { #expect(split(text, pieces: size) == sentences, "\(size)") }
    }

    @Test(arguments: [
        (
            "de-DE", "Am 10. Dezember um 19 Uhr. Passt das?",
            ["Am 10. Dezember um 19 Uhr.", "Passt das?"]
        ),
        ("ja-JP", "はい。何名様ですか？", ["はい。", "何名様ですか？"]),
    ])
    func otherLanguagesAreCutTheirWay(language: String, text: String, sentences: [String]) {
        var splitter = SentenceSplitter(language: language)
        #expect(splitter.append(text) + splitter.finish() == sentences)
    }

    @Test func aSentenceIsThereWithTheFirstLetterOfTheNext() {
        var splitter = SentenceSplitter()
        #expect(splitter.append("Certainly. ") == [])
        #expect(splitter.append("F") == ["Certainly."])
        #expect(splitter.append("or how many? ") == ["For how many?"])
    }

    @Test func whatNeverEndsIsCutAtACommaOrSpace() {
        let words = (0..<200).map { "word\($0)" }.joined(separator: " ")
        let pieces = split(words, pieces: 7)
        #expect(pieces.count > 3)
        #expect(pieces.allSatisfy { $0.count <= 310 })
        #expect(pieces.joined(separator: " ") == words)
    }
}
