import Foundation

/// Finds names from a list in what a recogniser made of them, by sound and by parts of the name.
///
/// A name is found by all of it, by its aliases, and by each of its own words; a word that several
/// names share finds all of them. Words may be split or joined ("pepper only" for "pepperoni").
package struct NameIndex: Sendable {
    /// Names that an utterance may mean at one place.
    package struct Hit: Sendable, Equatable {
        /// Positions in the list, ascending.
        package var ids: [Int]
        package var range: Range<Int>
        /// 0…1, how well it sounds like the name.
        package var score: Double
    }

    private struct Entry: Sendable {
        var text: String
        var key: SoundKey
        var ids: [Int]
        /// A whole name or alias, not just a word of it.
        var isWhole: Bool
    }

    private let entries: [Entry]
    private let exact: [String: Int]

    /// The longest run of words that is compared with a name.
    private static let spanMax = 5

    /// - Parameters:
    ///   - names: each with its other names.
    ///   - groups: words that stand for several names ("dessert").
    package init(names: [[String]], groups: [(name: String, ids: [Int])] = []) {
        var ids: [String: Set<Int>] = [:]
        var whole: Set<String> = []
        for (id, variants) in names.enumerated() {
            for variant in variants {
                let phrase = Self.words(of: variant).joined(separator: " ")
                ids[phrase, default: []].insert(id)
                whole.insert(phrase)
            }
        }
        for (id, variants) in names.enumerated() {
            let words = variants.first.map(Self.words) ?? []
            // "Coke" is the Coke, and not the Diet Coke too.
            for word in words where word.count > 2 && !whole.contains(word) {
                if !CommonWords.contains(word) { ids[word, default: []].insert(id) }
            }
        }
        for group in groups {
            let phrase = Self.words(of: group.name).joined(separator: " ")
            ids[phrase, default: []].formUnion(group.ids)
        }
        entries = ids.keys.sorted().map { text in
            Entry(
                text: text.replacingOccurrences(of: " ", with: ""),
                key: Self.key(text.split(separator: " ").map(String.init)),
                ids: ids[text, default: []].sorted(), isWhole: whole.contains(text))
        }
        exact = Dictionary(entries.enumerated().map { ($1.text, $0) }) { first, _ in first }
    }

    /// All names in an utterance, left to right, none overlapping.
    /// - Parameters:
    ///   - taken: tokens that say something else.
    ///   - isNamed: whether a name must be there, so that words of everyday talk may be one.
    package func hits(in utterance: Utterance, taken: [Range<Int>] = [], isNamed: Bool = false)
        -> [Hit]
    {
        let words = utterance.tokens.map { Self.normal($0.text) }
        let keys = words.map { SoundKey($0) }
        let common = words.map { CommonWords.contains($0) }
        // What was understood to the letter is not doubted for what merely sounds alike.
        var result = pick(
            spans(of: words, utterance, taken) { range, text in
                exact[text].map { hit(entry: $0, range, score: 1) }
            })
        let rest = taken + result.map(\.range)
        result += pick(
            spans(of: words, utterance, rest) { range, _ in
                let key = range.reduce(SoundKey()) { $0 + keys[$1] }
                let isCommon = !isNamed && range.allSatisfy { common[$0] }
                return best(key: key, isCommon: isCommon).map {
                    hit(entry: $0.entry, range, score: $0.score)
                }
            })
        return merged(result.sorted { $0.range.lowerBound < $1.range.lowerBound }, utterance)
    }

    /// A hit with what it is worth: the longer name wins.
    private func hit(entry index: Int, _ range: Range<Int>, score: Double)
        -> (hit: Hit, value: Double)
    {
        let entry = entries[index]
        let value = (score - 0.5) * Double(entry.key.weight + (entry.isWhole ? 1 : 0))
        return (Hit(ids: entry.ids, range: range, score: score), value)
    }

    /// Looks at every run of words that nothing else has taken and no sentence ends in.
    private func spans(
        of words: [String], _ utterance: Utterance, _ taken: [Range<Int>],
        _ look: (Range<Int>, String) -> (hit: Hit, value: Double)?
    ) -> [(hit: Hit, value: Double)] {
        var found: [(hit: Hit, value: Double)] = []
        for start in words.indices {
            var text = ""
            for end in (start + 1)...(start + Self.spanMax) where end <= words.count {
                let range = start..<end
                if taken.contains(where: { $0.overlaps(range) }) { break }
                if end - start > 1, utterance.hasBreak(after: end - 2) { break }
                text += words[end - 1]
                if let hit = look(range, text) { found.append(hit) }
            }
        }
        return found
    }

    /// The most valuable hits of which no two overlap.
    private func pick(_ found: [(hit: Hit, value: Double)]) -> [Hit] {
        let sorted = found.sorted {
            ($0.value, $1.hit.range.lowerBound) > ($1.value, $0.hit.range.lowerBound)
        }
        var result: [Hit] = []
        for (hit, _) in sorted where !result.contains(where: { $0.range.overlaps(hit.range) }) {
            result.append(hit)
        }
        return result
    }

    private func best(key: SoundKey, isCommon: Bool) -> (entry: Int, score: Double)? {
        // Short sounds are like too many others.
        guard key.sounds.count > 3 else { return nil }
        var best: (entry: Int, score: Double)?
        for (index, entry) in entries.enumerated() where entry.key.sounds.count > 3 {
            let floor = isCommon ? 0.88 : entry.key.sounds.count < 6 ? 0.86 : 0.7
            let longest = max(entry.key.weight, key.weight)
            // The rest of the longer one is missing in any case.
            let most = 1 - Double(abs(entry.key.weight - key.weight)) / Double(longest)
            guard most >= max(floor, best?.score ?? 0) else { continue }
            let score = key.similarity(to: entry.key) * 0.99
            if score >= floor, score > best?.score ?? 0 { best = (index, score) }
        }
        return best
    }

    /// "pizza margherita": neighbours that mean one name together.
    private func merged(_ hits: [Hit], _ utterance: Utterance) -> [Hit] {
        var result: [Hit] = []
        for hit in hits {
            if let last = result.last, isJoined(last.range, hit.range, utterance) {
                let both = last.ids.filter(hit.ids.contains)
                if !both.isEmpty {
                    result[result.count - 1] = Hit(
                        ids: both, range: last.range.lowerBound..<hit.range.upperBound,
                        score: min(last.score, hit.score))
                    continue
                }
            }
            result.append(hit)
        }
        return result
    }

    private func isJoined(_ left: Range<Int>, _ right: Range<Int>, _ utterance: Utterance) -> Bool {
        let gap = left.upperBound..<right.lowerBound
        guard gap.count <= 1,
            (left.upperBound - 1..<right.lowerBound).allSatisfy({
                utterance[$0]?.breakAfter == Token.Break.none
            })
        else { return false }
        // One word between may be anything ("barbecue you chicken pizza") but what begins anew.
        guard let between = gap.first else { return true }
        return !["and", "or", "a", "an", "another", "with", "plus"].contains(
            utterance.word(between)) && HeardNumber.cardinal(utterance, at: between) == nil
    }

    // MARK: - Words

    package static func words(of text: String) -> [String] {
        Utterance(text).tokens.map { normal($0.text) }
    }

    private static func key(_ words: [String]) -> SoundKey {
        words.reduce(SoundKey()) { $0 + SoundKey($1) }
    }

    private static let synonyms = [
        "veggie": "vegetarian", "veggy": "vegetarian", "veg": "vegetarian",
        "vegetable": "vegetarian", "vegi": "vegetarian", "bbq": "barbecue",
        "barbeque": "barbecue", "parm": "parmesan", "parmigiana": "parmesan", "fry": "fries",
        "&": "and",
    ]

    /// One form of a word for all its forms: singular, synonym.
    package static func normal(_ word: String) -> String {
        var word = word
        if word.hasSuffix("'s") { word.removeLast(2) }
        if let other = synonyms[word] { return other }
        if word.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us") {
            word.removeLast()
        }
        return synonyms[word] ?? word
    }
}

/// Words of everyday talk, which alone are not a name however much they sound like one.
package enum CommonWords {
    package static func contains(_ word: String) -> Bool {
        more.contains(word) || !HeardName.isPlausible(word)
    }

    private static let more: Set<String> = [
        "order", "ordering", "deliver", "delivery", "delivered", "pick", "pickup", "picked",
        "collect", "take", "takeaway", "takeout", "bring", "give", "add", "remove", "address",
        "street", "avenue", "road", "extra", "large", "medium", "small", "size", "big", "regular",
        "house", "still", "red", "white", "single", "double", "diet", "hot", "fresh", "sweet",
        "green", "black", "special", "side", "dish", "food", "menu", "option", "option's",
        "choice", "price", "cost", "much", "total", "pay", "card", "cash", "home", "place",
        "piece", "slice", "portion", "glass", "bottle", "scoop", "plate", "let", "let's", "have",
        "will", "i'll", "we'd", "what", "without", "into", "instead", "swap", "replace", "switch",
        "twice", "together", "each", "every", "kind", "type", "meat", "cold", "warm", "drink",
        "eat", "eating", "hungry", "try", "tell", "ask", "answer", "question", "ready", "minute",
        "hour", "long", "soon", "phone", "number", "call", "called", "people's", "love", "lovely",
        "lover", "rice", "ball", "iced", "ice", "water", "wine", "tea", "cake", "stick", "main",
        "than", "went", "come", "came", "leave", "left", "thing", "sound", "sounds", "hope",
        "apartment", "floor", "street's", "deal", "point", "pasture", "pause", "passed",
    ]
}
