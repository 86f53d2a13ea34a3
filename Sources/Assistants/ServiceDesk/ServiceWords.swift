import Language
import Store

/// Words of a service desk: the kinds of work from its settings, and what is common to all desks.
struct ServiceWords: Sendable {
    private let strong: PhraseTable<String>
    private let hints: PhraseTable<String>

    init(_ services: [ServiceType]) {
        strong = PhraseTable(services.map { ($0.name, Self.normal([$0.name] + $0.words)) })
        hints = PhraseTable(services.map { ($0.name, Self.normal($0.hints)) })
    }

    private static func normal(_ phrases: [String]) -> [String] {
        phrases.map { NameIndex.words(of: $0).joined(separator: " ") }
    }

    /// The kind of work that an utterance is about: the first that is named, or else hinted at.
    func service(in utterance: Utterance) -> String? {
        let normal = Utterance(normalising: utterance)
        return (strong.matches(in: normal).first ?? hints.matches(in: normal).first)?.value
    }

    /// True when something is said to be wrong or to be done.
    func hasSymptom(_ utterance: Utterance, in range: Range<Int>? = nil) -> Bool {
        let range = range ?? 0..<utterance.count
        if Self.symptoms.matches(in: utterance).contains(where: { range.overlaps($0.range) }) {
            return true
        }
        return hints.matches(in: Utterance(normalising: utterance)).contains {
            range.overlaps($0.range)
        }
    }

    private static let symptoms = PhraseTable<Void>([
        (
            (),
            [
                "broken", "broke", "breaks", "leak", "leaks", "leaking", "leaked", "dripping",
                "drips", "not working", "doesn't work", "does not work", "isn't working",
                "don't work", "aren't working", "stopped", "stops", "won't", "will not", "can't",
                "cannot", "stuck", "jammed", "jams", "blocked", "clogged", "overflowing",
                "overflows", "flooded", "flooding", "noisy", "noise", "noises", "smell", "smells",
                "smelling", "sparks", "sparking", "flickering", "flickers", "cracked", "crack",
                "lost", "out of order", "fell", "fallen", "dead", "repair", "repaired", "replace",
                "replaced", "install", "installed", "installation", "inspect", "inspection",
                "inspected", "maintenance", "fix", "fixed", "fixing", "paint", "painted", "error",
                "no power", "no heat", "no water", "no hot water", "no light", "went out",
                "too hot", "too cold", "ice cold", "cold", "burst", "damaged", "loose", "squeaks",
                "squeaking", "rattles", "rattling", "failed", "fails", "failing", "tripped",
                "trips", "gone", "slow", "down", "missing", "rusty", "mold", "mould", "gurgling",
                "running", "hums", "buzzing", "humming", "beeping", "locked out", "unclog",
                "assemble", "mount", "check", "checked", "serviced", "turned off",
                "keeps", "hanging",
            ]
        )
    ])

    // MARK: - Remarks

    enum Remark: Sendable { case isNew, forgotten, somebodyElse, callersNumber, another }

    static let remarks = PhraseTable<Remark>([
        (
            .isNew,
            [
                "i'm new", "i am new", "new customer", "a new customer", "i don't have one",
                "i do not have one", "i don't have a number", "i do not have a number",
                "don't have a customer number", "do not have a customer number", "have no number",
                "i have none", "i haven't got one", "no customer number", "first time",
                "not a customer yet", "not yet a customer", "register", "sign up",
                "don't have any number", "i'm not a customer", "we're new", "we are new",
            ]
        ),
        (
            .forgotten,
            [
                "forgot my number", "forgot it", "forgot my customer number", "forgotten",
                "don't know my number", "do not know my number", "don't know it",
                "don't remember", "do not remember", "don't know my customer number",
                "can't find it", "don't have it with me", "lost my number", "can't remember",
                "don't have it here", "don't know the number",
            ]
        ),
        (
            .somebodyElse,
            [
                "that's not me", "that is not me", "not me", "that isn't me", "wrong person",
                "that's not my name", "that is not my name", "wrong customer", "wrong number",
                "that's somebody else", "that's someone else", "not my number",
            ]
        ),
        (
            .callersNumber,
            [
                "this number", "the same number", "this one", "number i'm calling from",
                "number i am calling from", "the one i'm calling from", "my own number",
                "the one i am calling from", "this phone", "the number i call from",
                "number i'm calling you from", "you can see my number",
            ]
        ),
        (
            .another,
            [
                "another problem", "another order", "another thing", "something else",
                "one more thing", "another one", "one more problem", "another issue", "new order",
            ]
        ),
    ])

    static let numberCarriers = PhraseTable<Void>([
        (
            (),
            [
                "customer number", "my number", "my number is", "number is", "the number is",
                "customer id", "my id is", "account number", "my customer number is",
                "customer number is", "phone number", "telephone number", "phone number is",
                "my phone number is", "it's customer", "customer",
            ]
        )
    ])

    static let nameCarriers = PhraseTable<Void>([
        (
            (),
            ["my name is", "my name's", "the name is", "name is", "call me", "last name is"]
        )
    ])

    static let placeCarriers = PhraseTable<Void>([
        (
            (),
            [
                "it's in the", "it's at the", "it's on the", "it is in the", "it is at the",
                "it is on the", "it's in", "it's at", "it's on", "it is in", "it is at",
                "it is on", "in the", "at the", "on the", "in", "at", "on", "it's", "it is",
                "that's in the", "that's in", "that's at", "the place is", "the location is",
                "in my", "in our", "at my", "at our", "it's in my", "it's in our",
            ]
        )
    ])

    private static let mentions = PhraseTable<ServiceSlots>([
        (
            .summary,
            [
                "the problem", "the description", "problem is wrong", "description is wrong",
                "the issue", "description", "another problem",
            ]
        ),
        (
            .location,
            ["the place", "the location", "the address", "place is wrong", "the room", "location"]
        ),
        (.urgency, ["the urgency", "the priority", "urgency", "priority"]),
        (.service, ["the service", "the kind", "kind of work", "the type", "type of work"]),
        (.name, ["the name", "my name", "name is wrong", "name"]),
        (
            .phone,
            ["the number", "the phone", "the phone number", "the telephone number", "my number"]
        ),
    ])

    /// Parts that are talked about.
    static func mentioned(in utterance: Utterance) -> ServiceSlots {
        mentions.matches(in: utterance).reduce(into: []) { $0.formUnion($1.value) }
    }

    // MARK: - Small words

    /// The stretches between commas and full stops.
    static func clauses(of utterance: Utterance) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        for (index, token) in utterance.tokens.enumerated()
        where token.breakAfter != .none || index + 1 == utterance.count {
            result.append(start..<(index + 1))
            start = index + 1
        }
        return result
    }

    /// What a caller says before coming to the point.
    static let openings = PhraseTable<Void>([
        (
            (),
            [
                "hi", "hello", "hey", "good morning", "good afternoon", "good evening",
                "i'm calling because", "i am calling because", "i call because", "the problem is",
                "the problem is that", "my problem is", "the issue is", "actually", "no", "yes",
                "nope", "yeah", "it's that", "i want to report that", "i want to report",
                "i would like to report", "i'd like to report", "can you", "could you", "thank you",
                "thanks", "please", "i need help with", "i need help",
            ]
        )
    ])

    static let fillers: Set<String> = [
        "um", "uh", "erm", "er", "hmm", "well", "so", "oh", "ah", "please", "and", "but", "okay",
        "ok", "thanks", "thank", "you", "also", "because", "then",
    ]

    /// What joins "urgent" to what was said before.
    static let urgencyGlue: Set<String> = [
        "it's", "it", "is", "this", "that's", "that", "very", "quite", "really", "pretty", "so",
        "and", "its", "kind", "of", "rather", "fairly", "but", "please", "a", "an", "i", "need",
        "come", "someone", "somebody", "here",
    ]

    /// Words that say nothing by themselves.
    static let glue: Set<String> = [
        "it's", "it", "is", "in", "at", "on", "the", "a", "an", "my", "our", "to", "of", "for", "i",
        "i'm", "am", "that's", "that", "this", "we", "there", "its", "very", "quite", "really",
        "kind", "was", "be", "not", "no", "yes", "right", "here", "with", "just",
    ]
}
