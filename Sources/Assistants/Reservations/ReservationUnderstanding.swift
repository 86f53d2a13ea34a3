import Language

/// The parts of a reservation.
public struct ReservationSlots: OptionSet, Sendable, Hashable, Codable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let party = ReservationSlots(rawValue: 1)
    public static let date = ReservationSlots(rawValue: 2)
    public static let time = ReservationSlots(rawValue: 4)
    public static let name = ReservationSlots(rawValue: 8)
    static let all: ReservationSlots = [.party, .date, .time, .name]
}

/// The question that was asked last, and so what a short answer means.
public enum ReservationExpectation: Sendable, Equatable, Codable {
    case slots(ReservationSlots)
    case yesNo
    /// One of the starts that were offered.
    case choice
    /// What is to be changed.
    case change
    /// Whether there is anything else.
    case anythingElse

    var slots: ReservationSlots {
        if case .slots(let slots) = self { slots } else { [] }
    }
}

/// Everything the reservation dialogue takes from one utterance.
public struct ReservationUnderstanding: ScriptedUnderstanding, Sendable, Equatable {
    public var partySize: Int?
    public var date: HeardDate?
    public var time: HeardTime?
    public var isBareHour = false
    public var partOfDay: PartOfDay?
    public var name: String?
    public var answer: HeardAnswer?
    public var commands: [HeardCommand] = []
    public var weakCommands: [HeardCommand] = []
    /// Parts that were named without a value ("the time is wrong").
    public var mentioned: ReservationSlots = []
    public var choice: HeardChoice?
    public var isQuestion = false
    public var asksHours = false
    /// A reservation besides the one that was made is wanted.
    public var asksForAnother = false
    public var isEmpty = false

    public var slots: ReservationSlots {
        var result: ReservationSlots = []
        if partySize != nil { result.insert(.party) }
        if date != nil { result.insert(.date) }
        if time != nil { result.insert(.time) }
        if name != nil { result.insert(.name) }
        return result
    }

    func isMeant(_ command: HeardCommand) -> Bool {
        switch command {
        case .person, .startOver: true
        default: slots.isEmpty
        }
    }

    /// Reads an utterance as an answer to what was asked.
    public static func read(
        _ text: String, expecting expectation: ReservationExpectation, today: LocalDate
    ) -> ReservationUnderstanding {
        read(Utterance(text), expecting: expectation, today: today)
    }

    /// Reads words that are tokens already.
    public static func read(
        _ utterance: Utterance, expecting expectation: ReservationExpectation, today: LocalDate
    ) -> ReservationUnderstanding {
        var reader = ReservationReader(
            utterance: utterance, expectation: expectation, today: today)
        return reader.read()
    }
}

/// Applies the recognisers one after the other; each leaves the tokens that it used to nobody else.
private struct ReservationReader {
    let utterance: Utterance
    let expectation: ReservationExpectation
    let today: LocalDate
    var taken: [Range<Int>] = []
    var result = ReservationUnderstanding()

    mutating func read() -> ReservationUnderstanding {
        guard !utterance.isEmpty else {
            result.isEmpty = true
            return result
        }
        let commands = HeardCommand.matches(in: utterance)
        readChoice()
        readDate()
        readTime()
        readPartySize()
        readLoneNumbers()
        readMisheardDay()
        result.partOfDay = PartOfDay.last(in: utterance)
        readCommands(commands)
        let greetings = commands.filter { $0.value.command == .greeting }.map(\.range)
        result.answer = HeardAnswer.answer(of: utterance, excluding: greetings + taken)
        readName()
        result.mentioned = SlotWords.mentioned(in: utterance).subtracting(result.slots)
        result.asksForAnother = SlotWords.asksForAnother(utterance)
        result.asksHours = ScriptedWords.asksHours(utterance)
        result.isQuestion = ScriptedWords.isQuestion(utterance)
        return result
    }

    private mutating func readChoice() {
        guard expectation == .choice, let choice = HeardChoice.match(utterance) else { return }
        result.choice = choice.value
        taken.append(choice.range)
    }

    private mutating func readDate() {
        let matches = scan { HeardDate.match(utterance, at: $0, today: today) }
        result.date = preferred(matches)?.value
        taken += matches.map(\.range)
    }

    private mutating func readMisheardDay() {
        guard result.date == nil, expectation.slots.contains(.date) else { return }
        let found = MisheardWeekday.match(
            utterance, today: today, isAlone: expectation.slots == .date, isFree: isFree)
        guard let found else { return }
        result.date = found.value
        taken.append(found.range)
    }

    private mutating func readTime() {
        let matches = scan { index in
            HeardTimeReading.match(utterance, at: index).flatMap {
                $0.value.certainty == .bare && !meansTime($0.value) ? nil : $0
            }
        }
        if let best = preferred(matches) { use(best.value) }
        taken += matches.map(\.range)
    }

    /// "Actually 730", to what was read back, is a time.
    private func meansTime(_ reading: HeardTimeReading) -> Bool {
        !reading.isBareHour && (expectation == .yesNo || expectation == .change)
    }

    private mutating func use(_ reading: HeardTimeReading) {
        result.time = reading.time
        result.isBareHour = reading.isBareHour
    }

    private mutating func readPartySize() {
        let matches = scan { HeardPartySize.match(utterance, at: $0) }
        let best = preferred(matches.filter { $0.value.certainty == .certain })
        if let best {
            result.partySize = best.value.size
            taken += matches.map(\.range)
            return
        }
        guard let likely = preferred(matches) else { return }
        // "for seven" answers the question for a time.
        let meansTime =
            result.time == nil && (1...12).contains(likely.value.size)
            && (expectation == .slots(.time) || expectation == .choice)
        if meansTime {
            result.time = .dial(likely.value.size % 12 * 60)
            result.isBareHour = true
        } else {
            result.partySize = likely.value.size
        }
        taken += matches.map(\.range)
    }

    /// Numbers with nothing around them, by what was asked.
    private mutating func readLoneNumbers() {
        var wanted: ReservationSlots = expectation.slots.intersection([.party, .time])
        if expectation == .choice { wanted = .time }
        if expectation == .change { wanted = .party }
        if expectation == .yesNo, HeardAnswer.answer(of: utterance) == .no { wanted = .party }
        for index in utterance.tokens.indices where isFree(index..<(index + 1)) {
            if wanted.contains(.party), result.partySize == nil, let number = partyNumber(at: index)
            {
                result.partySize = number.value
                taken.append(number.range)
            } else if wanted.contains(.time), result.time == nil,
                let reading = HeardTimeReading.match(utterance, at: index), isFree(reading.range)
            {
                use(reading.value)
                taken.append(reading.range)
            }
        }
    }

    private func partyNumber(at index: Int) -> Match<Int>? {
        let isAlone = utterance.count == 1 || PeopleWords.isNoun(utterance, at: index + 1)
        let number =
            isAlone
            ? HeardNumber.soundingLikeCardinal(utterance, at: index)
            : HeardNumber.cardinal(utterance, at: index)
        guard let number, number.value > 0, isFree(number.range) else { return nil }
        return number
    }

    private mutating func readCommands(_ commands: [Match<HeardCommand.Phrase>]) {
        for match in commands where isFree(match.range) {
            if match.value.isWeak {
                result.weakCommands.append(match.value.command)
            } else {
                result.commands.append(match.value.command)
            }
        }
        taken += commands.map(\.range)
    }

    private mutating func readName() {
        let answers = HeardAnswer.ranges(in: utterance)
        let isExpected = expectation.slots.contains(.name)
        let match = HeardName.match(utterance, taken: taken + answers, isExpected: isExpected)
        guard let match else { return }
        // Where much was asked at once a lone word is too little to be a name.
        if !match.value.isIntroduced && expectation != .slots(.name) { return }
        result.name = match.value.name
        taken.append(match.range)
    }

    // MARK: - Tokens

    private func isFree(_ range: Range<Int>) -> Bool { !taken.contains { $0.overlaps(range) } }

    private func scan<Value>(_ match: (Int) -> Match<Value>?) -> [Match<Value>] {
        var found: [Match<Value>] = []
        var index = 0
        while index < utterance.count {
            if let next = match(index), isFree(next.range) {
                found.append(next)
                index = next.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// Of several values the last counts, because people correct themselves; the first where they
    /// leave the choice ("seven or eight"); never one that is turned down ("not Friday").
    private func preferred<Value>(_ matches: [Match<Value>]) -> Match<Value>? {
        let meant = matches.filter { !isTurnedDown($0.range) }
        guard let last = meant.last else { return nil }
        let isChoice = utterance.word(last.range.lowerBound - 1) == "or"
        return isChoice ? meant.dropLast().last ?? last : last
    }

    private func isTurnedDown(_ range: Range<Int>) -> Bool {
        // The preposition may be part of the match ("not on Friday").
        let before = utterance.word(range.lowerBound - 1)
        let earlier = utterance.word(range.lowerBound - 2)
        if before == "not" || before == "isn't" { return true }
        if before == "than" && earlier == "rather" { return true }
        if before == "of" && earlier == "instead" { return true }
        let isFrom = before == "from" || utterance.word(range.lowerBound) == "from"
        return isFrom && utterance.tokens[range.upperBound...].contains { $0.text == "to" }
    }
}
