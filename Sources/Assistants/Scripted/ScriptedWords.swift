import Language

/// Words that callers say to assistants of every kind.
enum ScriptedWords {
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
