import Language

/// Cuts a text that arrives in pieces into sentences, each handed out as soon as it is complete.
///
/// A full stop ends a sentence only before white space and a word that does not go on in small
/// letters; not after abbreviations, initials and the numbers of a list. So prices, times, e-mail
/// addresses and "7 p.m. tomorrow" stay whole.
package struct SentenceSplitter {
    /// A sentence that has no end by now is cut at its last comma or space.
    static let letterCountMax = 300

    /// Sentences rarely end with these.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "ave", "blvd", "rd", "vs", "approx", "jr", "sr",
        "dept", "e.g", "i.e", "u.s",
    ]
    /// These can stand at the end of a sentence as well as inside.
    private static let openAbbreviations: Set<String> = ["a.m", "p.m", "etc", "inc", "ltd", "co"]
    /// Words for themselves unless a number follows.
    private static let numberSigns: Set<String> = ["no", "nr", "nos"]
    /// Names, and so in capitals; "sun" and "mar" are words too.
    private static let days: Set<String> = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon",
        "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    ]
    /// What follows a time of day in the same sentence although it has a capital.
    private static let dayNames = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
        "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]

    /// BCP 47; what is spoken how depends on it.
    private let language: String
    /// For the eye: amounts, times and numbers stay as they are.
    private let isWritten: Bool

    package init(language: String = "en", isWritten: Bool = false) {
        self.language = language
        self.isWritten = isWritten
    }

    private var pending: [Character] = []
    /// Everything before this has been looked at and holds no end.
    private var examined = 0
    /// The number of the list's item that was seen last.
    private var listNumber: Int?

    /// Takes more text.
    /// - Returns: the sentences that are complete with it, speakable, or plain where they are written.
    package mutating func append(_ text: String) -> [String] {
        pending += text
        var sentences: [String] = []
        while let end = nextEnd() {
            add(pending[..<end], to: &sentences)
            pending.removeFirst(end)
            examined = 0
        }
        return sentences
    }

    /// The text is over.
    package mutating func finish() -> [String] {
        var sentences = append("")
        add(pending[...], to: &sentences)
        pending = []
        examined = 0
        return sentences
    }

    private func add(_ piece: ArraySlice<Character>, to sentences: inout [String]) {
        let text =
            isWritten
            ? SaidText.written(String(piece))
            : SaidText.speakable(String(piece), language: language)
        if text.contains(where: { $0.isLetter || $0.isNumber }) { sentences.append(text) }
    }

    private mutating func nextEnd() -> Int? {
        var index = examined
        while index < pending.count {
            let letter = pending[index]
            if letter.isNewline || "。！？".contains(letter) { return index + 1 }
            if ".!?…".contains(letter) {
                switch verdict(at: index) {
                case .end(let end): return end
                case .undecided:
                    examined = index
                    return cutIfTooLong()
                case .inside: break
                }
            }
            index += 1
        }
        examined = index
        return cutIfTooLong()
    }

    private enum Verdict { case end(Int), inside, undecided }

    private mutating func verdict(at mark: Int) -> Verdict {
        var next = mark + 1
        while next < pending.count, ".!?…\"')]”’*".contains(pending[next]) { next += 1 }
        guard next < pending.count else { return .undecided }
        guard pending[next].isWhitespace else { return .inside }
        guard pending[mark] == ".", next == mark + 1 else { return .end(next) }
        var following = next
        while following < pending.count, pending[following].isWhitespace {
            if pending[following].isNewline { return .end(following) }
            following += 1
        }
        guard following < pending.count else { return .undecided }
        let goesOn = pending[following].isLowercase
        let word = word(before: mark)
        if Self.openAbbreviations.contains(word) {
            if goesOn { return .inside }
            return isDay(at: following).map { $0 ? .inside : .end(next) } ?? .undecided
        }
        if Self.numberSigns.contains(word) {
            return pending[following].isNumber ? .inside : .end(next)
        }
        if goesOn || Self.abbreviations.contains(word) { return .inside }
        if Self.days.contains(word), pending[mark - word.count].isUppercase { return .inside }
        let isInitial = word.count == 1 && word != "i" && pending[mark - 1].isUppercase
        return isInitial || isListNumber(word, before: mark) ? .inside : .end(next)
    }

    /// True when the word that begins here is a day or a month; nil while that is not certain.
    private func isDay(at start: Int) -> Bool? {
        let word = String(pending[start...].prefix { $0.isLetter }).lowercased()
        if start + word.count < pending.count { return Self.dayNames.contains(word) }
        return Self.dayNames.contains { $0.hasPrefix(word) } ? nil : false
    }

    /// "1." at the beginning or behind a colon, and "2." after it.
    private mutating func isListNumber(_ word: String, before mark: Int) -> Bool {
        guard let number = Int(word), word.count <= 2 else { return false }
        // Ordinals in many languages: "am 10. Dezember".
        guard language.hasPrefix("en") else { return true }
        let before = pending[..<(mark - word.count)].last { !$0.isWhitespace }
        let isNext = listNumber.map { number == $0 || number == $0 + 1 } ?? false
        guard before == nil || before == ":" || isNext else { return false }
        listNumber = number
        return true
    }

    private func word(before mark: Int) -> String {
        var start = mark
        while start > 0, !pending[start - 1].isWhitespace, pending[start - 1] != "(" { start -= 1 }
        return String(pending[start..<mark]).lowercased()
    }

    private mutating func cutIfTooLong() -> Int? {
        guard pending.count > Self.letterCountMax else { return nil }
        let cut =
            pending.lastIndex { ",;:".contains($0) } ?? pending.lastIndex(where: \.isWhitespace)
        return cut.map { $0 + 1 } ?? pending.count
    }
}
