import Language

/// Recognises where something is to be delivered.
enum HeardAddress {
    private static let suffixes: Set<String> = [
        "street", "st", "avenue", "ave", "road", "rd", "lane", "ln", "drive", "dr", "boulevard",
        "blvd", "way", "court", "ct", "place", "pl", "square", "terrace", "highway", "parkway",
        "circle", "alley", "broadway", "plaza", "crescent", "close", "hill", "row",
    ]
    private static let carriers = PhraseTable<Void>([
        (
            (),
            [
                "my address is", "the address is", "address is", "it's", "it is", "that's",
                "that is", "i live at", "i'm at", "we're at", "we are at", "i am at",
                "deliver to", "deliver it to", "delivery to", "delivered to", "bring it to",
                "send it to", "to", "at", "that would be", "for delivery to", "please deliver to",
                "deliver that to", "deliver them to", "the address", "my address",
            ]
        )
    ])
    /// Words that no street has between its number and its kind.
    private static let restarts: Set<String> = ["to", "for", "and", "at", "of", "by", "it", "is"]
    private static let additions: Set<String> = [
        "apartment", "apt", "unit", "suite", "floor", "flat", "room",
    ]
    /// What ends an address.
    private static let endings: Set<String> = [
        "please", "thanks", "thank", "and", "okay", "ok", "with", "for", "that's", "can", "could",
        "i'd", "i'll", "but", "also", "add",
    ]

    /// A house number with its street, and what follows of the address.
    /// - Parameter inWords: also a number in words, which may mean anything unless it was asked for.
    static func street(in utterance: Utterance, inWords: Bool) -> Match<String>? {
        for index in utterance.tokens.indices {
            guard isHouseNumber(utterance, index), inWords || utterance[index]?.number != nil,
                let end = streetEnd(utterance, from: index)
            else { continue }
            return found(utterance, index..<extended(utterance, from: end))
        }
        return nil
    }

    /// All that was said, where an address was asked for: with a number or a kind of street in it.
    static func whole(of utterance: Utterance) -> Match<String>? {
        var start = 0
        for index in utterance.tokens.indices {
            guard let carrier = carriers.match(utterance, at: index) else { continue }
            start = carrier.range.upperBound
            break
        }
        var end = utterance.count
        while end > start, endings.union(["you"]).contains(utterance.word(end - 1)) { end -= 1 }
        let range = start..<end
        // "that one" has a number in it, too.
        let beginsInWords = range.count > 2 && isHouseNumber(utterance, range.lowerBound)
        let hasNumber = beginsInWords || range.contains { utterance[$0]?.number != nil }
        guard range.count >= 2, hasNumber || range.contains(where: { isSuffix(utterance, $0) })
        else { return nil }
        return found(utterance, range)
    }

    private static func isSuffix(_ utterance: Utterance, _ index: Int) -> Bool {
        suffixes.contains(utterance.word(index))
    }

    private static func isHouseNumber(_ utterance: Utterance, _ index: Int) -> Bool {
        if utterance[index]?.number != nil { return true }
        return HeardNumber.cardinal(utterance, at: index) != nil
            && !["a", "half", "couple"].contains(utterance.word(index))
    }

    /// After the word for the kind of street that comes within seven words of the number.
    private static func streetEnd(_ utterance: Utterance, from start: Int) -> Int? {
        let last = min(utterance.count, start + 8)
        guard start + 1 < last else { return nil }
        for index in (start + 1)..<last {
            if utterance.hasBreak(after: index - 1) { return nil }
            // "2 for delivery to 5 Main Street": the number nearest to the street is the house's.
            let word = utterance.word(index)
            let isRange = utterance[index]?.isJoined ?? false
            if utterance[index]?.number != nil && !isRange || restarts.contains(word) {
                return nil
            }
            if isSuffix(utterance, index), index > start + 1 || word == "broadway" {
                return index + 1
            }
        }
        return nil
    }

    /// Takes in flat, floor, city and code: all that follows up to the end of what was said.
    private static func extended(_ utterance: Utterance, from end: Int) -> Int {
        var end = end
        while end < utterance.count, !endings.contains(utterance.word(end)),
            // "Main St. Apt. 4"
            !utterance.hasBreak(after: end - 1) || additions.contains(utterance.word(end))
                || additions.contains(utterance.word(end - 1))
        {
            end += 1
        }
        return end
    }

    private static func found(_ utterance: Utterance, _ range: Range<Int>) -> Match<String> {
        Match(String(utterance.written(range).prefix(200)), range)
    }
}
