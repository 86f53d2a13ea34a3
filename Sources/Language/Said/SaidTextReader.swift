/// Goes through the words of a sentence and writes those that are not spoken as they are written.
package struct SaidTextReader {
    package let words: [SpokenWord]
    package let isEnglish: Bool
    private var index = 0
    private var spoken: [String] = []

    package init(words: [SpokenWord], isEnglish: Bool) {
        self.words = words
        self.isEnglish = isEnglish
    }

    package mutating func read() -> String {
        while index < words.count { readOne() }
        var text = ""
        for word in spoken where !word.isEmpty {
            // What stood before it was a picture.
            let isMark = word.allSatisfy { ",.;:!?".contains($0) }
            text += text.isEmpty || isMark ? word : " " + word
        }
        return text
    }

    private mutating func readOne() {
        if let telephone = SaidDigits.telephone(words[index...], isEnglish: isEnglish) {
            return take(telephone.words, as: telephone.text)
        }
        guard isEnglish else {
            let core = words[index].core
            return take(1, as: SaidDigits.isLong(core) ? SaidText.digits(core) : String(core))
        }
        let core = words[index].core
        let next = words[index].trail.isEmpty && index + 1 < words.count ? words[index + 1] : nil
        if let price = SaidPrice.read(core, followedBy: next) {
            return take(price.words, as: price.text)
        }
        if let time = SaidClock.read(core, followedBy: next) {
            return take(time.words, as: time.text, isAbbreviated: time.isAbbreviated)
        }
        if let text = SaidClock.date(core) ?? address(core) ?? number(core) ?? short(core) {
            return take(1, as: text, isAbbreviated: core.hasSuffix("."))
        }
        if ["no", "nr"].contains(core.lowercased()), words[index].trail == ".", isNumberNext {
            spoken.append(words[index].lead + "number")
            index += 1
            return
        }
        take(1, as: String(core))
    }

    /// Puts `count` words into others; the punctuation around them stays.
    /// - Parameter isAbbreviated: the last of them has a full stop of its own, which at the end is the
    ///   sentence's too.
    private mutating func take(_ count: Int, as text: String, isAbbreviated: Bool = false) {
        let last = index + count - 1
        var end = words[last].trail
        if isAbbreviated, last == words.count - 1, !end.contains(where: { ".!?".contains($0) }) {
            end = "." + end
        }
        // The bracket of "(555) 123-4567" is closed in the middle.
        let lead = count > 1 && words[index].trail == ")" ? "" : words[index].lead
        spoken.append(lead + text + end)
        index += count
    }

    // MARK: - Single words

    private func number(_ core: Substring) -> String? {
        if SaidDigits.isLong(core) { return SaidText.digits(core) }
        let isDigits = !core.isEmpty && core.allSatisfy { $0.isASCII && $0.isNumber }
        if isDigits, core.count >= 3 {
            // "Your order number is 1047."
            let before = words[max(0, index - 3)..<index].map { $0.core.lowercased() }
            let names = ["number", "code", "pin", "extension"]
            return before.contains(where: names.contains) ? SaidText.digits(core) : nil
        }
        if core.hasSuffix("%"), Double(core.dropLast()) != nil {
            return "\(core.dropLast()) percent"
        }
        if core.hasSuffix("x") || core.hasSuffix("×"), Int(core.dropLast()) != nil {
            return String(core.dropLast())
        }
        let ends = core.split(whereSeparator: { $0 == "-" || $0 == "–" })
        if ends.count == 2, ends.allSatisfy({ $0.count <= 3 && Int($0) != nil }) {
            return "\(ends[0]) to \(ends[1])"
        }
        return nil
    }

    private func short(_ core: Substring) -> String? {
        switch core.lowercased() {
        case "&": "and"
        case "×": ""
        case "e.g.": "for example"
        case "i.e.": "that is"
        default: nil
        }
    }

    private var isNumberNext: Bool {
        index + 1 < words.count && words[index + 1].core.first?.isNumber == true
    }

    /// "info at concya dot com"
    private func address(_ core: Substring) -> String? {
        let isMail = core.contains("@") && core.split(separator: "@").count == 2
        var rest = core
        var isLink = core.lowercased().hasPrefix("www.")
        for scheme in ["https://", "http://", "mailto:"] where core.hasPrefix(scheme) {
            rest = core.dropFirst(scheme.count)
            isLink = true
        }
        guard isMail || isLink, rest.contains(".") else { return nil }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var text = ""
        for letter in rest {
            switch letter {
            case "@": text += " at "
            case ".": text += " dot "
            case "/": text += " slash "
            case "_": text += " underscore "
            case "-": text += " dash "
            default: text.append(letter)
            }
        }
        return text
    }
}
