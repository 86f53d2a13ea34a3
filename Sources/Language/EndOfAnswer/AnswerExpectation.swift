/// The question that the agent has asked, as far as it tells how an answer ends.
public enum AnswerExpectation: Sendable, Equatable {
    case free
    case yesNo
    case number
    /// A telephone number, a postcode, the number of an order: read out digit by digit.
    case digits(ClosedRange<Int>)
    case name
    case date
    case time
    case dateAndTime
    case address

    /// Guesses from the agent's own words what was asked; the last question counts.
    public init(askedBy text: String) {
        guard let end = text.lastIndex(of: "?") else {
            self = .free
            return
        }
        let question = text[..<end].split { $0 == "." || $0 == "!" || $0 == "?" }.last
        let words = HeardWords.split(String(question ?? ""))
        let set = Set(words)
        func has(_ any: String...) -> Bool { any.contains { set.contains($0) } }
        if has("number", "digits", "code", "postcode", "zip") && !has("people", "guests") {
            self = .digits(has("zip") ? 5...5 : has("phone", "telephone") ? 7...11 : 3...12)
        } else if has("address") || has("street") {
            self = .address
        } else if has("name") {
            self = .name
        } else if has("day", "date") && has("time") || has("when") {
            self = .dateAndTime
        } else if has("day", "date") {
            self = .date
        } else if has("time"), has("what", "which") {
            self = .time
        } else if has("many", "old") {
            self = .number
        } else if let first = words.first(where: { !Self.lead.contains($0) }),
            Self.auxiliaries.contains(first) || has("right", "correct", "ok", "okay")
        {
            self = .yesNo
        } else {
            self = .free
        }
    }

    /// A question may begin with these.
    private static let lead: Set<String> = ["and", "so", "okay", "well", "then", "now", "great"]
    private static let auxiliaries: Set<String> = [
        "shall", "should", "is", "are", "was", "were", "do", "does", "did", "would", "will", "can",
        "could", "have", "has", "may",
    ]
}
