import Language

/// Words that ask something of a directory without naming a hospital or a city.
enum DirectoryWords {
    enum Ask: Sendable, Equatable {
        /// Which there are.
        case list
        /// For one or for several of them.
        case seek
        /// Whether one is in the network.
        case check
        case address
        case count
        case more
        /// "near me": a city must be asked for.
        case nearby
        /// It is about hospitals at all.
        case topic
        /// It is about something else.
        case elsewhere
    }

    static let asks = PhraseTable<Ask>([
        (
            .list,
            [
                "which", "what", "list", "tell me", "show me", "give me", "find", "find me", "any",
                "names of", "what are", "which are", "are there", "is there", "tell me about",
                "i need", "some", "give me some", "name",
                "tell me some", "name some", "which ones", "can you find", "do you know",
            ]
        ),
        (.seek, ["looking for", "search for", "search", "searching for"]),
        (
            .check,
            [
                "in the network", "in your network", "in network", "in our network",
                "part of the network", "part of your network", "on the network", "covered",
                "on your list", "on the list", "in the list", "in your list", "do you cover",
                "do you have", "have you got", "do you accept", "accepted", "included",
                "belong to", "belongs to", "listed", "empanelled", "what about", "how about",
                "in the directory", "in your directory", "in the net work", "in that network",
                "within the network", "in a network", "part of network", "check", "check if",
                "the network", "your network", "network", "in my network", "and the network",
            ]
        ),
        (
            .address,
            [
                "address", "the address", "addresses", "where is", "where's", "located",
                "location", "location of", "which street", "what street", "where exactly",
                "how do i get", "the address of", "where are", "what's the address",
            ]
        ),
        (.count, ["how many", "number of hospitals", "the number of"]),
        (
            .more,
            [
                "more", "go on", "next", "continue", "what else", "any others", "the rest",
                "others", "keep going", "further", "the others", "more please", "next ones",
                "other ones", "go ahead",
            ]
        ),
        (
            .nearby,
            [
                "near me", "nearby", "close to me", "around here", "closest", "nearest",
                "in my area", "in my city", "close by", "near here", "in my town",
            ]
        ),
        (
            .topic,
            [
                "hospital", "hospitals", "clinic", "clinics", "network", "doctors", "nursing home",
                "nursing homes", "medical centre", "medical center", "medical centres",
            ]
        ),
        (
            .elsewhere,
            [
                "weather", "the time", "what time", "joke", "news", "temperature", "appointment",
                "book", "price", "cost", "how much", "insurance claim", "claim", "ambulance",
                "restaurant", "restaurants", "pizza", "traffic", "football", "cricket", "score",
                "medicine", "symptoms", "fever", "headache", "policy", "premium", "your name",
                "how old", "song", "movie", "train", "flight", "hotel", "hotels", "money",
                "capital", "president", "prime minister",
            ]
        ),
    ])

    /// Words between the parts of a question, which belong to no name.
    static let stops: Set<String> = [
        "is", "are", "the", "a", "an", "in", "at", "near", "of", "from", "around", "and", "or",
        "to", "for", "on", "i", "i'm", "am", "want", "know", "if", "whether", "me", "my", "you",
        "your", "can", "could", "would", "will", "please", "like", "have", "has", "there",
        "there's",
        "it", "it's", "that", "this", "does", "do", "did", "tell", "about", "with", "um", "uh",
        "erm", "er", "so", "also", "well", "oh", "okay", "ok", "thanks", "thank", "hello", "hi",
        "hey", "yes", "no", "what's", "which", "what", "where", "one", "ones", "named", "called",
        "be", "we", "our", "was", "were", "looking", "find", "need", "let", "get", "city", "town",
        "again", "another", "then", "not", "any", "some", "by", "located", "i'd", "actually", "its",
        "these", "those", "they", "go", "going", "out", "see", "hear", "should", "just", "branch",
        "branches", "list", "name", "names", "all", "mean", "meant", "sorry", "yeah", "sure",
    ]

    /// What a question begins with before it comes to a name.
    static let leadIns: Set<String> = [
        "is", "it's", "his", "this", "isn't", "do", "does", "you", "have", "i", "i'm", "am",
        "looking",
        "for", "the", "a", "an", "if", "know", "want", "to", "tell", "me", "about", "what", "how",
        "and", "hi", "hello", "please", "can", "could", "check", "whether", "find", "need", "your",
    ]

    /// What is left over before a city or "in the network".
    static let trailers: Set<String> = ["in", "and", "the", "your", "at", "our", "a"]

    /// A city often comes after these.
    static let prepositions: Set<String> = [
        "in", "at", "near", "around", "from", "of", "and", "and in",
    ]
}
