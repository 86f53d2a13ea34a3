/// Judges words without caring for case, punctuation or the sounds engines write in brackets.
package struct HeardWords: Sendable {
    private let backchannels: Set<String>
    private let longestBackchannel: Int

    package init(backchannels phrases: [String]) {
        let split = phrases.map(Self.split)
        backchannels = Set(split.map { $0.joined(separator: " ") })
        longestBackchannel = split.map(\.count).max() ?? 0
    }

    /// The words of a transcript: lower case, letters and digits only, hyphens closed up
    /// ("uh-huh" is one word), and nothing from brackets or asterisks ("[noise]", "*coughs*").
    package static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            if character.isLetter || character.isNumber {
                word += character.lowercased()
                continue
            }
            if character == "-" || character == "'" || character == "’" { continue }
            if !word.isEmpty { words.append(word) }
            word = ""
            if let closing = Self.closing(character),
                let end = text[index...].firstIndex(of: closing)
            {
                index = text.index(after: end)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func closing(_ character: Character) -> Character? {
        switch character {
        case "[": "]"
        case "(": ")"
        case "*": "*"
        default: nil
        }
    }

    /// True if the words are nothing but backchannels ("mhm", "okay, right").
    package func isBackchannel(_ words: [String]) -> Bool {
        var index = 0
        while index < words.count {
            let longest = min(longestBackchannel, words.count - index)
            guard
                let length = stride(from: longest, to: 0, by: -1).first(where: {
                    backchannels.contains(words[index..<index + $0].joined(separator: " "))
                })
            else { return false }
            index += length
        }
        return !words.isEmpty
    }

    /// True if the words ask to be waited for ("one moment, please", "hold on a second, let me look"),
    /// and say nothing else.
    package func asksToWait(_ words: [String]) -> Bool {
        guard (1...Self.waitingWordsMax).contains(words.count) else { return false }
        return Self.waitingPhrases.contains { phrase in
            words.count >= phrase.count
                && (0...(words.count - phrase.count)).contains {
                    words[$0..<$0 + phrase.count].elementsEqual(phrase)
                }
        }
    }

    private static let waitingWordsMax = 8
    /// None that could stand before an order or an answer ("a second pizza", "let me get two").
    private static let waitingPhrases =
        [
            "hold on", "hang on", "bear with me", "one moment", "one sec", "just one second",
            "just one minute", "one second please", "just a moment", "just a second", "just a sec",
            "just a minute", "wait a moment", "wait a second", "wait a minute", "give me a moment",
            "give me a second", "give me a sec", "give me a minute", "need a moment",
            "need a minute", "wait please", "please wait", "let me check", "let me look",
            "let me ask", "be right back",
        ].map { $0.split(separator: " ").map(String.init) }

    /// True if the words, at least `least` of them, are found in a row in what was just said.
    package static func isEcho(_ words: [String], of said: [String], least: Int) -> Bool {
        guard least > 0, words.count >= least, words.count <= said.count else { return false }
        return (0...(said.count - words.count)).contains {
            said[$0..<$0 + words.count].elementsEqual(words)
        }
    }
}
