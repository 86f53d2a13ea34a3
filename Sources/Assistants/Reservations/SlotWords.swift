import Language

/// Words that talk about a reservation without giving a value.
enum SlotWords {
    private static let mentions = PhraseTable<ReservationSlots>([
        (.time, ["the time", "the hour", "time is wrong", "another time", "different time"]),
        (
            .date,
            ["the day", "the date", "day is wrong", "another day", "different day", "another date"]
        ),
        (.name, ["the name", "my name", "name is wrong", "another name", "different name"]),
        (
            .party,
            [
                "the number of people", "number of people", "the people", "the party",
                "the party size", "party size", "number of guests", "the number",
                "how many people",
            ]
        ),
    ])

    static func mentioned(in utterance: Utterance) -> ReservationSlots {
        mentions.matches(in: utterance).reduce(into: []) { $0.formUnion($1.value) }
    }

    private static let others = PhraseTable<Void>([
        (
            (),
            [
                "another reservation", "another booking", "another table", "a second table",
                "second reservation", "second booking", "book another", "one more table",
                "one more reservation", "new reservation", "new booking",
            ]
        )
    ])

    /// True when a reservation besides the one that was made is wanted.
    static func asksForAnother(_ utterance: Utterance) -> Bool {
        !others.matches(in: utterance).isEmpty
    }

    private static let hours = PhraseTable<Void>([
        (
            (),
            [
                "opening hours", "your hours", "are you open", "when do you open",
                "when do you close", "what time do you open", "what time do you close",
                "business hours", "are you guys open", "when are you open", "hours of operation",
                "how late are you open", "are you closed",
            ]
        )
    ])

    static func asksHours(_ utterance: Utterance) -> Bool {
        !hours.matches(in: utterance).isEmpty
    }

    private static let questionWords: Set<String> = [
        "what", "what's", "where", "where's", "when", "why", "how", "who", "which", "do", "does",
        "is", "are", "can", "could", "will", "would", "have",
    ]

    /// True when an utterance asks something, by its first word or its mark.
    static func isQuestion(_ utterance: Utterance) -> Bool {
        guard let first = utterance.tokens.first, let last = utterance.tokens.last else {
            return false
        }
        return last.breakAfter == .question && utterance.count > 1
            || questionWords.contains(first.text) && utterance.count > 2
    }
}
