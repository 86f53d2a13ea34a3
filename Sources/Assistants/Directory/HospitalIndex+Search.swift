import Language
import Store

extension HospitalIndex {
    /// An entry that may be meant.
    struct Hit: Sendable, Equatable {
        var id: Int
        /// 0…1, how well the name fits.
        var score: Double
        /// 0…1, how much of what was said is in the name.
        var coverage: Double
        /// The name was said to the letter.
        var isExact: Bool
    }

    /// Where to look.
    enum Place: Sendable, Equatable {
        case anywhere
        case city(Int)
        /// Something that sounds like a city: how much like each.
        case heard([Double])
    }

    /// Above it a name was said, below ``doubtful`` it was not; between them it is asked back.
    static let sure = 0.8
    static let doubtful = 0.62

    /// The entries whose name sounds like some words, best first, with one hit for each entry.
    /// Microseconds in a city, under a millisecond or two among thousands of entries.
    /// - Parameter spoken: what was said of the name, in order, without "is", "in the network" and
    ///   the like.
    func search(_ spoken: [String], in place: Place) -> [Hit] {
        let query = Query(HospitalWords.normal(spoken), self, place)
        guard !query.words.isEmpty else { return [] }
        var best: [Int: Hit] = [:]
        for (variant, matches) in query.matches {
            consider(hit(variant, query, matches), place, &best)
        }
        // What was split or joined otherwise than in the name is found by the sound of all of it.
        for alike in candidates(place) {
            let whole = query.key.similarity(to: variants[alike[0]].key, atLeast: Self.doubtful)
            guard whole > 0 else { continue }
            for index in alike {
                let hit = Hit(
                    id: variants[index].id, score: whole * 0.99, coverage: whole, isExact: false)
                consider(hit, place, &best)
            }
        }
        let sorted = best.values.sorted { ($0.score, $1.id) > ($1.score, $0.id) }
        guard case .heard = place, let first = sorted.first else { return sorted }
        // The city that was heard decides between branches.
        return sorted.filter { $0.score > first.score - 0.1 }
    }

    /// The variants of a place, those of one name together.
    private func candidates(_ place: Place) -> [[Int]] {
        guard case .city(let city) = place else { return texts }
        // Variants stand in the order of the entries.
        return cities[city].ids.flatMap { variantRange(of: $0) }.map { [$0] }
    }

    /// Words long enough to be compared by sound, of the names in a place.
    fileprivate func wordIDs(in place: Place) -> [Int] {
        guard case .city(let city) = place else { return tellingWords }
        var seen: Set<Int> = []
        for id in cities[city].ids {
            for variant in variantRange(of: id) { seen.formUnion(variants[variant].words) }
        }
        return seen.filter { isTelling($0) }.sorted()
    }

    func variantRange(of id: Int) -> Range<Int> {
        var low = 0
        var high = variants.count
        while low < high {
            let middle = (low + high) / 2
            if variants[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low..<(low + 1 + hospitals[id].aliases.count)
    }

    private func consider(_ hit: Hit, _ place: Place, _ best: inout [Int: Hit]) {
        var hit = hit
        switch place {
        case .anywhere: break
        case .city(let city): guard cityOf[hit.id] == city else { return }
        case .heard(let similarities):
            hit.score = 0.8 * hit.score + 0.2 * similarities[cityOf[hit.id]]
        }
        guard hit.score >= Self.doubtful, hit.score > best[hit.id]?.score ?? 0 else { return }
        best[hit.id] = hit
    }

    /// Weighs the words that fit, none of them twice.
    private func hit(_ index: Int, _ query: Query, _ matches: [Query.Match]) -> Hit {
        let variant = variants[index]
        var used: [Range<Int>] = []
        var usedWords: Set<Int> = []
        var covered = 0.0
        var named = 0.0
        for match in matches.sorted(by: { $0.value > $1.value })
        where !usedWords.contains(match.word) && !used.contains(where: { $0.overlaps(match.range) })
        {
            used.append(match.range)
            usedWords.insert(match.word)
            covered += match.value
            named += words[match.word].weight * match.similarity
        }
        let all = Set(variant.words).reduce(0) { $0 + words[$1].weight }
        let coverage = min(1, covered / query.weight)
        let isExact = variant.text == query.text
        let score = isExact ? 1 : coverage * (0.75 + 0.25 * min(1, named / all))
        return Hit(id: variant.id, score: score, coverage: coverage, isExact: isExact)
    }

    /// The words that were said, held against every word of the names.
    private struct Query {
        /// A run of spoken words that sounds like a word of names.
        struct Match {
            var range: Range<Int>
            var word: Int
            var similarity: Double
            /// How much of what was said it accounts for.
            var value: Double
        }

        let words: [String]
        let text: String
        /// What the words that tell names apart sound like.
        let key: SoundKey
        let weight: Double
        /// By variant.
        private(set) var matches: [Int: [Match]] = [:]

        /// Words beyond these are not looked at: no name has so many, and looking costs.
        private static let wordsMax = 8
        /// As many words are taken for one that was split.
        private static let joinedMax = 3

        init(_ spoken: [String], _ index: HospitalIndex, _ place: Place) {
            let words = Array(spoken.prefix(Self.wordsMax))
            self.words = words
            text = HospitalWords.text(words)
            let keys = words.map { SoundKey($0) }
            let telling = words.indices.filter { !HospitalWords.generic.contains(words[$0]) }
            key = (telling.isEmpty ? Array(words.indices) : telling).reduce(SoundKey()) {
                $0 + keys[$1]
            }
            // A word that no name has counts as much as the rarest: it may be what tells.
            let weights = words.map { word in
                HospitalWords.generic.contains(word)
                    ? HospitalIndex.genericWeight
                    : index.wordIDs[word].map { index.words[$0].weight } ?? 1
            }
            weight = weights.reduce(0, +)
            let named = index.wordIDs(in: place)
            for start in telling {
                for end in (start + 1)...(start + Self.joinedMax) where end <= words.count {
                    let range = start..<end
                    guard range.allSatisfy(telling.contains) else { break }
                    add(range, keys, weights[range].reduce(0, +), index, named)
                }
            }
            // Every second name has "hospital" in it: such words only add to what others point to,
            // unless nothing else was said.
            for place in words.indices {
                guard let word = index.wordIDs[words[place]],
                    HospitalWords.generic.contains(words[place])
                else { continue }
                note(
                    place..<(place + 1), word, 1, weights[place], index,
                    onlyKnown: !telling.isEmpty)
            }
        }

        private mutating func add(
            _ range: Range<Int>, _ keys: [SoundKey], _ weight: Double, _ index: HospitalIndex,
            _ named: [Int]
        ) {
            if range.count == 1, let word = index.wordIDs[words[range.lowerBound]] {
                // What was understood to the letter is not doubted for what merely sounds alike.
                return note(range, word, 1, weight, index)
            }
            let key = range.reduce(SoundKey()) { $0 + keys[$1] }
            guard key.sounds.count > 2 else { return }
            for word in named {
                let entry = index.words[word]
                let floor = min(key.sounds.count, entry.key.sounds.count) < 5 ? 0.8 : 0.7
                let similarity = key.similarity(to: entry.key, atLeast: floor) * 0.97
                if similarity > 0 { note(range, word, similarity, weight, index) }
            }
        }

        private mutating func note(
            _ range: Range<Int>, _ word: Int, _ similarity: Double, _ weight: Double,
            _ index: HospitalIndex, onlyKnown: Bool = false
        ) {
            let match = Match(
                range: range, word: word, similarity: similarity, value: weight * similarity)
            for variant in index.words[word].variants
            where !onlyKnown || matches[variant] != nil {
                matches[variant, default: []].append(match)
            }
        }
    }
}
