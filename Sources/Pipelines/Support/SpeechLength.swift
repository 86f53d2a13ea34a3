import DSP

/// How text and the time it takes to say hang together, where the synthesiser does not tell.
package enum SpeechLength {
    /// Of English over a telephone, spaces counted.
    package static let lettersPerSecond = 15

    /// How long it takes to say `text`.
    package static func seconds(of text: String) -> Double {
        Double(text.count) / Double(lettersPerSecond)
    }

    /// Bytes of `audio` that `text` takes.
    package static func byteCount(of text: String, in audio: CallAudio) -> Int {
        text.count * audio.sampleRate / lettersPerSecond * audio.bytesPerSample
    }

    /// What is still to be said of `text` once `byteCount` bytes of its speech are there, in `audio`:
    /// from the word on that was probably being spoken. All of it where there are none.
    package static func rest(
        of text: String, afterByteCount byteCount: Int, in audio: CallAudio
    ) -> String {
        guard byteCount > 0 else { return text }
        let spokenCount = byteCount * lettersPerSecond / audio.bytesPerSecond
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
