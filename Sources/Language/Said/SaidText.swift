/// Text as a voice is given it: without what synthesisers read out or stumble over, and with prices,
/// times, dates and numbers written as they are spoken.
package enum SaidText {
    /// - Parameter language: BCP 47. Words are put in only where it is English; marks are taken out
    ///   and long numbers read digit by digit in any language.
    package static func speakable(_ text: String, language: String = "en") -> String {
        var words = plain(withoutLinks(text)).split(separator: " ").map(SpokenWord.init)
        let isBullet = words.first.map { ["-", "•", "–"].contains($0.whole) } ?? false
        if isBullet { words.removeFirst() }
        var reader = SaidTextReader(words: words, isEnglish: language.hasPrefix("en"))
        return reader.read()
    }

    /// Text as a message holds it: without markdown and emoji, of which one would make it twice as long;
    /// addresses stay as they are.
    package static func written(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map { word in
            let kept = word.unicodeScalars.filter {
                !"*`".unicodeScalars.contains($0) && !isPictorial($0)
            }
            let isEmphasis = kept.count > 2 && kept.first == "_" && kept.last == "_"
            return String(String.UnicodeScalarView(isEmphasis ? kept.dropFirst().dropLast() : kept))
        }
        return words.filter { word in word.contains { $0 != "#" } }.joined(separator: " ")
    }

    /// "4 8 2, 0 5 1": digit by digit, with a pause after each third, or fourth where that comes out
    /// even.
    package static func digits(_ text: some StringProtocol) -> String {
        let characters = text.filter { $0.isNumber || $0.isLetter }
        let size = characters.count % 4 == 0 ? 4 : 3
        var groups: [String] = []
        var rest = Substring(characters)
        while !rest.isEmpty {
            groups.append(rest.prefix(size).map(String.init).joined(separator: " "))
            rest = rest.dropFirst(size)
        }
        return groups.joined(separator: ", ")
    }

    // MARK: - Marks

    /// Of "[our menu](https://…)" the words.
    private static func withoutLinks(_ text: String) -> String {
        guard text.contains("](") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "["),
            let middle = rest[open...].firstRange(of: "]("),
            let end = rest[middle.upperBound...].firstIndex(of: ")")
        {
            result += rest[..<open] + rest[rest.index(after: open)..<middle.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// Without markdown, emoji and line breaks.
    private static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).map { word in
            // What looks like markdown in an address belongs to it.
            let isAddress = word.contains("@") || word.contains("://")
            var kept = String.UnicodeScalarView()
            for scalar in word.unicodeScalars {
                let isMark =
                    isAddress ? "*`|".unicodeScalars.contains(scalar) : isMarkdown(scalar)
                if !isMark, !isPictorial(scalar) { kept.append(scalar) }
            }
            return String(kept)
        }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func isMarkdown(_ scalar: Unicode.Scalar) -> Bool {
        "*_`#|~".unicodeScalars.contains(scalar)
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

/// A word between the punctuation around it.
package struct SpokenWord {
    package var lead = ""
    package var core: Substring
    package var trail = ""

    package init(_ text: some StringProtocol) {
        core = Substring(text)
        while let first = core.first, "(\"'“‘[".contains(first) {
            lead.append(core.removeFirst())
        }
        while let last = core.last, ".,;:!?)\"'”’]…".contains(last) {
            trail = String(core.removeLast()) + trail
        }
        // "a.m." and "e.g." keep the dot that is theirs.
        if trail.hasPrefix("."), core.contains("."), core.allSatisfy({ $0.isLetter || $0 == "." }),
            core.split(separator: ".").allSatisfy({ $0.count == 1 })
        {
            core += "."
            trail.removeFirst()
        }
    }

    package var whole: String { lead + core + trail }
}
