/// Which of several offers was picked.
public enum HeardChoice: Sendable, Equatable {
    /// Counted from 0.
    case index(Int)
    case last, earliest, latest, any

    private static let table = PhraseTable<HeardChoice>([
        (.index(0), ["the first", "first", "first one", "former", "number one", "option one"]),
        (.index(1), ["the second", "second", "second one", "number two", "option two"]),
        (.index(2), ["the third", "third", "third one", "number three", "option three"]),
        (.last, ["the last", "last one", "the latter", "latter", "the other"]),
        (.earliest, ["earlier", "the earlier", "earliest", "the sooner"]),
        (.latest, ["later", "the later", "latest"]),
        (
            .any,
            [
                "either", "any", "whichever", "whatever", "both", "any of them", "doesn't matter",
                "don't mind", "don't care", "you choose", "you pick",
            ]
        ),
    ])

    /// The first choice in an utterance; "the second of May" is none.
    package static func match(_ utterance: Utterance) -> Match<HeardChoice>? {
        let found = table.matches(in: utterance).first { match in
            utterance.word(match.range.upperBound) != "of"
        }
        guard let found else { return nil }
        let noun = utterance.word(found.range.upperBound)
        let hasNoun = ["one", "option", "time"].contains(noun)
        return Match(
            found.value, found.range.lowerBound..<(found.range.upperBound + (hasNoun ? 1 : 0)))
    }
}
