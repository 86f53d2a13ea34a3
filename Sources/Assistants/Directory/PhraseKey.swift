import Language

/// The sounds of a whole name, one by one, with how much each sound tells: those of "hospital"
/// and other common words count for less. For names that a recogniser has cut into other words than
/// they are made of ("Yamu Namatero Nityi, whom" for "Yamuna Maternity Home").
struct PhraseKey: Sendable {
    /// As ``SoundKey`` has them.
    private(set) var sounds: [UInt8] = []
    /// How much each counts, in tenths.
    private(set) var scales: [Int] = []
    /// What it costs to leave all of it out, in hundredths of a consonant.
    private(set) var weight = 0

    init() {}

    /// - Parameter scale: in tenths, for each word.
    init(_ words: [String], scale: (String) -> Int) {
        for word in words { append(SoundKey(word).sounds, scale: scale(word)) }
    }

    private mutating func append(_ more: [UInt8], scale: Int) {
        for sound in more where sound != sounds.last {
            sounds.append(sound)
            scales.append(scale)
            weight += SoundKey.absence(sound) * scale
        }
    }

    /// Both, one after the other.
    static func + (left: PhraseKey, right: PhraseKey) -> PhraseKey {
        var result = left
        for (sound, scale) in zip(right.sounds, right.scales) where sound != result.sounds.last {
            result.sounds.append(sound)
            result.scales.append(scale)
            result.weight += SoundKey.absence(sound) * scale
        }
        return result
    }

    /// Pairs of neighbouring sounds, coarsely: each family of sounds is one. What has few pairs in
    /// common cannot sound alike.
    var pairs: Set<UInt8> {
        var result: Set<UInt8> = []
        for (left, right) in zip(sounds, sounds.dropFirst()) {
            result.insert(Self.family(left) << 4 | Self.family(right))
        }
        return result
    }

    private static func family(_ sound: UInt8) -> UInt8 {
        switch Character(Unicode.Scalar(sound)) {
        case "A": 0
        case "E", "I": 1
        case "O", "U": 2
        case "B", "P": 3
        case "D", "T", "0": 4
        case "G", "K", "Q": 5
        case "F", "V", "W": 6
        case "S", "Z": 7
        case "X", "J": 8
        case "M": 9
        case "N": 10
        case "L": 11
        case "R": 12
        case "H": 13
        case "Y": 14
        default: 15
        }
    }

    /// 1 where the spoken sounds are this phrase's, 0 where they have nothing in common. What is
    /// missing, changed or too many in common words counts for less. Does not allocate.
    /// - Parameters:
    ///   - spoken: each of its sounds counts in full.
    ///   - beginning: what this phrase begins with; judged by itself too, and the better counts.
    func similarity(toSpoken spoken: PhraseKey, orOf beginning: PhraseKey? = nil) -> Double {
        guard let firstScale = scales.first else { return 0 }
        let count = sounds.count
        return SoundKey.costs.withUnsafeBufferPointer { costs in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: count + 1) { row in
                row[0] = 0
                for index in 0..<count {
                    row[index + 1] = row[index] + SoundKey.absence(sounds[index]) * scales[index]
                }
                for said in spoken.sounds {
                    let absence = SoundKey.absence(said)
                    let place = Int(said) << 7
                    var diagonal = row[0]
                    row[0] += absence * firstScale
                    for index in 0..<count {
                        let scale = scales[index]
                        let next = index + 1 < count ? scales[index + 1] : scale
                        let changed = diagonal + Int(costs[place | Int(sounds[index])]) * scale
                        diagonal = row[index + 1]
                        row[index + 1] = min(
                            changed, row[index + 1] + absence * min(scale, next),
                            row[index] + SoundKey.absence(sounds[index]) * scale)
                    }
                }
                func share(_ distance: Int, _ weight: Int) -> Double {
                    max(0, 1 - 2 * Double(distance) / Double(max(1, weight + spoken.weight)))
                }
                let whole = share(row[count], weight)
                guard let beginning else { return whole }
                return max(whole, share(row[beginning.sounds.count], beginning.weight))
            }
        }
    }
}
