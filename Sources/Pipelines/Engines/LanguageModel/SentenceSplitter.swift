/// Cuts a text that arrives in pieces into sentences, each handed out as soon as it is complete.
///
/// A full stop ends a sentence only before white space and a word that does not go on in small
/// letters; not after abbreviations, initials and the numbers of a list. So prices, times, e-mail
/// addresses and "7 p.m. tomorrow" stay whole.
package struct SentenceSplitter {
    /// A sentence that has no end by now is cut at its last comma or space.
    static let letterCountMax = 300

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "ave", "blvd", "rd", "no", "nr", "vs", "etc",
        "approx",
        "jr", "sr", "dept", "inc", "ltd", "co", "e.g", "i.e", "a.m", "p.m", "u.s", "jan", "feb",
        "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "wed",
        "thu", "fri", "sat", "sun",
    ]
    /// These can stand at the end of a sentence as well as inside.
    private static let openAbbreviations: Set<String> = ["a.m", "p.m", "etc", "inc", "ltd", "co"]

    package init() {}

    private var pending: [Character] = []
    /// Everything before this has been looked at and holds no end.
    private var examined = 0

    /// Takes more text.
    /// - Returns: the sentences that are complete with it, speakable.
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
        let text = SpokenText.speakable(String(piece))
        if text.contains(where: { $0.isLetter || $0.isNumber }) { sentences.append(text) }
    }

    private mutating func nextEnd() -> Int? {
        var index = examined
        while index < pending.count {
            let letter = pending[index]
            if letter.isNewline { return index + 1 }
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

    private func verdict(at mark: Int) -> Verdict {
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
        if Self.openAbbreviations.contains(word) { return goesOn ? .inside : .end(next) }
        if goesOn || Self.abbreviations.contains(word) { return .inside }
        let isInitial = word.count == 1 && word != "i" && pending[mark - 1].isUppercase
        let isListNumber = word.allSatisfy(\.isNumber) && isFirstWord(before: mark)
        return isInitial || isListNumber ? .inside : .end(next)
    }

    private func word(before mark: Int) -> String {
        var start = mark
        while start > 0, !pending[start - 1].isWhitespace, pending[start - 1] != "(" { start -= 1 }
        return String(pending[start..<mark]).lowercased()
    }

    private func isFirstWord(before mark: Int) -> Bool {
        let length = word(before: mark).count
        return pending[..<(mark - length)].allSatisfy(\.isWhitespace)
    }

    private mutating func cutIfTooLong() -> Int? {
        guard pending.count > Self.letterCountMax else { return nil }
        let cut =
            pending.lastIndex { ",;:".contains($0) } ?? pending.lastIndex(where: \.isWhitespace)
        return cut.map { $0 + 1 } ?? pending.count
    }
}

/// Text as a voice is given it.
package enum SpokenText {
    /// Without markdown, emoji and line breaks, which synthesisers read out or stumble over.
    package static func speakable(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if "*_`#|~".unicodeScalars.contains(scalar) || isPictorial(scalar) { continue }
            kept.append(scalar.properties.isWhitespace ? " " : scalar)
        }
        let words = String(kept).split(separator: " ")
        let isBullet = words.first.map { $0 == "-" || $0 == "•" || $0 == "–" } ?? false
        return words.dropFirst(isBullet ? 1 : 0).joined(separator: " ")
    }

    private static func isPictorial(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isEmojiPresentation { return true }
        switch scalar.properties.generalCategory {
        // Arrows, dingbats and the joiners and selectors of emoji; not the degree sign.
        case .otherSymbol: return scalar != "°"
        case .format: return true
        default:
            return scalar.properties.isVariationSelector
                || (0x1F3FB...0x1F3FF).contains(scalar.value)
        }
    }
}
