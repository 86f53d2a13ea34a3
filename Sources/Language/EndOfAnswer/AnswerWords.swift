/// The words that ``AnswerJudge`` goes by; lower case, apostrophes closed up ("id" for "I'd").
package enum AnswerWords {
    package static let hesitations: Set<String> = [
        "um", "uh", "er", "erm", "hmm", "hm", "mm", "uhm", "ehm", "like",
    ]

    /// A sentence does not end with these.
    static let open: Set<String> = [
        "a", "an", "the", "and", "or", "but", "because", "so", "if", "then", "than", "as", "for",
        "at", "on", "in", "with", "of", "from", "by", "to", "into", "about", "around", "between",
        "until", "under", "near", "my", "your", "our", "their", "his", "her", "its", "this",
        "these", "those", "some", "any", "every", "next", "half", "quarter", "past", "i", "id",
        "ill", "im", "ive", "we", "wed", "were", "well", "they", "he", "she", "you", "is", "are",
        "be", "was", "am", "want", "need", "would", "could", "can", "will", "should", "make",
        "lets", "let", "maybe", "actually", "very", "mr", "mrs", "ms", "dr", "double", "triple",
        "area", "not", "dont", "also", "plus", "which", "whose", "party",
    ]

    /// "I'd like to book": a table.
    package static let transitive: Set<String> = ["book", "reserve", "order", "change"]

    package static let farewells: Set<String> = ["goodbye", "bye", "stop", "cancel"]

    package static let yes: Set<String> = [
        "yes", "yeah", "yep", "yup", "sure", "please", "correct", "right", "exactly", "ok", "okay",
        "of", "course", "absolutely", "definitely", "thats", "that", "is", "it", "fine", "great",
        "perfect", "good", "sounds", "thanks", "thank", "you", "go", "ahead", "all",
    ]

    package static let no: Set<String> = [
        "no", "nope", "nah", "thanks", "thank", "you", "never", "mind",
    ]

    package static let units: [String: Int] = [
        "zero": 0, "oh": 0, "o": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9,
    ]
    private static let teens: Set<String> = [
        "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
        "eighteen", "nineteen",
    ]
    package static let tens: Set<String> = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]

    package static let counted: Set<String> = [
        "people", "persons", "person", "guests", "us", "children", "kids", "pieces", "times",
        "years", "nights", "of",
    ]

    package static let nameLead: Set<String> = [
        "my", "name", "is", "its", "it", "im", "i", "am", "this", "the", "under", "of", "for",
        "names", "yes", "sure", "ok", "okay", "thats", "that",
    ]

    package static let streets: Set<String> = [
        "street", "st", "avenue", "ave", "road", "rd", "lane", "drive", "boulevard", "way",
        "court", "place", "square", "close", "terrace",
    ]

    package static let questionStarts: Set<String> = [
        "what", "when", "where", "how", "who", "why", "which", "can", "could", "do", "does", "is",
        "are", "would", "will", "have", "sorry",
    ]

    package static let corrections = [
        ["make", "it"], ["i", "meant"], ["i", "mean"], ["not", "right"], ["thats", "wrong"],
        ["change", "it"],
    ]

    private static let days: Set<String> = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today",
        "tomorrow", "tonight", "weekend", "january", "february", "march", "april", "june", "july",
        "august", "september", "october", "november", "december",
    ]

    /// These end a time of day.
    private static let dayParts: Set<String> = [
        "am", "pm", "oclock", "noon", "midnight", "morning", "afternoon", "evening", "night",
    ]

    package static func isNumber(_ word: String) -> Bool {
        units[word] != nil || teens.contains(word) || tens.contains(word) || word == "hundred"
            || word.allSatisfy(\.isNumber)
    }

    /// How many digits the words read out: "double five" is two of them, "42" too.
    package static func digitCount(_ words: [String]) -> Int {
        var count = 0
        var times = 1
        for word in words {
            switch word {
            case "double": times = 2
            case "triple": times = 3
            default:
                if units[word] != nil {
                    count += times
                } else if teens.contains(word) || tens.contains(word) {
                    count += 2
                } else if word.allSatisfy(\.isNumber) {
                    count += word.count
                }
                times = 1
            }
        }
        return count
    }

    package static func hasDate(_ words: [String]) -> Bool { words.contains(where: days.contains) }

    /// "at seven", "half past six", "seven thirty", "8 pm".
    package static func hasTime(_ words: [String]) -> Bool {
        if words.contains(where: dayParts.contains) { return true }
        for (word, next) in zip(words, words.dropFirst()) {
            if word == "at" || word == "past", isNumber(next) { return true }
            if isNumber(word), tens.contains(next) || next == "fifteen" { return true }
        }
        return false
    }

    /// After "at seven" there may come "thirty", after "seven thirty" only now and then "pm".
    package static func endsTime(_ words: [String]) -> Bool {
        guard let last = words.last else { return false }
        if dayParts.contains(last) || days.contains(last) { return true }
        guard isNumber(last), let before = words.dropLast().last else { return false }
        return before == "past" || isNumber(before)
    }

    /// "I'd like to book a table": says what the call is about, and many wait to be asked the rest.
    package static func isErrand(_ words: [String]) -> Bool {
        guard let to = words.firstIndex(of: "to"), to + 2 < words.count else { return false }
        return errands.contains(words[to + 1])
    }

    private static let errands: Set<String> = [
        "book", "reserve", "order", "cancel", "change", "make",
    ]

    /// "I'd like a table": for whom, and when, often comes after a breath.
    package static func isWish(_ words: [String]) -> Bool {
        guard let first = words.first, wishStarts.contains(first) else { return false }
        return words.contains(where: wishes.contains)
    }

    private static let wishStarts: Set<String> = [
        "id", "i", "we", "wed", "ill", "im", "a", "hello", "hi", "can", "could", "may",
    ]
    private static let wishes: Set<String> = [
        "like", "want", "need", "love", "book", "reserve", "order", "table", "looking", "have",
    ]

    package static let greetings: Set<String> = [
        "hello", "hi", "hey", "good", "morning", "afternoon", "evening", "there",
    ]

    /// After "on the fifth" there may come the month.
    package static let ordinals: Set<String> = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
        "seventeenth", "eighteenth", "nineteenth", "twentieth", "thirtieth",
    ]
}
