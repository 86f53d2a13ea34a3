/// Finding names by the sound of all that was said, whatever its words.
extension HospitalIndex {
    /// An entry that sounds like what was said.
    struct Near: Sendable, Equatable {
        var id: Int
        /// 0…1, of the whole phrase.
        var similarity: Double
    }

    /// As many names are compared sound by sound.
    private static let shortlistMax = 500
    /// Scales in tenths: of common words, of the city that was said besides, of "in" before it. They
    /// are those that rank most of `Tests/Fixtures/directory-heard.csv` among the first three.
    private static let commonScale = 7
    private static let cityScale = 6
    private static let prepositionScale = 2

    /// The phrase of a name, of its words as they are written.
    static func phrase(_ words: [String]) -> PhraseKey {
        PhraseKey(words) { HospitalWords.isCommon(HospitalWords.normal($0)) ? commonScale : 10 }
    }

    /// The phrase that follows a name where its city is named: "in Pune".
    static func cityPhrase(_ name: String) -> PhraseKey {
        PhraseKey(["in"]) { _ in prepositionScale }
            + PhraseKey(name.split(separator: " ").map(String.init)) { _ in cityScale }
    }

    /// The entries that sound most like a whole phrase, each of another name, best first.
    ///
    /// Few are compared sound by sound: those that share the most pairs of sounds with what was said.
    /// - Parameter spoken: all that was said where the name and perhaps its city were.
    func nearest(_ spoken: [String], in place: Place, countMax: Int) -> [Near] {
        let key = PhraseKey(spoken.map(HospitalWords.spoken)) { _ in 10 }
        guard key.sounds.count > 3 else { return [] }
        let isInCity = if case .city = place { true } else { false }
        var best: [String: Near] = [:]
        for variant in shortlist(key.pairs, place) {
            let id = variants[variant].id
            let name = variants[variant].phrase
            let similarity =
                isInCity
                ? name.similarity(toSpoken: key)
                : (name + cities[cityOf[id]].phrase).similarity(toSpoken: key, orOf: name)
            if similarity > best[hospitals[id].name]?.similarity ?? 0 {
                best[hospitals[id].name] = Near(id: id, similarity: similarity)
            }
        }
        return Array(
            best.values.sorted { ($0.similarity, $1.id) > ($1.similarity, $0.id) }
                .prefix(countMax))
    }

    /// One variant of each name: in the city that was said, or that is most like what was said.
    private func shortlist(_ pairs: Set<UInt8>, _ place: Place) -> [Int] {
        if case .city(let city) = place {
            return cities[city].ids.flatMap { variantRange(of: $0) }
        }
        var common = [Int](repeating: 0, count: texts.count)
        for pair in pairs { for text in textsOfPair[Int(pair)] { common[text] += 1 } }
        let shared = cities.map { $0.pairs.intersection(pairs).count }
        let likeness: [Double] =
            if case .heard(let similarities) = place {
                similarities
            } else {
                cities.indices.map { city in
                    2 * Double(shared[city])
                        / Double(max(1, cities[city].pairs.count + pairs.count))
                }
            }
        var chosen: [Int] = []
        chosen.reserveCapacity(texts.count)
        // Twice the share of what they have in common, in 255ths; with or without the city.
        let ranks = texts.indices.map { text in
            var best = texts[text][0]
            for variant in texts[text].dropFirst()
            where likeness[cityOf[variants[variant].id]] > likeness[cityOf[variants[best].id]] {
                best = variant
            }
            chosen.append(best)
            let city = cityOf[variants[best].id]
            let all = variants[best].pairCount + pairs.count
            let alone = 510 * common[text] / max(1, all)
            let both = 510 * (common[text] + shared[city]) / max(1, all + cities[city].pairs.count)
            return min(255, max(alone, both))
        }
        return Self.best(ranks, Self.shortlistMax).map { chosen[$0] }
    }

    /// The positions of the highest ranks (0…255), about so many, without sorting them.
    private static func best(_ ranks: [Int], _ count: Int) -> [Int] {
        var histogram = [Int](repeating: 0, count: 256)
        for rank in ranks { histogram[rank] += 1 }
        var floor = 256
        var sum = 0
        while floor > 1, sum + histogram[floor - 1] <= count {
            floor -= 1
            sum += histogram[floor]
        }
        return ranks.indices.filter { ranks[$0] >= floor }
    }
}
