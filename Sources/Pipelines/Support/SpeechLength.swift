/// How text and the time it takes to say hang together, where the synthesiser does not tell.
package enum SpeechLength {
    /// Of English over a telephone, spaces counted.
    package static let lettersPerSecond = 15

    /// Bytes of µ-law that `text` takes, 8,000 a second.
    package static func byteCount(of text: String) -> Int { text.count * 8000 / lettersPerSecond }

    /// What is still to be said of `text` once `byteCount` bytes of its speech are there (8,000 a
    /// second): from the word on that was probably being spoken. All of it where there are none.
    package static func rest(of text: String, afterByteCount byteCount: Int) -> String {
        guard byteCount > 0 else { return text }
        let spokenCount = byteCount * lettersPerSecond / 8000
        guard spokenCount < text.count else { return "" }
        var wordStart = text.startIndex
        var position = 0
        for index in text.indices {
            if position > spokenCount { break }
            if text[index].isWhitespace { wordStart = text.index(after: index) }
            position += 1
        }
        return String(text[wordStart...])
    }
}
