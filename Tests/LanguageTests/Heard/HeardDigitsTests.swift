import Language
import Testing

/// Numbers that are said digit by digit.
@Suite struct HeardDigitsTests {
    @Test(
        arguments: [
            ("10482", "10482"), ("one oh four eight two", "10482"),
            ("My customer number is 1 0 4 8 2.", "10482"), ("1-0-4-8-2", "10482"),
            ("10,482", "10482"), ("104 82", "10482"), ("ten four eighty two", "10482"),
            ("ten thousand four hundred and eighty-two", "10482"),
            ("One. Zero. Four. Eight. Two.", "10482"),
            ("zero zero one two three", "00123"), ("00123", "00123"), ("o one two", nil),
            ("double zero one triple two", "001222"), ("it's one to four", "124"),
            ("for eight two one", "821"), ("eight two one for", "8214"),
            ("+1 (555) 123-4567", "15551234567"), ("555.123.4567", "5551234567"),
            ("five five five, one two three, four five six seven", "5551234567"),
            ("My number is 10482. 2 pipes are leaking", "10482"), ("twelve", nil), ("hello", nil),
            ("", nil),
            ("a couple of days", nil), ("no, 10041, I mean 10042", "10042"),
            ("twenty one thirty four", "2134"), ("one hundred five", "105"),
        ] as [(String, String?)])
    func reads(text: String, digits: String?) {
        let found = HeardDigits.match(Utterance(text))?.value
        // "o" begins no number.
        #expect(found == (text == "o one two" ? nil : digits), "\(text) → \(found ?? "nothing")")
    }

    @Test func shortRunsCountWhereTheyMay() {
        #expect(HeardDigits.match(Utterance("room twelve"), minimum: 1)?.value == "12")
        let utterance = Utterance("12 Elm Street 10482")
        #expect(HeardDigits.match(utterance, taken: [3..<4])?.value == nil)
    }
}
