/// Recognises numbers that are said digit by digit or in groups: customer numbers, telephone numbers.
/// "one oh four, double two", "ten four eighty two" and "104-22" are read; leading zeros count.
public enum HeardDigits {
    /// The longest run of digits in an utterance; of equal ones the last, because people correct
    /// themselves.
    /// - Parameters:
    ///   - minimum: shorter runs are something else.
    ///   - taken: tokens that say something else.
    public static func match(
        _ utterance: Utterance, minimum: Int = 3, taken: [Range<Int>] = []
    ) -> Match<String>? {
        var best: Match<String>?
        var index = 0
        while index < utterance.count {
            guard let run = run(in: utterance, from: index, taken) else {
                index += 1
                continue
            }
            index = run.range.upperBound
            let count = run.value.utf8.count
            if count >= minimum, count >= best?.value.utf8.count ?? 0 { best = run }
        }
        return best
    }

    private static func run(
        in utterance: Utterance, from start: Int, _ taken: [Range<Int>]
    ) -> Match<String>? {
        var digits = ""
        var index = start
        while index < utterance.count, !taken.contains(where: { $0.contains(index) }) {
            guard let part = part(utterance, at: index, isInside: !digits.isEmpty) else { break }
            digits += part.value
            index = part.range.upperBound
            // "My number is 10482. 2 pipes …": a sentence ends a number that was said in one word.
            if utterance.hasBreak(after: index - 1), part.value.utf8.count > 1 { break }
        }
        return digits.isEmpty ? nil : Match(digits, start..<index)
    }

    /// The digits that the word or words at an index say.
    private static func part(_ utterance: Utterance, at index: Int, isInside: Bool)
        -> Match<String>?
    {
        let word = utterance.word(index)
        if let written = writtenDigits(utterance, at: index) { return written }
        if word == "double" || word == "triple",
            let next = part(utterance, at: index + 1, isInside: true), next.value.utf8.count == 1
        {
            let text = String(repeating: next.value, count: word == "double" ? 2 : 3)
            return Match(text, index..<next.range.upperBound)
        }
        if let number = inWords(utterance, at: index) { return number }
        guard isInside else { return nil }
        if word == "oh" || word == "o" { return Match("0", index..<(index + 1)) }
        // "one to four" is 124; "to" at the end may be a digit, before other words it is none.
        guard let digit = homophones[word] else { return nil }
        let isLast = index + 1 == utterance.count
        guard isLast || part(utterance, at: index + 1, isInside: false) != nil else { return nil }
        return Match(digit, index..<(index + 1))
    }

    private static let homophones = ["to": "2", "too": "2", "for": "4", "won": "1", "ate": "8"]
    private static let quantities: Set<String> = ["a", "half", "couple", "pair", "dozen"]

    private static func writtenDigits(_ utterance: Utterance, at index: Int) -> Match<String>? {
        guard let token = utterance[index] else { return nil }
        let isNumber = token.original.utf8.allSatisfy {
            (0x30...0x39).contains($0) || ".,:/#".utf8.contains($0)
        }
        let digits = token.original.filter { $0.isASCII && $0.isNumber }
        return isNumber && !digits.isEmpty ? Match(digits, index..<(index + 1)) : nil
    }

    private static func inWords(_ utterance: Utterance, at index: Int) -> Match<String>? {
        guard !quantities.contains(utterance.word(index)),
            let number = HeardNumber.cardinal(utterance, at: index)
        else { return nil }
        guard utterance.word(number.range.upperBound) == "thousand", number.value < 1000 else {
            return Match(String(number.value), number.range)
        }
        var value = number.value * 1000
        var end = number.range.upperBound + 1
        let next = utterance.word(end) == "and" ? end + 1 : end
        if !quantities.contains(utterance.word(next)),
            let rest = HeardNumber.cardinal(utterance, at: next), rest.value < 1000
        {
            value += rest.value
            end = rest.range.upperBound
        }
        return Match(String(value), index..<end)
    }
}
