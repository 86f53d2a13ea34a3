import Language
import Store

/// Recognises how urgent something is.
enum HeardUrgency {
    private static let table = PhraseTable<Urgency>([
        (
            .urgent,
            [
                "urgent", "urgently", "emergency", "an emergency", "immediately", "right now",
                "right away", "asap", "as soon as possible", "as quickly as possible", "at once",
                "straight away", "dangerous", "top priority", "high priority", "very soon",
                "very urgent", "extremely urgent", "as fast as possible",
            ]
        ),
        (
            .normal,
            [
                "normal priority", "medium priority", "in a few days", "in the next few days",
                "within the week", "not an emergency", "no emergency", "isn't an emergency",
                "in the next days", "normal urgency", "some time this week", "sometime this week",
            ]
        ),
        (
            .low,
            [
                "not urgent", "isn't urgent", "not that urgent", "not very urgent",
                "not so urgent", "not too urgent", "not really urgent", "not at all urgent",
                "isn't that urgent", "isn't very urgent", "no rush", "no hurry", "not in a hurry",
                "can wait", "it can wait", "low priority", "no priority", "not pressing",
                "nothing urgent", "whenever you have time", "when you have time",
                "when you get a chance", "whenever",
            ]
        ),
    ])
    /// Answers to "How urgent is it?" that may mean anything elsewhere.
    private static let answers = PhraseTable<Urgency>([
        (
            .urgent,
            [
                "very", "quite", "extremely", "pretty", "really", "now", "yes", "soon", "high",
                "today", "critical", "yeah",
            ]
        ),
        (
            .normal,
            [
                "not so much", "somewhat", "a bit", "moderately", "medium", "not really", "normal",
                "average", "standard", "regular", "tomorrow", "this week", "the next days",
                "usual",
            ]
        ),
        (
            .low,
            [
                "not at all", "not very", "no", "not", "later", "nope", "low", "next week",
                "sometime", "some time", "wait",
            ]
        ),
    ])

    /// The last urgency that was named; people correct themselves.
    static func match(_ utterance: Utterance) -> Match<Urgency>? {
        table.matches(in: utterance).last
    }

    /// What answers the question for it, in a few words.
    static func answer(_ utterance: Utterance) -> Urgency? {
        guard utterance.count <= 6 else { return nil }
        return answers.matches(in: utterance).first?.value
    }

    static func all(in utterance: Utterance) -> [Range<Int>] {
        table.matches(in: utterance).map(\.range)
    }
}
