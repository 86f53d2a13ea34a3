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

    /// One form for all forms of a word: singular, spelling.
    static func normal(_ word: String) -> String {
        switch word {
        case "center": "centre"
        case "multispecialty", "multispeciality": "multispeciality"
        case "specialty": "speciality"
        case "&": "and"
        case "doctor": "dr"
        case "saint": "st"
        case "shri", "shree", "sree": "sri"
        default: NameIndex.normal(word)
        }
    }

    /// The words of a name in that form.
    static func words(of text: String) -> [String] {
        Utterance(text).tokens.map { normal($0.text) }
    }
}
