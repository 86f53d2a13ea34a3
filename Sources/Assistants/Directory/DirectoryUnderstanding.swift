import Language
import Store

/// Everything the directory's dialogue takes from one utterance.
struct DirectoryUnderstanding: ScriptedUnderstanding, Sendable, Equatable {
    /// Where, as it was understood.
    struct CityMention: Sendable, Equatable {
        var place: HospitalIndex.Place
        /// As the caller said it.
        var spoken: String
    }

    /// What was said of a name, word by word; empty where none was.
    var name: [String] = []
    /// The same as it was written.
    var spokenName = ""
    /// All that was said where the name and perhaps its city were, small words included.
    var phrase: [String] = []
    /// True when that has "hospital" or the like in it, in the singular, and more besides.
    var isPhraseOfOne: Bool {
        let words = HospitalWords.normal(phrase)
        return phrase.contains { HospitalWords.kinds.contains($0) || $0 == "home" }
            && words.contains { !HospitalWords.isCommon($0) && !Self.fillers.contains($0) }
    }

    private static let fillers: Set<String> = [
        "good", "best", "big", "other", "nice", "new", "there", "there's", "any", "some", "are",
        "which", "us", "your", "our", "in", "that's",
    ]

    /// "the clinic": words of many names, where nothing else was said of one.
    var kinds: [String] = []
    var city: CityMention?
    var asks: Set<DirectoryWords.Ask> = []
    var choice: HeardChoice?
    var answer: HeardAnswer?
    var commands: [HeardCommand] = []
    var weakCommands: [HeardCommand] = []
    /// It begins as what follows an earlier question does ("and in Pune?", "what about Pune?").
    var follows = false
    var isQuestion = false
    var isEmpty = false

    /// True when neither a hospital nor a city was named.
    var isBare: Bool { name.isEmpty && city == nil }

    /// Any word may be one of a name.
    func isMeant(_ command: HeardCommand) -> Bool { isBare }

    /// What is beyond so many words is not looked at.
    private static let wordsMax = 40

    /// - Parameter isNaming: a hospital of some, or a city, was asked for, so that a few words are one.
    static func read(_ text: String, index: HospitalIndex) -> DirectoryUnderstanding {
        var utterance = Utterance(text)
        if utterance.count > wordsMax {
            utterance = Utterance(text: text, tokens: Array(utterance.tokens.prefix(wordsMax)))
        }
        var reader = DirectoryReader(utterance: utterance, index: index)
        return reader.read()
    }
}

/// Applies the recognisers one after the other; each leaves the tokens that it used to nobody else.
private struct DirectoryReader {
    let utterance: Utterance
    let index: HospitalIndex
    var taken: [Range<Int>] = []
    /// The tokens of a city that was heard.
    var cityRange: Range<Int>?
    var result = DirectoryUnderstanding()

    mutating func read() -> DirectoryUnderstanding {
        guard !utterance.isEmpty else {
            result.isEmpty = true
            return result
        }
        readAsks()
        readCity()
        readCommands()
        readChoice()
        readName()
        readPhrase()
        result.isQuestion = ScriptedWords.isQuestion(utterance)
        let first = utterance.word(0)
        result.follows =
            first == "and" || (first == "what" || first == "how") && utterance.word(1) == "about"
        return result
    }

    private mutating func readAsks() {
        for match in DirectoryWords.asks.matches(in: utterance) {
            result.asks.insert(match.value)
            // "Clinic" and "hospital" may be words of a name.
            if match.value != .topic { taken.append(match.range) }
        }
    }

    private mutating func readCommands() {
        let commands = HeardCommand.matches(in: utterance)
        // "No thank you" is a no besides its thanks.
        let asked = taken
        for match in commands where !taken.contains(where: { $0.overlaps(match.range) }) {
            if match.value.isWeak {
                result.weakCommands.append(match.value.command)
            } else {
                result.commands.append(match.value.command)
                taken.append(match.range)
            }
        }
        result.answer = HeardAnswer.answer(
            of: utterance,
            excluding: asked + commands.filter { $0.value.command == .greeting }.map(\.range))
        let isShort = utterance.count <= 4
        if isShort || utterance.word(0) == "yes" || utterance.word(0) == "no" {
            taken += HeardAnswer.ranges(in: utterance)
        }
    }

    /// "the second one" is not a name; "First Care" is one.
    private mutating func readChoice() {
        guard let choice = HeardChoice.match(utterance) else { return }
        result.choice = choice.value
        let isWhole =
            choice.range.upperBound == utterance.count
            || utterance.word(choice.range.upperBound - 1) == "one"
        if isWhole { taken.append(choice.range) }
    }

    // MARK: - City

    private mutating func readCity() {
        if let city = namedCity() {
            let spoken = utterance.written(city.range)
            result.city = .init(place: .city(city.value), spoken: spoken)
            cityRange = city.range
            taken.append(city.range)
        } else if let (range, similarities) = heardCity() {
            result.city = .init(place: .heard(similarities), spoken: utterance.written(range))
            cityRange = range
            taken.append(range)
        }
    }

    /// A city that is named to the letter: after "in" rather than inside a name ("Delhi Heart
    /// Institute in Pune").
    private func namedCity() -> Match<Int>? {
        let found = index.cities(in: utterance).filter { match in
            !taken.contains { $0.overlaps(match.range) }
        }
        let introduced = found.last { isIntroduced($0.range) }
        if let introduced { return introduced }
        guard let last = found.last else { return nil }
        // "Bombay Hospital": a city before such a word is a city all the same, unless a name says
        // otherwise.
        let isInName = ["hospital", "clinic"].contains(utterance.word(last.range.upperBound))
        return isInName && isName(last.range.lowerBound..<(last.range.upperBound + 1)) ? nil : last
    }

    private func isIntroduced(_ range: Range<Int>) -> Bool {
        DirectoryWords.prepositions.contains(utterance.word(range.lowerBound - 1))
    }

    private func isName(_ range: Range<Int>) -> Bool {
        let text = HospitalWords.text(HospitalWords.normal(range.map { utterance.word($0) }))
        return index.variants.contains { $0.text == text }
    }

    /// What sounds like a city, after the last "in".
    private func heardCity() -> (Range<Int>, [Double])? {
        let introductions: Set<String> = ["in", "at", "near", "around"]
        let start = utterance.tokens.indices.last { place in
            introductions.contains(utterance.word(place)) && isFree(place) && isContent(place + 1)
        }
        guard let start else { return nil }
        var end = start + 1
        while end < utterance.count, end - start <= 3, isContent(end) {
            end += 1
            if utterance[end - 1]?.breakAfter != Token.Break.none { break }
        }
        let range = (start + 1)..<end
        let similarities = index.similarities(
            toCity: range.map { utterance.word($0) }, atLeast: 0.5)
        return (range, similarities)
    }

    // MARK: - Name

    private mutating func readName() {
        let places = utterance.tokens.indices.filter { isContent($0) }
        // Of several stretches all count: "Manipal, the hospital".
        result.name = places.map { utterance.word($0) }
        guard let first = places.first, let last = places.last else { return }
        guard places.contains(where: { !isGeneric($0) }) else {
            result.name = []
            result.kinds = places.map { HospitalWords.normal(utterance.word($0)) }
            return
        }
        let isWhole = (first...last).allSatisfy { isFree($0) }
        result.spokenName =
            isWhole
            ? utterance.written(first..<(last + 1))
            : places.map { utterance.written($0..<($0 + 1)) }.joined(separator: " ")
    }

    /// From behind "is the" and "I am looking for" to before the city that was named, or to the end of
    /// the one that was heard.
    private mutating func readPhrase() {
        var start = 0
        while start < utterance.count, DirectoryWords.leadIns.contains(utterance.word(start)) {
            start += 1
        }
        var end = start
        let isHeard = if case .heard? = result.city?.place { true } else { false }
        while end < utterance.count {
            let isCity = cityRange?.contains(end) ?? false
            if isCity, !isHeard { break }
            if !isCity, end > start, !isFree(end), startsFrame(end) { break }
            end += 1
        }
        while end > start, DirectoryWords.trailers.contains(utterance.word(end - 1)) { end -= 1 }
        result.phrase = (start..<end).map { utterance.word($0) }
    }

    /// "in the network" ends a name; "any" within one may be a part of it.
    private func startsFrame(_ place: Int) -> Bool {
        guard let match = DirectoryWords.asks.match(utterance, at: place) else { return false }
        return match.value == .check
    }

    private func isGeneric(_ place: Int) -> Bool {
        HospitalWords.generic.contains(HospitalWords.normal(utterance.word(place)))
    }

    private func isFree(_ place: Int) -> Bool { !taken.contains { $0.contains(place) } }

    private func isContent(_ place: Int) -> Bool {
        guard let token = utterance[place], isFree(place) else { return false }
        // "Joshi I Hospital" is one for eyes.
        if token.text == "i", HospitalWords.kinds.contains(utterance.word(place + 1)), place > 0,
            isContent(place - 1)
        {
            return true
        }
        return !DirectoryWords.stops.contains(token.text)
    }
}
