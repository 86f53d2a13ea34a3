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
            ["We open at 7 p.m. tomorrow.", "It closes at 10 p.m.", "Please be early."]
        ),
        (
            "Mr. Smith owes 12.50 dollars. Write to j.smith@example.com. Thanks!",
            ["Mr. Smith owes 12.50 dollars.", "Write to j.smith@example.com.", "Thanks!"]
        ),
        (
            "Is J. R. Miller right? \"Yes.\" Good…  See you at 7:30.",
            ["Is J. R. Miller right?", "\"Yes.\"", "Good…", "See you at 7:30."]
        ),
        (
            "We have:\n1. **Soup** of the day\n2. Fish 🐟, e.g. trout\n- `Cake`\n\nWhat will it be?",
            [
                "We have:", "1. Soup of the day", "2. Fish , e.g. trout", "Cake",
                "What will it be?",
            ]
        ),
        ("So do I. We agree!? Yes", ["So do I.", "We agree!?", "Yes"]),
        ("... !!! …", []),
    ]

    @Test(arguments: cases)
    func sentencesAreTheSameHoweverTheyCome(text: String, sentences: [String]) {
        for size in 1...text.count { #expect(split(text, pieces: size) == sentences, "\(size)") }
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
