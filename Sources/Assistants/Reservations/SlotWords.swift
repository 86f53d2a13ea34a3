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
}
