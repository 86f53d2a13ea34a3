import Language

/// Makes what was said of what the model wrote.
package enum WhisperText {
    /// Without descriptions of sounds ("[BLANK_AUDIO]", "(coughs)", "*music*") and without the
    /// repetitions that the decoder falls into; empty when no letter or digit is left.
    package static func spoken(_ text: String) -> String {
        let rest = SoundNotes.removed(from: text).rest
        let words = saidOnce(withoutLoops(rest.split { $0 == " " || $0 == "♪" }))
        let isSpoken = words.contains { $0.contains { $0.isLetter || $0.isNumber } }
        return isSpoken ? words.joined(separator: " ") : ""
    }

    private static let phraseWordsMax = 8

    /// How often in a row people do not say a phrase of so many words: a single one may be a digit of
    /// a telephone number.
    private static func repetitionsMin(wordCount: Int) -> Int { wordCount < 3 ? 6 : 3 }

    /// Keeps the first of each run of repetitions. The last one of a run may have been cut off.
    private static func withoutLoops(_ words: [Substring]) -> [Substring] {
        var out: [Substring] = []
        var start = 0
        next: while start < words.count {
            for length in 1...phraseWordsMax where start + length <= words.count {
                let phrase = words[start..<start + length]
                var end = start + length
                while end + length <= words.count, words[end..<end + length].elementsEqual(phrase) {
                    end += length
                }
                guard (end - start) / length >= repetitionsMin(wordCount: length) else { continue }
                out += phrase
                let rest = words[end...]
                let isCutOff = rest.count < length && phrase.starts(with: rest)
                start = isCutOff ? words.count : end
                continue next
            }
            out.append(words[start])
            start += 1
        }
        return out
    }

    /// No digit has so many letters: those are told again on purpose.
    private static let tellingLetterCount = 6

    /// Where all of it is one phrase said twice or more, the last time perhaps in part ("123 Main
    /// Street 123 Main Street 123"), the phrase.
    private static func saidOnce(_ words: [Substring]) -> [Substring] {
        let plain = words.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
        for length in stride(from: 3, through: words.count / 2, by: 1) {
            let isRepeated = plain.indices.allSatisfy { plain[$0] == plain[$0 % length] }
            guard isRepeated,
                plain[..<length].contains(where: {
                    $0.count >= tellingLetterCount && $0.allSatisfy(\.isLetter)
                })
            else { continue }
            return Array(words[..<length])
        }
        return words
    }
}
