import Language

/// Recognises where in or around a house something is: "in the basement", "apartment 3B on the second
/// floor", "the upstairs bathroom".
enum HeardPlace {
    private static let places = PhraseTable<Void>([
        (
            (),
            [
                "basement", "cellar", "kitchen", "bathroom", "bath", "bedroom", "living room",
                "dining room", "attic", "loft", "garage", "hallway", "corridor", "lobby", "garden",
                "yard", "backyard", "roof", "balcony", "terrace", "patio", "laundry room",
                "laundry",
                "staircase", "stairs", "stairwell", "entrance", "front door", "back door",
                "server room", "conference room", "meeting room", "warehouse", "workshop",
                "boiler room", "utility room", "storage room", "storeroom", "restroom",
                "ladies room", "men's room", "ground floor", "top floor", "upstairs", "downstairs",
                "outside", "driveway", "parking lot", "parking garage", "reception", "office",
                "canteen", "cafeteria", "study", "nursery", "pantry", "closet", "porch", "shed",
                "whole house", "whole building", "whole apartment", "everywhere", "playroom",
                "guest room", "waiting room", "classroom", "library", "gym", "pool", "sauna",
                "engine room", "machine room", "elevator shaft", "toilet", "ceiling", "house",
                "building", "apartment", "flat", "home", "shop", "store",
            ]
        )
    ])
    /// Places that are too often something else to be one without "in the" before them.
    private static let weak: Set<String> = [
        "roof", "toilet", "ceiling", "house", "building", "apartment", "flat", "home", "shop",
        "store",
        "outside", "office", "front door", "back door", "stairs", "pool", "bath", "garden",
        "study", "library", "laundry", "entrance",
    ]
    private static let units: Set<String> = [
        "apartment", "apt", "unit", "suite", "flat", "room", "office", "building", "house", "block",
        "floor", "level", "hall", "gate", "classroom", "entrance", "staircase", "warehouse",
    ]
    private static let prepositions: Set<String> = [
        "in", "at", "on", "from", "inside", "near", "by", "under", "behind", "outside", "beside",
        "above", "below", "beneath", "of", "to", "around", "over",
    ]
    private static let determiners: Set<String> = [
        "the", "my", "our", "a", "an", "your", "his", "her",
    ]
    private static let modifiers: Set<String> = [
        "front", "back", "main", "left", "right", "upper", "lower", "guest", "master", "rear",
        "north", "south", "east", "west", "small", "big", "large", "old", "new", "upstairs",
        "downstairs", "ground", "top", "middle", "children's", "kids", "second", "first", "third",
    ]

    private static let verbs: Set<String> = [
        "is", "it's", "are", "was", "were", "has", "have", "won't", "can't", "doesn't", "does",
        "it",
        "there", "there's", "my", "our", "we", "i", "needs", "stopped", "broke", "isn't",
    ]

    private struct Found {
        var range: Range<Int>
        /// "in the" or the like stands before it, or a number behind it.
        var isSure: Bool
    }

    /// The place in an utterance.
    /// - Parameter isExpected: it was asked for, so that a lone word is one.
    static func match(_ utterance: Utterance, isExpected: Bool) -> Match<String>? {
        if let street = HeardAddress.street(in: utterance, inWords: isExpected) {
            return withPlace(utterance, cut(utterance, street))
        }
        let all = found(in: utterance).filter { $0.isSure || isExpected || !isWeak(utterance, $0) }
        guard let first = all.first(where: \.isSure) ?? all.first else { return nil }
        var range = first.range
        // "in the bathroom on the second floor"
        for next in all where next.range.lowerBound >= range.upperBound {
            let gap = range.upperBound..<next.range.lowerBound
            guard gap.allSatisfy({ isGlue(utterance, $0) }), !breaks(utterance, range, next.range)
            else { break }
            range = range.lowerBound..<next.range.upperBound
        }
        return Match(utterance.written(range), range)
    }

    /// "12 Elm Street is jammed": the address ends where something is said of it.
    private static func cut(_ utterance: Utterance, _ street: Match<String>) -> Match<String> {
        let end = street.range.dropFirst(2).first { verbs.contains(utterance.word($0)) }
        guard let end else { return street }
        let range = street.range.lowerBound..<end
        return Match(utterance.written(range), range)
    }

    /// A street with the room that was named besides ("the kitchen at 12 Elm Street").
    private static func withPlace(_ utterance: Utterance, _ street: Match<String>) -> Match<String>
    {
        let room = found(in: utterance).first {
            !$0.range.overlaps(street.range) && !isWeak(utterance, $0)
        }
        guard let room else { return street }
        let range =
            min(
                room.range.lowerBound, street.range.lowerBound)..<max(
                room.range.upperBound, street.range.upperBound)
        return Match("\(utterance.written(room.range)), \(street.value)", range)
    }

    private static func found(in utterance: Utterance) -> [Found] {
        var result: [Found] = []
        var index = 0
        while index < utterance.count {
            guard let range = place(utterance, at: index) else {
                index += 1
                continue
            }
            let isNumbered = range.contains { utterance[$0]?.kind != .word }
            result.append(
                Found(range: range, isSure: isNumbered || isIntroduced(utterance, range.lowerBound))
            )
            index = range.upperBound
        }
        return result
    }

    private static func place(_ utterance: Utterance, at index: Int) -> Range<Int>? {
        if let floor = floor(utterance, at: index) ?? unit(utterance, at: index) { return floor }
        var start = index
        while start < utterance.count, modifiers.contains(utterance.word(start)) { start += 1 }
        if let place = places.match(utterance, at: start) { return index..<place.range.upperBound }
        return places.match(utterance, at: index)?.range
    }

    /// "second floor", "3rd floor"
    private static func floor(_ utterance: Utterance, at index: Int) -> Range<Int>? {
        guard let ordinal = HeardNumber.ordinal(utterance, at: index),
            ["floor", "level", "storey", "story"].contains(utterance.word(ordinal.range.upperBound))
        else { return nil }
        return index..<(ordinal.range.upperBound + 1)
    }

    /// "apartment 3B", "room two oh four", "building C"
    private static func unit(_ utterance: Utterance, at index: Int) -> Range<Int>? {
        guard units.contains(utterance.word(index)) else { return nil }
        var end = index + 1
        if utterance.word(end) == "number" { end += 1 }
        let first = end
        if let digits = HeardDigits.match(
            Utterance(text: "", tokens: Array(utterance.tokens[min(end, utterance.count)...])),
            minimum: 1), digits.range.lowerBound == 0
        {
            end += digits.range.upperBound
        }
        let letter = utterance.word(end)
        let isLetter = letter.count == 1 && letter.first?.isLetter ?? false
        let isName = letter != "i" && (letter != "a" || end + 1 == utterance.count)
        let isJoined = utterance[end]?.isJoined ?? false
        if isLetter, isName, end == first || isJoined { end += 1 }
        return end > first ? index..<end : nil
    }

    private static func isIntroduced(_ utterance: Utterance, _ start: Int) -> Bool {
        var before = start - 1
        if determiners.contains(utterance.word(before)) { before -= 1 }
        return prepositions.contains(utterance.word(before))
    }

    private static func isWeak(_ utterance: Utterance, _ found: Found) -> Bool {
        !found.isSure && weak.contains(found.range.map(utterance.word).joined(separator: " "))
    }

    private static func isGlue(_ utterance: Utterance, _ index: Int) -> Bool {
        let word = utterance.word(index)
        return prepositions.contains(word) || determiners.contains(word)
    }

    private static func breaks(_ utterance: Utterance, _ left: Range<Int>, _ right: Range<Int>)
        -> Bool
    {
        (left.upperBound - 1..<right.lowerBound).contains { utterance.hasBreak(after: $0) }
    }
}
