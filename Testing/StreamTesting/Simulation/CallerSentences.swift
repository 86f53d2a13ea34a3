import Pipelines

/// The sentences that agents ask and callers say; a bar marks where speakers may pause.
package enum CallerSentences {
    package struct Question: Sendable {
        package var text: String
        package var answers: [String]
        /// What is to be keyed or read out digit by digit.
        package var digitCount: Int?
    }

    package static let opening = Question(
        text: "How can I help you?",
        answers: [
            "I'd like to book a table | for four people | tomorrow | at seven",
            "a table for two | on Friday | at half past six", "what time do you open",
            "hello | I would like to make a reservation please",
            "I want to cancel my reservation", "I have a question | about my bill",
            "my order hasn't arrived | and I'd like my money back",
            "can I book a table | for six | on Saturday at noon", "do you have vegetarian dishes",
            "I'd like to order | a pizza | with extra cheese", "could I speak to someone please",
            "I need to change | the time | of my booking",
        ])

    package static let questions: [Question] = [
        Question(
            text: "Shall I book that for you?",
            answers: [
                "yes", "yes please", "no", "no | make it five people", "yes | that's right",
                "yeah sure", "no thank you", "that's right",
            ]),
        Question(
            text: "How many people will you be?",
            answers: [
                "four", "for four people", "six", "we are a party | of eight",
                "two adults | and two children", "twenty | five", "just two of us",
            ]),
        Question(
            text: "What name is it under?",
            answers: [
                "John Miller", "my name is | John Miller", "it's Sarah",
                "under the name | Smith", "Anna | Petersen", "it's Robert | James Brown",
            ]),
        Question(
            text: "What is your phone number?", answers: [], digitCount: 10),
        Question(
            text: "What day would you like?",
            answers: [
                "tomorrow", "next Sunday", "on the fifth | of June", "Friday",
                "Friday | at half past six",
            ]),
        Question(
            text: "What time should it be?",
            answers: [
                "at seven", "seven | thirty", "at a quarter to eight | in the evening",
                "half past six", "eight | pm", "around | eight o'clock",
            ]),
        Question(
            text: "What day and what time would suit you?",
            answers: [
                "tomorrow | at seven pm", "Friday at half past six",
                "the fifth of June | around eight o'clock", "next Sunday | at noon",
            ]),
        Question(
            text: "What address should it go to?",
            answers: [
                "twelve | Main Street", "forty two Oak Avenue | Springfield",
                "one hundred | and five | Park Road | apartment three",
            ]),
        Question(
            text: "What else can I do for you?",
            answers: [
                "nothing | thank you", "could we have a table | by the window",
                "I also need | a high chair | for my son", "that's all thanks",
            ]),
    ]

    package static let corrections = [
        "no make it five people", "sorry I meant Saturday", "actually make it eight o'clock",
        "wait that's wrong",
    ]
    package static let interruptions = [
        "wait stop", "sorry could you say that again", "no that's not right", "hold on a second",
        "can I speak to someone please",
    ]
    package static let backchannels = ["mhm", "okay", "right", "uh-huh", "I see", "yeah"]
    package static let explanations = [
        "We are open every day from noon until late in the evening.",
        "Your table is kept for fifteen minutes after the time you booked.",
        "Parking is free behind the house if you come by car.",
        "I have written that down and will read it back at the end.",
    ]
    private static let digitWords = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ]

    /// A number as people read it out: in groups, with places to breathe between them.
    static func digits(_ keys: String) -> String {
        var parts: [String] = []
        for (index, key) in keys.enumerated() {
            if index == 3 || index == 6 { parts.append("|") }
            parts.append(digitWords[Int(String(key)) ?? 0])
        }
        return parts.joined(separator: " ")
    }
}
