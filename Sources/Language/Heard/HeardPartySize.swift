/// Words for people that follow a number.
package enum PeopleWords {
    private static let nouns: Set<String> = [
        "people", "persons", "person", "guests", "guest", "adults", "adult", "diners", "pax",
        "folks", "seats", "ppl", "grownups", "places", "kids", "kid", "children", "child",
        "friends", "colleagues", "covers", "peoples", "toddler", "toddlers", "baby", "babies",
    ]
    package static let companions: Set<String> = [
        "others", "other", "more", "friends", "people", "colleagues", "kids", "children", "guests",
        "coworkers",
    ]

    /// True when a noun for people, or "of us", begins at `index`.
    package static func isNoun(_ utterance: Utterance, at index: Int) -> Bool {
        nounEnd(utterance, at: index) != nil
    }

    /// Where the noun for people that begins at `index` ends.
    package static func nounEnd(_ utterance: Utterance, at index: Int) -> Int? {
        if nouns.contains(utterance.word(index)) { return index + 1 }
        if utterance.word(index) == "of", ["us", "them", "you"].contains(utterance.word(index + 1))
        {
            return index + 2
        }
        return nil
    }
}

/// The number of people to be seated, as it was said.
public struct HeardPartySize: Sendable, Equatable {
    public enum Certainty: Int, Sendable, Comparable {
        /// "for four", "make it five": could be a time.
        case likely
        /// "four people", "a table for four", "me and my wife"
        case certain

        public static func < (left: Certainty, right: Certainty) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    public var size: Int
    public var certainty: Certainty

    /// The party size that begins at `index`.
    public static func match(_ utterance: Utterance, at index: Int) -> Match<HeardPartySize>? {
        company(utterance, at: index)
            ?? introduced(utterance, at: index)
            ?? counted(utterance, at: index)
            ?? weak(utterance, at: index)
    }

    // MARK: - "four people", "two adults and three kids"

    private static func counted(_ utterance: Utterance, at index: Int) -> Match<HeardPartySize>? {
        guard var (total, end) = countedGroup(utterance, at: index) else { return nil }
        while ["and", "plus", "with"].contains(utterance.word(end)) {
            guard let (more, next) = countedGroup(utterance, at: end + 1) else { break }
            total += more
            end = next
        }
        return Match(HeardPartySize(size: total, certainty: .certain), index..<end)
    }

    private static func countedGroup(_ utterance: Utterance, at index: Int) -> (Int, Int)? {
        if utterance.word(index) == "both", utterance.word(index + 1) == "of",
            utterance.word(index + 2) == "us"
        {
            return (2, index + 3)
        }
        if ["a", "one"].contains(utterance.word(index)),
            ["baby", "kid", "child", "toddler"].contains(utterance.word(index + 1))
        {
            return (1, index + 2)
        }
        let number: Match<Int>?
        // Nobody says "for people" but meaning "four people".
        let isMisheardFour = utterance.word(index) == "for" && utterance.word(index + 1) == "people"
        let isAfterLead = ["for", "of", "table", "it", "about"].contains(utterance.word(index - 1))
        if isMisheardFour || isAfterLead {
            number = HeardNumber.soundingLikeCardinal(utterance, at: index)
        } else {
            number = HeardNumber.cardinal(utterance, at: index)
        }
        guard let number else { return nil }
        var end = number.range.upperBound
        if ["more", "other", "hungry"].contains(utterance.word(end)) { end += 1 }
        guard let nounEnd = PeopleWords.nounEnd(utterance, at: end) else {
            // "a couple of us" has its "of" taken by the number.
            if utterance.word(end - 1) == "of", utterance.word(end) == "us" {
                return (number.value, end + 1)
            }
            return nil
        }
        return (number.value, nounEnd)
    }

    // MARK: - "a table for four", "party of six"

    private static let introductions: Set<String> = [
        "table", "party", "group", "reservation", "booking", "dinner", "lunch", "spot", "seating",
        "seats", "brunch", "tables", "room", "space", "place", "reserve", "book",
    ]

    private static func introduced(_ utterance: Utterance, at index: Int)
        -> Match<HeardPartySize>?
    {
        guard introductions.contains(utterance.word(index)) else { return nil }
        var position = index + 1
        switch utterance.word(position) {
        case "for", "of", "fore": position += 1
        case "4", "four":
            if ["to", "too"].contains(utterance.word(position + 1)),
                utterance[position]?.number != nil,
                HeardNumber.cardinal(utterance, at: position + 2) == nil
            {
                return Match(
                    HeardPartySize(size: 2, certainty: .certain), index..<(position + 2))
            }
            // Whisper writes "table 4 2" for "table for two".
            guard HeardNumber.cardinal(utterance, at: position + 1) != nil,
                utterance[position]?.breakAfter == Token.Break.none
            else { return number(utterance, at: position, from: index) }
            if let party = number(utterance, at: position + 1, from: index) { return party }
        default:
            // "table 42": the two words in one number.
            guard let joined = utterance[position]?.number, (41...49).contains(joined) else {
                return nil
            }
            return Match(
                HeardPartySize(size: joined % 10, certainty: .certain), index..<(position + 1))
        }
        if ["about", "around", "maybe", "like", "just", "the", "exactly"].contains(
            utterance.word(position))
        {
            position += 1
        }
        return number(utterance, at: position, from: index)
    }

    private static func number(_ utterance: Utterance, at index: Int, from start: Int)
        -> Match<HeardPartySize>?
    {
        if let counted = counted(utterance, at: index) {
            return Match(counted.value, start..<counted.range.upperBound)
        }
        guard let number = HeardNumber.soundingLikeCardinal(utterance, at: index) else {
            return nil
        }
        let isHomophone = HeardNumber.cardinal(utterance, at: index) == nil
        if isHomophone, utterance.word(index) == "for" || utterance.word(index) == "to" {
            // "a table for to-night", "party for, um" end here; "for for tomorrow" goes on.
            guard !isTime(utterance, at: number.range.upperBound - 1) else { return nil }
        }
        guard !isTime(utterance, at: index) else { return nil }
        return Match(
            HeardPartySize(size: number.value, certainty: .certain),
            start..<number.range.upperBound)
    }

    /// True when a number is rather the beginning of a time ("for seven thirty", "for 7 PM").
    private static func isTime(_ utterance: Utterance, at index: Int) -> Bool {
        guard let time = HeardTimeReading.match(utterance, at: index) else { return false }
        return time.value.certainty >= .likely
    }

    // MARK: - "me and my wife", "just me"

    private static func company(_ utterance: Utterance, at index: Int) -> Match<HeardPartySize>? {
        let word = utterance.word(index)
        let next = utterance.word(index + 1)
        if ["just", "only"].contains(word), ["me", "myself"].contains(next),
            !["and", "plus"].contains(utterance.word(index + 2))
        {
            return certain(1, index..<(index + 2))
        }
        if word == "by", next == "myself" { return certain(1, index..<(index + 2)) }
        if word == "us", next == "two" { return certain(2, index..<(index + 2)) }
        if ["me", "myself", "i"].contains(word), ["and", "plus", "with"].contains(next) {
            return withMe(utterance, at: index)
        }
        if word == "my", utterance.word(index + 2) == "and",
            ["i", "me", "myself"].contains(utterance.word(index + 3)),
            !utterance.word(index + 4).hasPrefix("want")
        {
            return certain(2, index..<(index + 4))
        }
        return nil
    }

    private static func withMe(_ utterance: Utterance, at index: Int) -> Match<HeardPartySize>? {
        let after = index + 2
        if ["my", "a"].contains(utterance.word(after)) {
            // "me and my four friends"
            if let more = HeardNumber.cardinal(utterance, at: after + 1),
                PeopleWords.companions.contains(utterance.word(more.range.upperBound))
            {
                return certain(more.value + 1, index..<(more.range.upperBound + 1))
            }
            guard !utterance.word(after + 1).isEmpty else { return nil }
            if utterance.word(after) == "a", utterance.word(after + 1) == "couple" { return nil }
            return certain(2, index..<(after + 2))
        }
        guard let more = HeardNumber.cardinal(utterance, at: after) else { return nil }
        var end = more.range.upperBound
        guard PeopleWords.companions.contains(utterance.word(end)) else { return nil }
        end += 1
        if PeopleWords.companions.contains(utterance.word(end)) { end += 1 }
        return certain(more.value + 1, index..<end)
    }

    private static func certain(_ size: Int, _ range: Range<Int>) -> Match<HeardPartySize> {
        Match(HeardPartySize(size: size, certainty: .certain), range)
    }

    // MARK: - "for four", "we are five", "make it five"

    private static let weakLeads = PhraseTable<Void>([
        (
            (),
            [
                "for", "we are", "we're", "we'll be", "we will be", "there are", "there's",
                "there will be", "there'll be", "make it", "make that", "it's", "it is",
                "it'll be", "it will be", "change it to", "change that to", "change to",
                "let's say", "would be", "we have", "seat",
            ]
        )
    ])

    private static func weak(_ utterance: Utterance, at index: Int) -> Match<HeardPartySize>? {
        guard let lead = weakLeads.match(utterance, at: index) else { return nil }
        var position = lead.range.upperBound
        if ["about", "around", "just", "maybe"].contains(utterance.word(position)) {
            position += 1
        }
        if let counted = counted(utterance, at: position) {
            return Match(counted.value, index..<counted.range.upperBound)
        }
        guard let number = HeardNumber.cardinal(utterance, at: position),
            !isTime(utterance, at: position)
        else { return nil }
        return Match(
            HeardPartySize(size: number.value, certainty: .likely),
            index..<number.range.upperBound)
    }
}
