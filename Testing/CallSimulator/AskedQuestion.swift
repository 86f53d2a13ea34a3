/// The questions of a booking in the order in which they are asked, with the words of the fixtures
/// that answer them: for callers and a stand-in language model that do not talk at cross-purposes.
public struct AskedQuestion: Sendable {
    public let text: String
    /// As the manifest has them.
    public let answers: [String]
    /// It is only asked after these words: nobody is asked for their number in every third
    /// sentence.
    var onlyAfter: String?

    public static let all = [
        AskedQuestion(
            text: "How can I help you?",
            answers: [
                "Hello, I would like to make a reservation please", "I'd like to book a table",
                "I want to cancel my reservation", "a table for 4 people tomorrow at 7 pm",
                "a table for two tonight at eight o'clock",
                "can I book a table for six on Saturday at noon",
                "can I speak to someone please", "could we have a table by the window",
                "do you have vegetarian dishes", "what time do you open",
            ]),
        AskedQuestion(
            text: "For how many people?",
            answers: ["for four people", "four", "we are a party of eight"]),
        AskedQuestion(
            text: "For which day and at what time?",
            answers: ["tomorrow at seven pm", "Friday at half past six"]),
        AskedQuestion(
            text: "Which day would you like?",
            answers: ["next Sunday", "on the fifth of June", "tomorrow"]),
        AskedQuestion(
            text: "At what time?",
            answers: ["seven thirty", "at a quarter to eight in the evening"]),
        AskedQuestion(
            text: "What is your name?",
            answers: ["John Miller", "Sarah", "it's under the name Smith", "my name is John"]),
        AskedQuestion(
            text: "What is your telephone number?",
            answers: ["my number is five five five, one two three four"],
            onlyAfter: "it's under the name Smith"),
        AskedQuestion(
            text: "Shall I book that for you?",
            answers: [
                "yes", "yes please", "that's right", "no", "no, that's not right",
                "No, make it five people", "actually, make it eight o'clock",
                "sorry, I meant Saturday", "sorry, could you say that again", "wait, stop",
                "cancel",
                "thank you, goodbye",
            ]),
    ]

    /// What is asked of a caller who has just said this; the first question where it is not known.
    public static func following(_ words: String) -> AskedQuestion {
        guard let index = all.firstIndex(where: { $0.isAnswered(by: words) }) else { return all[0] }
        let next = all[(index + 1) % all.count]
        guard let only = next.onlyAfter, letters(only) != letters(words) else { return next }
        return all[(index + 2) % all.count]
    }

    /// True when this is an answer to it.
    public func isAnswered(by words: String) -> Bool {
        answers.contains { Self.letters($0) == Self.letters(words) }
    }

    private static func letters(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}
