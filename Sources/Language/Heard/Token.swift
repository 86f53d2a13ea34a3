/// One word, number or clock time of an utterance.
public struct Token: Sendable, Equatable {
    /// The kind of the characters by their form alone.
    public enum Kind: Sendable, Equatable {
        case word
        /// Digits: "7", "730", "2026".
        case number(Int)
        /// "14th", "3rd"
        case ordinal(Int)
        /// "7:30", "7.30"
        case clock(hour: Int, minute: Int)
        /// "3/14"
        case slash(Int, Int)
    }

    /// The punctuation after a token.
    public enum Break: Int, Sendable, Comparable {
        case none, comma, sentence, question, ellipsis

        public static func < (left: Break, right: Break) -> Bool { left.rawValue < right.rawValue }
    }

    /// Lower case, typographic apostrophes made plain, dots of abbreviations dropped ("pm").
    public var text: String
    /// As it was written, without surrounding punctuation.
    public var original: String
    public var kind: Kind
    public var breakAfter: Break
    /// Joined to the token before it by a hyphen or nothing at all ("twenty-one", "7pm").
    public var isJoined: Bool

    /// The number the digits say, if it is one.
    public var number: Int? { if case .number(let value) = kind { value } else { nil } }
}

/// The words that were said, as tokens.
public struct Utterance: Sendable, Equatable {
    public let text: String
    public let tokens: [Token]

    public init(_ text: String) {
        self.text = text
        tokens = Tokenizer.tokens(of: text)
    }

    package init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }

    public var isEmpty: Bool { tokens.isEmpty }
    public var count: Int { tokens.count }

    /// The token at an index; nil outside.
    public subscript(index: Int) -> Token? {
        tokens.indices.contains(index) ? tokens[index] : nil
    }

    /// The lower-case text at an index; empty outside, which equals no word.
    public func word(_ index: Int) -> String {
        tokens.indices.contains(index) ? tokens[index].text : ""
    }

    /// Some of the words as they were written, with their commas.
    package func written(_ range: Range<Int>) -> String {
        var text = ""
        for index in range {
            guard let token = self[index] else { continue }
            if !text.isEmpty {
                if token.isJoined {
                    // "4B" was split where digits meet letters, "12-14" at its hyphen.
                    let meetsNumber = self[index - 1]?.number != nil && token.kind == .word
                    text += meetsNumber ? "" : "-"
                } else {
                    text += " "
                }
            }
            text += token.original
            if token.breakAfter == .comma, index + 1 < range.upperBound { text += "," }
        }
        return text
    }

    /// True when punctuation of a sentence lies between two neighbours.
    public func hasBreak(after index: Int) -> Bool {
        guard let token = self[index] else { return true }
        return token.breakAfter >= .sentence
    }
}

/// Something recognised, with the tokens that said it.
public struct Match<Value: Sendable>: Sendable {
    public var value: Value
    public var range: Range<Int>

    public init(_ value: Value, _ range: Range<Int>) {
        self.value = value
        self.range = range
    }
}

extension Match: Equatable where Value: Equatable {}

/// Splits a transcript into tokens. Notes of the recogniser ("[BLANK_AUDIO]", "(music)",
/// "*coughs*") are left out.
package enum Tokenizer {
    package static func tokens(of text: String) -> [Token] {
        var result: [Token] = []
        for chunk in spoken(text).split(whereSeparator: \.isWhitespace) {
            append(chunk: chunk, to: &result)
        }
        return result
    }

    /// The text without bracketed notes, its typographic marks made plain.
    private static func spoken(_ text: String) -> String {
        let notes = SoundNotes.removed(from: text)
        // An opening mark that never closes was not a note after all.
        let words =
            notes.isUnclosed && notes.rest.isEmpty
            ? text.filter { !"[(*".contains($0) } : notes.rest
        var result = ""
        for character in words {
            switch character {
            case "\u{2019}", "\u{2018}", "`", "\u{02BC}": result.append("'")
            case "\u{2026}": result.append("...")
            case "\u{2013}", "\u{2014}": result.append(" - ")
            default: result.append(character)
            }
        }
        return result
    }

    private static func append(chunk: Substring, to result: inout [Token]) {
        var core = chunk
        while let first = core.first, !isContent(first) { core = core.dropFirst() }
        var trailing = ""
        while let last = core.last, !isContent(last) {
            trailing.insert(last, at: trailing.startIndex)
            core = core.dropLast()
        }
        guard !core.isEmpty else {
            if let last = result.indices.last {
                result[last].breakAfter = max(result[last].breakAfter, breakKind(String(chunk)))
            }
            return
        }
        let isAbbreviation = isDotted(core)
        if isAbbreviation {
            let letters = core.filter { $0 != "." }
            // The dot of "p.m." belongs to it; only more punctuation ends the sentence.
            if trailing.first == "." { trailing.removeFirst() }
            appendPiece(letters, joined: false, to: &result)
        } else {
            split(core, to: &result)
        }
        if let last = result.indices.last {
            result[last].breakAfter = breakKind(trailing)
        }
    }

    /// Splits at hyphens and where digits meet letters.
    private static func split(_ core: Substring, to result: inout [Token]) {
        var isFirst = true
        for piece in core.split(separator: "-") {
            let digits = piece.prefix { $0.isASCII && ($0.isNumber || ":./,".contains($0)) }
            let rest = piece.dropFirst(digits.count)
            if digits.isEmpty || rest.isEmpty {
                appendPiece(String(piece), joined: !isFirst, to: &result)
            } else if isOrdinalSuffix(rest), let number = Int(digits) {
                result.append(
                    Token(
                        text: piece.lowercased(), original: String(piece), kind: .ordinal(number),
                        breakAfter: .none, isJoined: !isFirst))
            } else {
                let number = digits.hasSuffix(".") ? digits.dropLast() : digits
                appendPiece(String(number), joined: !isFirst, to: &result)
                appendPiece(String(rest.filter { $0 != "." }), joined: true, to: &result)
            }
            isFirst = false
        }
    }

    private static func appendPiece(_ piece: String, joined: Bool, to result: inout [Token]) {
        result.append(
            Token(
                text: piece.lowercased(), original: piece, kind: kind(of: piece),
                breakAfter: .none, isJoined: joined))
    }

    private static func kind(of piece: String) -> Token.Kind {
        if let number = digits(Substring(piece)) { return .number(number) }
        if let (left, right, _) = pair(piece, ":"), left <= 24, right <= 59 {
            return .clock(hour: left, minute: right)
        }
        if let (left, right, width) = pair(piece, "."), width == 2, left <= 24, right <= 59 {
            return .clock(hour: left, minute: right)
        }
        if let (left, right, _) = pair(piece, "/") { return .slash(left, right) }
        if let (left, right, width) = pair(piece, ","), width == 3 {
            return .number(left * 1000 + right)
        }
        return .word
    }

    private static func pair(_ piece: String, _ separator: Character) -> (Int, Int, Int)? {
        let parts = piece.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count >= 2, let left = digits(parts[0]), let right = digits(parts[1]) else {
            return nil
        }
        guard parts.count == 2 || separator == "/" else { return nil }
        return (left, right, parts[1].count)
    }

    private static func digits(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 12,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }

    private static func isContent(_ character: Character) -> Bool {
        // Looking Unicode's properties up is slow, and nearly all of it is plain letters.
        if let ascii = character.asciiValue {
            switch ascii {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x26: return true
            default: return false
            }
        }
        return character.isLetter || character.isNumber
    }

    private static func isOrdinalSuffix(_ text: Substring) -> Bool {
        ["st", "nd", "rd", "th"].contains(text.lowercased())
    }

    /// "p.m", "U.S": single letters with dots between them.
    private static func isDotted(_ core: Substring) -> Bool {
        guard core.contains(".") else { return false }
        return core.split(separator: ".").allSatisfy { $0.count == 1 && $0.allSatisfy(\.isLetter) }
    }

    private static func breakKind(_ punctuation: String) -> Token.Break {
        if punctuation.contains("...") { return .ellipsis }
        if punctuation.contains("?") { return .question }
        if punctuation.contains(where: { ".!;".contains($0) }) { return .sentence }
        if punctuation.contains(where: { ",:-".contains($0) }) { return .comma }
        return .none
    }
}
