import Twilio

/// Cuts an answer into messages that Twilio takes.
package enum MessageParts {
    /// At the ends of sentences where there are any, else between words, else anywhere; characters
    /// that are drawn as one stay together.
    /// - Parameters:
    ///   - charactersMax: of one part, in UTF-16 code units, as messages are counted.
    ///   - partsMax: what does not fit into so many is left out, and an ellipsis says so.
    package static func split(
        _ text: String, charactersMax: Int = TwiML.messageCharactersMax, partsMax: Int
    ) -> [String] {
        precondition(charactersMax > 8 && partsMax > 0, "room for something")
        var parts: [String] = []
        var rest = trimmed(text[...])
        while !rest.isEmpty {
            if rest.utf16.count <= charactersMax {
                parts.append(String(rest))
                break
            }
            let isLast = parts.count + 1 == partsMax
            let head = head(of: rest, charactersMax: isLast ? charactersMax - 2 : charactersMax)
            if isLast {
                parts.append(String(trimmedEnd(head)) + " …")
                break
            }
            parts.append(String(trimmedEnd(head)))
            rest = trimmed(rest[head.endIndex...])
        }
        return parts
    }

    private static func head(of text: Substring, charactersMax: Int) -> Substring {
        var end = text.startIndex
        var count = 0
        var sentenceEnd: Substring.Index?
        var wordEnd: Substring.Index?
        while end < text.endIndex {
            let character = text[end]
            let width = character.utf16.count
            guard count + width <= charactersMax else { break }
            let next = text.index(after: end)
            if character.isWhitespace { wordEnd = end }
            let isFollowed = next < text.endIndex && text[next].isWhitespace
            if ".?!".contains(character), isFollowed { sentenceEnd = next }
            count += width
            end = next
        }
        // A short first part would only come of an early full stop.
        if let sentenceEnd, text[..<sentenceEnd].utf16.count >= charactersMax / 3 {
            return text[..<sentenceEnd]
        }
        if let wordEnd, wordEnd > text.startIndex { return text[..<wordEnd] }
        // One character may be wider than a whole part: joined emoji have no bound.
        return end > text.startIndex ? text[..<end] : text.prefix(1)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        text.drop(while: \.isWhitespace)
    }

    private static func trimmedEnd(_ text: Substring) -> Substring {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
