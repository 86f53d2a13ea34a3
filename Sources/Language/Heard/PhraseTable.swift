/// Fixed phrases and what they mean: the longest one that begins at a token is found.
package struct PhraseTable<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var words: [String]
        var value: Value
    }

    private var byFirstWord: [String: [Entry]] = [:]

    /// - Parameter phrases: lower-case words separated by single spaces.
    package init(_ phrases: [(Value, [String])]) {
        for (value, texts) in phrases {
            for text in texts {
                let words = text.split(separator: " ").map(String.init)
                guard let first = words.first else { continue }
                byFirstWord[first, default: []].append(Entry(words: words, value: value))
            }
        }
        for key in byFirstWord.keys {
            byFirstWord[key]?.sort { $0.words.count > $1.words.count }
        }
    }

    /// The longest phrase that begins at `index`.
    package func match(_ utterance: Utterance, at index: Int) -> Match<Value>? {
        guard let entries = byFirstWord[utterance.word(index)] else { return nil }
        for entry in entries {
            let end = index + entry.words.count
            guard end <= utterance.count else { continue }
            let fits = entry.words.indices.allSatisfy {
                utterance.word(index + $0) == entry.words[$0]
            }
            if fits { return Match(entry.value, index..<end) }
        }
        return nil
    }

    /// All phrases, left to right, none overlapping.
    package func matches(in utterance: Utterance) -> [Match<Value>] {
        var result: [Match<Value>] = []
        var index = 0
        while index < utterance.count {
            if let found = match(utterance, at: index) {
                result.append(found)
                index = found.range.upperBound
            } else {
                index += 1
            }
        }
        return result
    }
}
