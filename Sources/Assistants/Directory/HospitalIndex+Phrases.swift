/// Finding names by the sound of all that was said, whatever its words.
extension HospitalIndex {
    /// As many phrases are compared sound by sound.
    private static let shortlistMax = 300
    /// Scales in tenths: of the city that was heard besides, of "in" before it.
    private static let cityScale = 5
    private static let prepositionScale = 2

    /// The phrase of a name: common words count for half.
    static func phrase(_ words: [String]) -> PhraseKey {
        PhraseKey(words) { HospitalWords.generic.contains($0) ? 5 : 10 }
    }

    /// The phrase that follows a name where its city is named: "in Pune".
    static func cityPhrase(_ name: String) -> PhraseKey {
        PhraseKey(["in"]) { _ in prepositionScale }
            + PhraseKey(name.split(separator: " ").map(String.init)) { _ in cityScale }
    }

    /// Variants that sound like a whole phrase, with how much.
    ///
    /// Few are compared sound by sound: those that share the most pairs of sounds with what was said.
    func phrases(like spoken: [String], in place: Place) -> [(variant: Int, similarity: Double)] {
        let words = HospitalWords.normal(spoken)
        let key = PhraseKey(words) { _ in 10 }
        guard key.sounds.count > 3 else { return [] }
        return shortlist(key.pairs, place).compactMap { variant in
            var phrase = variants[variant].phrase
            if case .heard = place {
                phrase = phrase + cities[cityOf[variants[variant].id]].phrase
            }
            let similarity = phrase.similarity(toSpoken: key)
            return similarity > 0 ? (variant, similarity) : nil
        }
    }

    private func shortlist(_ pairs: Set<UInt8>, _ place: Place) -> [Int] {
        if case .city(let city) = place {
            return cities[city].ids.flatMap { variantRange(of: $0) }
        }
        var counts = [Int](repeating: 0, count: variants.count)
        for pair in pairs { for variant in variantsOfPair[Int(pair)] { counts[variant] += 1 } }
        var shared: [Int]?
        if case .heard = place {
            shared = cities.map { $0.pairs.intersection(pairs).count }
        }
        // Twice the share of common pairs, in 255ths.
        let ranks = variants.indices.map { index in
            var common = counts[index]
            var count = variants[index].pairCount + pairs.count
            if let shared {
                let city = cityOf[variants[index].id]
                common += shared[city]
                count += cities[city].pairs.count
            }
            return min(255, 510 * common / max(1, count))
        }
        return Self.best(ranks, Self.shortlistMax)
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
