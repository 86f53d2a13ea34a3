/// Recognises numbers in digits and words.
public enum HeardNumber {
    private static let units: [String: Int] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
        "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
        "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
        "nineteen": 19,
    ]
    private static let tens: [String: Int] = [
        "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
        "seventy": 70, "eighty": 80, "ninety": 90,
    ]
    private static let ordinals: [String: Int] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
        "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
        "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
        "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    ]
    /// Words that sound like numbers; only to be trusted where nothing but a number makes sense.
    private static let homophones: [String: Int] = [
        "to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8, "tree": 3, "sicks": 6,
    ]

    /// A whole number that begins at `index`: "4", "four", "twenty-one", "a hundred and five",
    /// "a couple", "a dozen". "seven thirty" is two numbers, not one.
    public static func cardinal(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        if let number = utterance[index]?.number { return Match(number, index..<(index + 1)) }
        if let group = quantity(utterance, at: index) { return group }
        guard let small = below100(utterance, at: index) else {
            if utterance.word(index) == "a", utterance.word(index + 1) == "hundred" {
                return hundreds(1, utterance, after: index + 1, from: index)
            }
            return nil
        }
        if utterance.word(small.range.upperBound) == "hundred", (1...9).contains(small.value) {
            return hundreds(small.value, utterance, after: small.range.upperBound, from: index)
        }
        return small
    }

    /// "14th", "fourteenth", "twenty-first".
    public static func ordinal(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        guard let token = utterance[index] else { return nil }
        if case .ordinal(let value) = token.kind { return Match(value, index..<(index + 1)) }
        if let value = ordinals[token.text] { return Match(value, index..<(index + 1)) }
        if let ten = tens[token.text], let unit = ordinals[utterance.word(index + 1)], unit < 10 {
            return Match(ten + unit, index..<(index + 2))
        }
        return nil
    }

    /// A cardinal, or a word that sounds like one ("to", "for", "ate").
    public static func soundingLikeCardinal(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        if let number = cardinal(utterance, at: index) { return number }
        guard let value = homophones[utterance.word(index)] else { return nil }
        return Match(value, index..<(index + 1))
    }

    private static func below100(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        let word = utterance.word(index)
        if let unit = units[word] { return Match(unit, index..<(index + 1)) }
        guard let ten = tens[word] else { return nil }
        if let unit = units[utterance.word(index + 1)], (1...9).contains(unit),
            !utterance.hasBreak(after: index)
        {
            return Match(ten + unit, index..<(index + 2))
        }
        return Match(ten, index..<(index + 1))
    }

    private static func hundreds(
        _ count: Int, _ utterance: Utterance, after hundredIndex: Int, from start: Int
    ) -> Match<Int> {
        var end = hundredIndex + 1
        var value = count * 100
        let rest = utterance.word(end) == "and" ? end + 1 : end
        if let small = below100(utterance, at: rest), small.value > 0 {
            value += small.value
            end = small.range.upperBound
        }
        return Match(value, start..<end)
    }

    /// "a couple (of)", "a pair (of)", "half a dozen", "a dozen".
    private static func quantity(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        var position = index
        var isHalf = false
        if utterance.word(position) == "half" {
            isHalf = true
            position += 1
        }
        if utterance.word(position) == "a" { position += 1 }
        let value: Int
        switch utterance.word(position) {
        case "couple" where !isHalf, "pair" where !isHalf: value = 2
        case "dozen": value = isHalf ? 6 : 12
        default: return nil
        }
        position += 1
        if utterance.word(position) == "of" { position += 1 }
        return Match(value, index..<position)
    }
}
