import Foundation

/// The coarse sound of a word: the consonants of English spelling by their place and manner,
/// and vowels that count for little. Made for comparing what was meant with what a recogniser wrote.
public struct SoundKey: Sendable, Equatable {
    /// One byte a sound; upper-case letters, `0` for "th", `X` for "sh" and "ch".
    public private(set) var sounds: [UInt8] = []
    /// What it costs to leave all of it out; the measure that differences are held against.
    public private(set) var weight = 0

    public init() {}

    /// - Parameter word: letters in any case; marks on letters are dropped, other characters ignored.
    public init(_ word: String) {
        append(Speller(word).sounds())
    }

    /// The keys of words that follow each other, without the gaps between them.
    public static func + (left: SoundKey, right: SoundKey) -> SoundKey {
        var result = left
        result.append(right.sounds)
        return result
    }

    private mutating func append(_ more: [UInt8]) {
        for sound in more where sound != sounds.last {
            sounds.append(sound)
            weight += Self.absence(sound)
        }
    }

    /// 1 where both sound the same, 0 where they have nothing in common.
    /// - Parameter floor: a similarity below it is told as 0, which takes less time.
    public func similarity(to other: SoundKey, atLeast floor: Double = 0) -> Double {
        if sounds == other.sounds { return 1 }
        let most = max(weight, other.weight)
        guard most > 0 else { return 1 }
        let distanceMax = Int((1 - floor) * Double(most) + 1e-9)
        // The rest of the longer one is missing in any case.
        guard abs(weight - other.weight) <= distanceMax,
            let distance = distance(to: other, atMost: distanceMax)
        else { return 0 }
        return max(0, 1 - Double(distance) / Double(most))
    }

    /// Levenshtein's distance with costs by how easily two sounds are confused; nil beyond `limit`.
    /// Does not allocate.
    private func distance(to other: SoundKey, atMost limit: Int) -> Int? {
        Self.costs.withUnsafeBufferPointer { costs in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: other.sounds.count + 1) { row in
                row[0] = 0
                for (index, sound) in other.sounds.enumerated() {
                    row[index + 1] = row[index] + Self.absence(sound)
                }
                for mine in sounds {
                    let gone = Self.absence(mine)
                    let place = Int(mine) << 7
                    var diagonal = row[0]
                    row[0] += gone
                    var least = row[0]
                    for (index, theirs) in other.sounds.enumerated() {
                        let changed = diagonal + Int(costs[place | Int(theirs)])
                        diagonal = row[index + 1]
                        row[index + 1] = min(
                            changed, row[index + 1] + gone, row[index] + Self.absence(theirs))
                        least = min(least, row[index + 1])
                    }
                    // Costs only grow from row to row.
                    if least > limit { return nil }
                }
                let result = row[other.sounds.count]
                return result <= limit ? result : nil
            }
        }
    }

    // MARK: - Costs, in tenths of a wholly different consonant

    private static func isVowel(_ sound: UInt8) -> Bool {
        switch sound {
        case 0x41, 0x45, 0x49, 0x4F, 0x55: true
        default: false
        }
    }

    package static func absence(_ sound: UInt8) -> Int {
        if isVowel(sound) { return 4 }
        switch sound {
        case UInt8(ascii: "H"), UInt8(ascii: "W"), UInt8(ascii: "Y"): return 4
        case UInt8(ascii: "T"), UInt8(ascii: "D"), UInt8(ascii: "R"), UInt8(ascii: "N"): return 8
        default: return 10
        }
    }

    /// What it costs to take one sound for another, by both: voiced and voiceless, nasals, sibilants
    /// and glides are near each other. A flat table, because it is read for every pair of sounds.
    package static let costs: [UInt8] = {
        var table = [UInt8](repeating: 10, count: 128 * 128)
        func set(_ left: UInt8, _ right: UInt8, _ cost: UInt8) {
            table[Int(left) << 7 | Int(right)] = cost
            table[Int(right) << 7 | Int(left)] = cost
        }
        let vowels = Array("AEIOU".utf8)
        for left in vowels { for right in vowels { set(left, right, 2) } }
        let families: [(UInt8, [String])] = [
            (3, ["BP", "DT", "GK", "FV", "SZ", "JX", "IY"]),
            (4, ["MN", "0F", "0T", "0S", "0D", "UW", "OW", "KX"]),
            (5, ["SX", "JZ", "TX", "DJ", "VW", "BV", "GJ", "HK"]),
            (6, ["LR", "AR", "ER", "OR", "UR", "KT", "PT", "BD", "LW", "LO", "LU", "FS", "GH"]),
            (7, ["RW", "DG", "LN", "LY"]),
        ]
        for (cost, pairs) in families {
            for pair in pairs.map({ Array($0.utf8) }) { set(pair[0], pair[1], cost) }
        }
        for sound in 0..<UInt8(128) { set(sound, sound, 0) }
        return table
    }()
}

/// Reads a word's spelling from left to right.
private struct Speller {
    private let letters: [UInt8]
    private var result: [UInt8] = []

    init(_ word: String) {
        var letters: [UInt8] = []
        for scalar in word.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            if ("a"..."z").contains(scalar) { letters.append(UInt8(scalar.value)) }
        }
        self.letters = letters
    }

    private func letter(_ index: Int) -> Character {
        letters.indices.contains(index) ? Character(Unicode.Scalar(letters[index])) : " "
    }

    private func isSoft(_ index: Int) -> Bool { "eiy".contains(letter(index)) }

    mutating func emit(_ text: String) { result += Array(text.utf8) }

    func sounds() -> [UInt8] {
        var copy = self
        var index = 0
        while index < letters.count { index += copy.take(index) }
        return copy.result
    }

    /// Reads what begins at `index`; returns how many letters it used.
    private mutating func take(_ index: Int) -> Int {
        let this = letter(index)
        let next = letter(index + 1)
        if this == next, !"aeiouc".contains(this) { return 1 }
        switch this {
        case "a", "e", "i", "o", "u", "y": return vowel(index)
        case "c": return takeC(index)
        case "g": return takeG(index)
        case "s":
            if next == "h" { emit("X") } else { emit("S") }
            return next == "h" || next == "c" && isSoft(index + 2) ? 2 : 1
        case "t":
            if next == "h" {
                emit("0")
            } else if next == "c", letter(index + 2) == "h" {
                emit("X")
                return 3
            } else {
                emit("T")
            }
            return next == "h" ? 2 : 1
        case "p":
            emit(next == "h" ? "F" : "P")
            return next == "h" ? 2 : 1
        case "d":
            emit(next == "g" && isSoft(index + 2) ? "J" : "D")
            return next == "g" && isSoft(index + 2) ? 2 : 1
        case "k", "w":
            let isMute = index == 0 && (this == "k" && next == "n" || this == "w" && next == "r")
            if !isMute, this == "k" || "aeiouyh".contains(next) { emit(this == "k" ? "K" : "W") }
            return 1
        case "h":
            if index == 0 || "aeiou".contains(letter(index - 1)), "aeiouy".contains(next) {
                emit("H")
            }
            return 1
        case "q": emit("K")
        case "x": emit("KS")
        default: emit(String(this).uppercased())
        }
        return 1
    }

    private mutating func takeC(_ index: Int) -> Int {
        let next = letter(index + 1)
        if next == "c" {
            emit(isSoft(index + 2) ? "X" : "K")
            return 2
        }
        if next == "h" {
            // Italian: "zucchini", "bruschetta".
            emit(letter(index - 1) == "s" ? "K" : "X")
            return 2
        }
        if next == "k" {
            emit("K")
            return 2
        }
        emit(isSoft(index + 1) ? "S" : "K")
        return 1
    }

    private mutating func takeG(_ index: Int) -> Int {
        let next = letter(index + 1)
        if next == "n" { return 1 }
        if next == "h" {
            // "Margherita", "spaghetti"; but "night", "eight".
            if index == 0 || "ei".contains(letter(index + 2)) { emit("G") }
            return 2
        }
        emit(isSoft(index + 1) ? "J" : "G")
        return 1
    }

    /// A run of vowels is one sound.
    private mutating func vowel(_ index: Int) -> Int {
        var end = index + 1
        while "aeiouy".contains(letter(end)) { end += 1 }
        if letter(index) == "y", index == 0, end > index + 1 { emit("Y") }
        // "cheese", "wine": a last "e" is mute after a consonant.
        let isMute = end == letters.count && end == index + 1 && letter(index) == "e" && index > 1
        if isMute { return 1 }
        let run = String(decoding: letters[index..<end], as: UTF8.self)
        switch run {
        case "ee", "ea", "ie", "y", "i", "ei", "ey": emit("I")
        case "oo", "ou", "u", "ue", "ui": emit("U")
        case "ai", "ay", "e": emit("E")
        case "au", "o", "oa", "oe": emit("O")
        default: emit(letter(index) == "y" ? "I" : String(letter(index)).uppercased())
        }
        return end - index
    }
}
