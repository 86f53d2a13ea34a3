/// Recognises a person's name.
public struct HeardName: Sendable, Equatable {
    public var name: String
    /// It was introduced as one ("my name is …", "under …").
    public var isIntroduced: Bool

    /// Words that introduce a name without doubt.
    private static let carriers = PhraseTable<Void>([
        (
            (),
            [
                "my name is", "my name's", "my names", "the name is", "the name's", "name is",
                "name's", "under the name of", "under the name", "in the name of", "under name",
                "call me", "i am called", "i'm called", "last name is", "first name is",
                "my last name is", "my first name is", "last name", "first name", "the name of",
                "under", "on the name of", "name of", "my name", "the name", "name", "i said",
            ]
        )
    ])
    /// Words after which a name may come, or something else.
    private static let weakCarriers = PhraseTable<Void>([
        (
            (),
            [
                "it's", "it is", "its", "this is", "i'm", "i am", "that's", "that is", "for",
                "make it", "put it under", "put it down as", "it's for", "that would be",
                "that'd be", "it would be", "it'll be", "say", "just",
            ]
        )
    ])
    /// "John Miller speaking", "John Miller is my name"
    package static let closers: Set<String> = ["speaking", "here", "calling"]

    /// The name in an utterance.
    ///
    /// - Parameters:
    ///   - taken: tokens that say something else (times, answers), which end a name.
    ///   - isExpected: a name was asked for, so that a lone word may be one.
    public static func match(
        _ utterance: Utterance, taken: [Range<Int>], isExpected: Bool
    ) -> Match<HeardName>? {
        let reader = NameReader(utterance: utterance, taken: taken)
        var best: Match<HeardName>?
        for index in utterance.tokens.indices {
            guard let carrier = carriers.match(utterance, at: index),
                let name = reader.name(at: carrier.range.upperBound, isSure: true)
            else { continue }
            best = Match(
                HeardName(name: name.value, isIntroduced: true),
                carrier.range.lowerBound..<name.range.upperBound)
        }
        if let best { return best }
        for index in utterance.tokens.indices {
            guard let carrier = weakCarriers.match(utterance, at: index),
                let name = reader.name(at: carrier.range.upperBound, isSure: isExpected),
                isExpected || reader.isCapitalised(name.range)
            else { continue }
            return Match(
                HeardName(name: name.value, isIntroduced: true),
                index..<name.range.upperBound)
        }
        guard isExpected else { return nil }
        return reader.lone()
    }

    /// True when a word can be part of a name at all.
    package static func isPlausible(_ word: String) -> Bool { !NameReader.common.contains(word) }
}

private struct NameReader {
    let utterance: Utterance
    let taken: [Range<Int>]

    /// The name that begins at `index`: up to four words, or letters that are spelt.
    func name(at index: Int, isSure: Bool) -> Match<String>? {
        if let spelt = spelt(at: index) { return spelt }
        var end = index
        while end < utterance.count, end - index < 4, isNamePart(end) {
            end += 1
            if utterance[end - 1]?.breakAfter != Token.Break.none { break }
        }
        guard end > index else { return nil }
        return Match(written(index..<end), index..<end)
    }

    /// The only thing that was said, apart from small talk.
    func lone() -> Match<HeardName>? {
        for index in utterance.tokens.indices where isNamePart(index) {
            guard let name = name(at: index, isSure: true) else { continue }
            let rest = utterance.tokens.indices.filter {
                !name.range.contains($0) && !isTaken($0)
                    && !Self.fillers.contains(utterance.word($0))
            }
            guard rest.isEmpty || isAddition(rest, name.range) else { return nil }
            return Match(HeardName(name: name.value, isIntroduced: false), name.range)
        }
        return nil
    }

    func isCapitalised(_ range: Range<Int>) -> Bool {
        range.allSatisfy { utterance[$0]?.original.first?.isUppercase ?? false }
    }

    /// "Smith, S M I T H": spelling after a name may be left over; "with a K", "speaking" too.
    private func isAddition(_ rest: [Int], _ name: Range<Int>) -> Bool {
        if rest.count == 1, HeardName.closers.contains(utterance.word(rest[0])) { return true }
        return rest.allSatisfy { index in
            index >= name.upperBound
                && (utterance.word(index).count == 1
                    || ["with", "an"].contains(utterance.word(index)))
        }
    }

    private func spelt(at index: Int) -> Match<String>? {
        var end = index
        while let token = utterance[end], token.text.count == 1,
            token.text.first?.isLetter ?? false, end - index < 24
        {
            end += 1
        }
        guard end - index >= 3 else { return nil }
        let letters = (index..<end).map { utterance.word($0) }.joined()
        return Match(capitalised(letters), index..<end)
    }

    private func isNamePart(_ index: Int) -> Bool {
        guard let token = utterance[index], token.kind == .word, !isTaken(index) else {
            return false
        }
        guard token.text.contains(where: \.isLetter) else { return false }
        return !Self.common.contains(token.text) && !Self.fillers.contains(token.text)
    }

    private func isTaken(_ index: Int) -> Bool { taken.contains { $0.contains(index) } }

    private func written(_ range: Range<Int>) -> String {
        var result = ""
        for index in range {
            guard let token = utterance[index] else { continue }
            if !result.isEmpty { result += token.isJoined ? "-" : " " }
            result += capitalised(token.original)
        }
        if result.hasSuffix("'s") { result.removeLast(2) }
        return String(result.prefix(80))
    }

    /// "JOHN" and "john" become "John"; "McDonald" stays.
    private func capitalised(_ word: String) -> String {
        let isMixed =
            word.dropFirst().contains(where: \.isUppercase)
            && word.contains(where: \.isLowercase)
        if isMixed { return word }
        return word.prefix(1).uppercased() + word.dropFirst().lowercased()
    }

    static let fillers: Set<String> = [
        "um", "uh", "erm", "er", "hmm", "well", "so", "oh", "ah", "please", "yes", "yeah", "sure",
        "ok", "okay", "thanks", "thank", "you", "hi", "hello", "the", "a", "and", "like", "is",
        "fine", "mr", "mrs", "ms", "miss",
    ]

    /// Words that are not names where one is expected, and end one that has begun.
    static let common: Set<String> = [
        "i", "i'm", "i'd", "i'll", "i've", "me", "my", "mine", "myself", "you", "your", "he", "she",
        "it", "it's", "we", "we're", "we'll", "they", "them", "us", "our", "this", "that", "that's",
        "these", "those", "there", "here", "what", "what's", "which", "who", "when", "where", "why",
        "how", "a", "an", "the", "and", "or", "but", "if", "so", "because", "not", "no", "nope",
        "yes", "yeah", "yep", "at", "on", "in", "of", "for", "to", "from", "by", "with", "about",
        "under", "over", "as", "is", "am", "are", "was", "were", "be", "been", "do", "does", "did",
        "don't", "doesn't", "didn't", "have", "has", "had", "can", "can't", "could", "would",
        "should", "shall", "please", "thanks", "thank", "sorry", "pardon", "hello", "hi", "hey",
        "okay", "ok", "sure", "want", "need", "like", "get", "got", "make", "made", "put", "say",
        "said", "know", "think", "see", "book", "booking", "reserve", "reservation", "table",
        "name",
        "names", "party", "people", "person", "persons", "guests", "today", "tomorrow", "tonight",
        "evening", "morning", "afternoon", "night", "noon", "midnight", "monday", "tuesday",
        "wednesday", "thursday", "friday", "saturday", "sunday", "week", "weeks", "day", "days",
        "date", "time", "o'clock", "pm", "half", "quarter", "past", "one", "two", "three", "four",
        "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirty", "fifteen",
        "actually", "instead", "rather", "maybe", "just", "really", "also", "then", "now", "again",
        "change", "cancel", "wrong", "right", "correct", "good", "great", "perfect", "looking",
        "calling", "speaking", "trying", "hoping", "wondering", "going", "gonna", "afraid", "um",
        "uh", "erm", "hmm", "mhm", "oh", "well", "same", "nothing", "anything", "something",
        "everything", "all", "any", "some", "more", "much", "many", "other", "another", "next",
        "last", "first", "second", "early", "earlier", "late", "later", "possible", "available",
        "open", "closed", "free", "full", "ready", "done", "wait", "hold", "minute", "moment",
        "help", "human", "operator", "too", "very", "only", "still", "down", "up", "out",
        "dinner", "lunch", "breakfast", "birthday", "window", "outside", "inside", "vegetarian",
        "wife", "husband", "wife's", "ish", "blank", "goodbye", "bye", "repeat", "been",
    ]
}
