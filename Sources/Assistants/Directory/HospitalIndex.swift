import Language
import Store

/// A directory with what is needed to find things in it by city and name, by sound and alias. Built
/// once for each version of the data (some tens of milliseconds for 5,000 rows), shared by reference,
/// never changed.
public final class HospitalIndex: Sendable, Equatable {
    /// A city with the entries that are in it.
    struct City: Sendable {
        /// As the directory spells it most often.
        var name: String
        var ids: [Int]
        /// What its names sound like.
        var keys: [SoundKey]
        /// "in Pune", to be compared after a name.
        var phrase: PhraseKey
        var pairs: Set<UInt8>
    }

    /// A name or alias of an entry.
    struct Variant: Sendable {
        var id: Int
        var words: [Int]
        /// As ``HospitalWords/text(_:)`` has it, to be compared to the letter.
        var text: String
        /// What the words that tell it apart sound like.
        var key: SoundKey
        /// What all of it sounds like.
        var phrase: PhraseKey
        var pairCount: Int
    }

    /// A word of names.
    struct Word: Sendable {
        var text: String
        var key: SoundKey
        /// 0…1: how much it tells names apart.
        var weight: Double
        var variants: [Int] = []
    }

    /// Of the data it was made of.
    public let version: Int64
    public let hospitals: [Hospital]
    let cities: [City]
    /// The city of each entry.
    let cityOf: [Int]
    let variants: [Variant]
    let words: [Word]
    let wordIDs: [String: Int]
    /// Those that tell names apart and are long enough to be compared by sound.
    let tellingWords: [Int]
    /// The variants of each name, however many entries have it.
    let texts: [[Int]]
    /// Which of those have a pair of sounds, by the pair.
    let textsOfPair: [[Int]]
    private let cityPhrases: PhraseTable<Int>
    /// Cities and words of names that callers are most likely to say, those with the most entries
    /// first; ``vocabularyMax`` at most.
    public let vocabulary: [String]
    package static let vocabularyMax = 500

    /// Builds the index; blocks for it.
    public init(_ list: HospitalList) {
        version = list.version
        hospitals = list.hospitals
        (cities, cityOf) = Self.cities(of: hospitals)
        cityPhrases = PhraseTable(
            cities.enumerated().map { index, city in (index, Self.names(of: city.name)) })
        let names = Self.index(hospitals)
        variants = names.variants
        words = names.words
        wordIDs = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1.text, $0) })
        texts = Self.texts(of: variants)
        textsOfPair = Self.textsOfPair(texts, variants)
        tellingWords = words.indices.filter { Self.isTelling(names.words[$0]) }
        vocabulary = Self.vocabulary(cities, hospitals)
    }

    private static func texts(of variants: [Variant]) -> [[Int]] {
        var places: [String: Int] = [:]
        var result: [[Int]] = []
        for (index, variant) in variants.enumerated() {
            if let place = places[variant.text] {
                result[place].append(index)
            } else {
                places[variant.text] = result.count
                result.append([index])
            }
        }
        return result
    }

    private static func textsOfPair(_ texts: [[Int]], _ variants: [Variant]) -> [[Int]] {
        var result = [[Int]](repeating: [], count: 256)
        for (index, text) in texts.enumerated() {
            for pair in variants[text[0]].phrase.pairs { result[Int(pair)].append(index) }
        }
        return result
    }

    /// Cities first: there are fewer of them, and every other question has one.
    private static func vocabulary(_ cities: [City], _ hospitals: [Hospital]) -> [String] {
        var counts: [String: Int] = [:]
        for hospital in hospitals {
            for word in hospital.name.split(separator: " ") {
                let normal = HospitalWords.words(of: String(word)).first ?? ""
                guard normal.count > 2, !HospitalWords.generic.contains(normal) else { continue }
                counts[String(word), default: 0] += 1
            }
        }
        let places = cities.sorted { ($1.ids.count, $0.name) < ($0.ids.count, $1.name) }
        let words = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Array((places.map(\.name) + words.map(\.key)).prefix(vocabularyMax))
    }

    private static func isTelling(_ word: Word) -> Bool {
        word.weight > genericWeight && word.key.sounds.count > 2
    }

    func isTelling(_ word: Int) -> Bool { Self.isTelling(words[word]) }

    /// An index is the one that was built, and no other.
    public static func == (left: HospitalIndex, right: HospitalIndex) -> Bool { left === right }

    // MARK: - Cities

    private static func names(of city: String) -> [String] {
        let folded = CityAliases.folded(city)
        return CityAliases.byName[folded] ?? [folded]
    }

    private static func cities(
        of hospitals: [Hospital]
    ) -> (cities: [City], cityOf: [Int]) {
        var places: [String: Int] = [:]
        var spellings: [[String: Int]] = []
        var ids: [[Int]] = []
        var cityOf: [Int] = []
        for (id, hospital) in hospitals.enumerated() {
            let names = names(of: hospital.city)
            let place: Int
            if let known = places[names[0]] {
                place = known
            } else {
                place = ids.count
                places[names[0]] = place
                ids.append([])
                spellings.append([:])
            }
            ids[place].append(id)
            spellings[place][hospital.city, default: 0] += 1
            cityOf.append(place)
        }
        let cities = ids.indices.map { place in
            let name = spellings[place].max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            let keys = names(of: name).map { text in
                text.split(separator: " ").reduce(SoundKey()) { $0 + SoundKey(String($1)) }
            }
            let phrase = cityPhrase(name)
            return City(
                name: name, ids: ids[place], keys: keys, phrase: phrase, pairs: phrase.pairs)
        }
        return (cities, cityOf)
    }

    /// Cities that are named to the letter, by any of their names.
    func cities(in utterance: Utterance) -> [Match<Int>] { cityPhrases.matches(in: utterance) }

    /// How well each city's name sounds like some words; 0 below `floor`.
    func similarities(toCity words: [String], atLeast floor: Double) -> [Double] {
        let key = words.reduce(SoundKey()) { $0 + SoundKey($1) }
        return cities.map { city in
            city.keys.reduce(0) { max($0, key.similarity(to: $1, atLeast: floor)) }
        }
    }

    // MARK: - Names

    private static func index(_ hospitals: [Hospital]) -> (variants: [Variant], words: [Word]) {
        var variants: [Variant] = []
        var words: [Word] = []
        var ids: [String: Int] = [:]
        for (id, hospital) in hospitals.enumerated() {
            for name in [hospital.name] + hospital.aliases {
                let texts = HospitalWords.words(of: name)
                let phrase = phrase(
                    Utterance(name).tokens.map { HospitalWords.spoken($0.text) })
                var variant = Variant(
                    id: id, words: [], text: HospitalWords.text(texts), key: SoundKey(),
                    phrase: phrase, pairCount: phrase.pairs.count)
                for text in texts {
                    let word: Int
                    if let known = ids[text] {
                        word = known
                    } else {
                        word = words.count
                        ids[text] = word
                        words.append(Word(text: text, key: SoundKey(text), weight: 0))
                    }
                    variant.words.append(word)
                    if words[word].variants.last != variants.count {
                        words[word].variants.append(variants.count)
                    }
                }
                let telling = variant.words.filter {
                    !HospitalWords.generic.contains(words[$0].text)
                }
                // "City General Hospital" may have nothing but common words.
                for word in telling.isEmpty ? variant.words : telling {
                    variant.key = variant.key + words[word].key
                }
                variants.append(variant)
            }
        }
        let count = Double(max(2, variants.count))
        for index in words.indices {
            words[index].weight = weight(words[index], count)
        }
        return (variants, words)
    }

    static let genericWeight = 0.1

    private static func weight(_ word: Word, _ count: Double) -> Double {
        if HospitalWords.generic.contains(word.text) { return genericWeight }
        // A word of every name tells nothing, one of a single name everything.
        return max(0.3, 1 - logarithm(Double(word.variants.count)) / logarithm(count))
    }

    /// To base 2, in whole and linear steps: exact enough for weights.
    private static func logarithm(_ value: Double) -> Double {
        value < 1 ? 0 : Double(value.exponent) + value.significand - 1
    }
}
