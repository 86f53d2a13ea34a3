import Language

/// Words that are in the names of many hospitals and tell few of them apart.
enum HospitalWords {
    static let generic: Set<String> = [
        "hospital", "clinic", "center", "centre", "medical", "nursing", "home", "healthcare",
        "health", "care", "multispeciality", "multispecialty", "multi", "speciality", "specialty",
        "super", "superspeciality", "institute", "research", "foundation", "trust", "the", "of",
        "and", "for", "science", "college", "pvt", "ltd", "limited", "private", "polyclinic",
        "general", "community", "memorial", "charitable", "dr", "doctor", "unit", "a", "an",
        "hospitals", "clinics", "sciences",
    ]

    /// What hospitals are for: such words are in many names, and yet tell them apart.
    private static let fields: Set<String> = [
        "eye", "heart", "children", "child", "maternity", "dental", "cancer", "orthopaedic",
        "kidney", "ent", "cardiac", "surgical", "skin", "fertility", "trauma", "burn", "mental",
    ]

    /// True when many names have a word.
    static func isCommon(_ word: String) -> Bool {
        generic.contains(word) || fields.contains(word)
    }

    /// One form for all forms of a word: singular, spelling.
    static func normal(_ word: String) -> String {
        switch word {
        case "center": "centre"
        case "multispecialty", "multispeciality": "multispeciality"
        case "specialty": "speciality"
        case "superspecialty": "superspeciality"
        case "orthopedic": "orthopaedic"
        case "&": "and"
        case "doctor": "dr"
        case "saint": "st"
        case "shri", "shree", "sree": "sri"
        default: NameIndex.normal(word)
        }
    }

    /// A word as it is spoken, however it is written; it keeps all of its sounds.
    static func spoken(_ word: String) -> String {
        switch word {
        case "center": "centre"
        case "multispecialty": "multispeciality"
        case "specialty": "speciality"
        case "superspecialty": "superspeciality"
        case "orthopedic": "orthopaedic"
        case "doctor": "dr"
        case "st": "saint"
        case "shri", "shree": "sri"
        case "i": "eye"
        default: word
        }
    }

    /// Words in the common form, with those joined that are written apart ("multi-speciality") and the "eye"
    /// that recognisers write as "I" before a hospital.
    static func normal(_ words: [String]) -> [String] {
        var result: [String] = []
        for word in words.map({ normal($0) }) {
            if word == "speciality", let last = result.last, last == "multi" || last == "super" {
                result[result.count - 1] = last + word
            } else if kinds.contains(word), result.count > 1, result.last == "i" {
                result[result.count - 1] = "eye"
                result.append(word)
            } else {
                result.append(word)
            }
        }
        return result
    }

    static let kinds: Set<String> = ["hospital", "clinic", "centre", "institute"]

    /// Words in that form without gaps and small words, to be compared to the letter.
    static func text(_ words: [String]) -> String {
        words.filter { !small.contains($0) }.joined()
    }

    private static let small: Set<String> = ["and", "of", "the", "for", "a", "an"]

    /// The words of a name in that form.
    static func words(of text: String) -> [String] {
        normal(Utterance(text).tokens.map(\.text))
    }
}
