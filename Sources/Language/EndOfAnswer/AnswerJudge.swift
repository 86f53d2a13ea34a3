/// Judges from the words alone, and from what was asked, whether a caller may have finished: for
/// dialogues that know no better. English; microseconds; any thread.
public enum AnswerJudge {
    public static func completeness(
        of text: String, expecting expectation: AnswerExpectation
    ) -> Completeness {
        let words = HeardWords.split(text)
        guard let last = words.last else { return .unknown }
        if isBrokenOff(text) || AnswerWords.hesitations.contains(last) { return .incomplete }
        if isFarewell(words) { return .complete }
        if last == "to" || AnswerWords.transitive.contains(last), words.count > 1 {
            return .incomplete
        }
        if expectation != .name, AnswerWords.open.contains(last) { return .incomplete }
        switch expectation {
        case .yesNo: return judgeYesNo(words)
        case .number: return judgeNumber(words)
        case .digits(let count): return judgeDigits(words, count)
        case .name: return judgeName(words)
        case .date: return judgeDate(words)
        case .time: return judgeTime(words)
        case .dateAndTime: return judgeDateAndTime(words)
        case .address: return judgeAddress(words)
        case .free: return judgeSentence(words)
        }
    }

    /// Recognisers write a comma or dots where the voice stayed up.
    private static func isBrokenOff(_ text: String) -> Bool {
        guard let end = text.last(where: { !$0.isWhitespace }) else { return false }
        return end == "," || end == "…" || end == "-" || text.hasSuffix("...")
    }

    private static func isFarewell(_ words: [String]) -> Bool {
        guard let last = words.last, words.count <= 6 else { return false }
        return AnswerWords.farewells.contains(last)
            || words.count > 1 && words.suffix(2) == ["thank", "you"]
    }

    // MARK: - What was asked

    private static func judgeYesNo(_ words: [String]) -> Completeness {
        if words.allSatisfy(AnswerWords.yes.contains) { return .complete }
        if words.allSatisfy(AnswerWords.no.contains) {
            // Who says no often goes on to say what instead.
            return words.count == 1 ? .unknown : .complete
        }
        return judgeSentence(words)
    }

    private static func judgeNumber(_ words: [String]) -> Completeness {
        guard let last = words.last, words.contains(where: AnswerWords.isNumber) else {
            return judgeOther(words)
        }
        // After "twenty" there may come "five"; after "adults" the children.
        if AnswerWords.tens.contains(last) || last == "hundred" { return .unknown }
        if last == "adults" || last == "grownups" { return .partial }
        return AnswerWords.isNumber(last) || AnswerWords.counted.contains(last)
            ? .complete : .likely
    }

    private static func judgeDigits(_ words: [String], _ count: ClosedRange<Int>) -> Completeness {
        let digits = AnswerWords.digitCount(words)
        if digits == 0 { return judgeOther(words) }
        if digits >= count.upperBound { return .complete }
        return digits < count.lowerBound ? .incomplete : .partial
    }

    private static func judgeName(_ words: [String]) -> Completeness {
        // A name may itself be one of the words that lead to it: "An", "Will".
        guard words.count > 1 else { return .unknown }
        let rest = words.drop(while: AnswerWords.nameLead.contains)
        switch rest.count {
        case 0: return .incomplete
        // The family name may follow.
        case 1: return .unknown
        default: return .likely
        }
    }

    private static func judgeDate(_ words: [String]) -> Completeness {
        guard AnswerWords.hasDate(words) else { return judgeOther(words) }
        return AnswerWords.hasTime(words) ? .complete : .likely
    }

    private static func judgeTime(_ words: [String]) -> Completeness {
        guard AnswerWords.hasTime(words) else { return judgeOther(words) }
        return AnswerWords.endsTime(words) ? .complete : .unknown
    }

    private static func judgeDateAndTime(_ words: [String]) -> Completeness {
        let hasDate = AnswerWords.hasDate(words)
        let hasTime = AnswerWords.hasTime(words)
        if hasDate, hasTime { return AnswerWords.endsTime(words) ? .complete : .likely }
        return hasDate || hasTime ? .partial : judgeOther(words)
    }

    private static func judgeAddress(_ words: [String]) -> Completeness {
        guard let last = words.last, words.contains(where: AnswerWords.isNumber) else {
            return judgeOther(words)
        }
        guard let street = words.lastIndex(where: AnswerWords.streets.contains) else {
            return AnswerWords.isNumber(last) ? .incomplete : .partial
        }
        return street == words.count - 1 ? .partial : .likely
    }

    // MARK: - Sentences

    /// What was asked has not been said yet.
    private static func judgeOther(_ words: [String]) -> Completeness {
        let judged = judgeSentence(words)
        return judged == .unknown ? .partial : judged
    }

    private static func judgeSentence(_ words: [String]) -> Completeness {
        guard let first = words.first, let last = words.last else { return .unknown }
        if last == "please" || last == "thanks" { return words.count > 1 ? .complete : .likely }
        if words.allSatisfy(AnswerWords.greetings.contains) { return .partial }
        if words.allSatisfy(AnswerWords.yes.contains) { return .likely }
        if words.allSatisfy(AnswerWords.no.contains) { return .unknown }
        // A correction says one thing.
        if words.count >= 4, AnswerWords.corrections.contains(where: { contains(words, $0) }) {
            return .likely
        }
        let hasDate = AnswerWords.hasDate(words)
        let hasTime = AnswerWords.hasTime(words)
        if hasDate, hasTime { return .likely }
        if AnswerWords.isErrand(words) { return .unknown }
        if AnswerWords.isWish(words) || AnswerWords.ordinals.contains(last) { return .partial }
        if words.count >= 4, AnswerWords.questionStarts.contains(first) { return .likely }
        return hasDate || hasTime || words.contains(where: AnswerWords.isNumber)
            ? .partial : .unknown
    }

    private static func contains(_ words: [String], _ phrase: [String]) -> Bool {
        guard words.count >= phrase.count else { return false }
        return (0...(words.count - phrase.count)).contains {
            words[$0..<$0 + phrase.count].elementsEqual(phrase)
        }
    }
}
