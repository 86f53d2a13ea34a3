import Language
import Testing

/// Whether the words so far can be all, judged from them and from what was asked.
struct AnswerJudgeTests {
    @Test(arguments: [
        ("How can I help you?", AnswerExpectation.free), ("Shall I book it?", .yesNo),
        ("So, is that right?", .yesNo), ("That is Friday at seven, okay?", .yesNo),
        ("How many people will you be?", .number), ("What name is it under?", .name),
        ("What is your phone number?", .digits(7...11)), ("And your zip code?", .digits(5...5)),
        ("What day would you like?", .date), ("What time should it be?", .time),
        ("When would you like to come?", .dateAndTime), ("What day and what time?", .dateAndTime),
        ("What address should it go to?", .address), ("I have booked it.", .free),
        ("What name is it under? Shall I wait?", .yesNo),
    ])
    func whatWasAsked(question: String, expectation: AnswerExpectation) {
        #expect(AnswerExpectation(askedBy: question) == expectation)
    }

    private static let cases: [(String, AnswerExpectation, Completeness)] = [
        ("Yes.", .yesNo, .complete), ("yes please", .yesNo, .complete),
        ("That's right.", .yesNo, .complete), ("no thank you", .yesNo, .complete),
        // Who says no often goes on to say what instead.
        ("No", .yesNo, .unknown), ("No, make it five people", .yesNo, .likely),
        ("four", .number, .complete), ("for four people", .number, .complete),
        ("twenty", .number, .unknown), ("two adults", .number, .partial),
        ("we are a party", .number, .incomplete), ("we are", .number, .incomplete),
        ("five five five", .digits(7...11), .incomplete),
        ("five five five one two three four", .digits(7...11), .partial),
        ("double five five one two three four five six seven eight", .digits(7...11), .complete),
        ("5551234567", .digits(10...10), .complete), ("my number is", .digits(7...7), .incomplete),
        ("John Miller", .name, .likely), ("my name is John Miller", .name, .likely),
        ("my name is", .name, .incomplete), ("Sarah", .name, .unknown), ("An", .name, .unknown),
        ("tomorrow", .date, .likely), ("tomorrow", .dateAndTime, .partial),
        ("tomorrow at seven pm", .dateAndTime, .complete),
        ("Friday at half past six", .dateAndTime, .complete),
        ("on the fifth", .date, .partial), ("seven thirty", .time, .complete),
        ("at seven", .time, .unknown), ("eight o'clock", .time, .complete),
        ("twelve", .address, .incomplete), ("twelve Main Street", .address, .partial),
        ("twelve Main Street Springfield", .address, .likely),
        ("I'd like a table", .free, .partial), ("I'd like a table for", .free, .incomplete),
        ("a table for two tomorrow", .free, .partial),
        ("a table for two tonight at eight o'clock", .free, .likely),
        ("what time do you open", .free, .likely), ("hello", .free, .partial),
        ("I would like to make a reservation please", .free, .complete),
        ("my order hasn't arrived", .free, .unknown), ("cancel", .free, .complete),
        ("thank you, goodbye", .free, .complete), ("um", .yesNo, .incomplete),
        ("I'd like to order", .free, .incomplete), ("We would be six of us", .number, .complete),
        ("well, I think that,", .free, .incomplete), ("I was there and...", .free, .incomplete),
        ("", .free, .unknown), ("[noise]", .yesNo, .unknown),
    ]

    @Test(arguments: cases)
    func judgement(text: String, expectation: AnswerExpectation, completeness: Completeness) {
        let found = AnswerJudge.completeness(of: text, expecting: expectation)
        #expect(found == completeness, "\"\(text)\" is \(found)")
    }

    /// Words of any kind are judged without a trap.
    @Test func anyWordsCanBeJudged() {
        let words = [
            "", "…", "'", "--", "one", "the", "yes", "[", "(a", "*", "12345678901234567890", "né",
            "a table", "?", "，", "\u{0}", "please",
        ]
        let expectations: [AnswerExpectation] = [
            .free, .yesNo, .number, .digits(1...3), .name, .date, .time, .dateAndTime, .address,
        ]
        for first in words {
            for second in words {
                for expectation in expectations {
                    let text = first + " " + second
                    let found = AnswerJudge.completeness(of: text, expecting: expectation)
                    if HeardWords.split(text).isEmpty { #expect(found == .unknown) }
                }
            }
        }
    }
}
