import Language
import Store

/// The question that was asked last at a service desk, and so what a short answer means.
enum ServiceExpectation: Sendable, Equatable, Codable {
    /// The customer number, or a telephone number in its place.
    case number
    /// Another number, or yes for a new record.
    case numberOrYes
    /// Name and telephone number of a new customer; both may be open.
    case record(name: Bool, phone: Bool)
    /// Anything that is wrong.
    case problem
    /// The description, whatever the words.
    case summary
    case service
    case location
    case urgency
    case locationAndUrgency
    case yesNo
    /// What is to be changed.
    case change
    case anything

    var wantsNumber: Bool { self == .number || self == .numberOrYes }
    var wantsName: Bool { if case .record(true, _) = self { true } else { false } }
    var wantsPhone: Bool { if case .record(_, true) = self { true } else { false } }
    var wantsLocation: Bool { self == .location || self == .locationAndUrgency }
}

/// The parts of a task order and of a customer's record.
struct ServiceSlots: OptionSet, Sendable, Hashable {
    let rawValue: Int

    static let service = ServiceSlots(rawValue: 1)
    static let summary = ServiceSlots(rawValue: 2)
    static let location = ServiceSlots(rawValue: 4)
    static let urgency = ServiceSlots(rawValue: 8)
    static let name = ServiceSlots(rawValue: 16)
    static let phone = ServiceSlots(rawValue: 32)
}

/// Everything the service desk takes from one utterance.
struct ServiceUnderstanding: ScriptedUnderstanding, Sendable, Equatable {
    /// As it was said.
    var text = ""
    /// A customer's or a telephone number.
    var digits: String?
    /// "the number I'm calling from"
    var usesCallersNumber = false
    var name: String?
    /// A name from the settings.
    var service: String?
    /// What is wrong, in the caller's words.
    var summary: String?
    var location: String?
    var urgency: Urgency?
    var answer: HeardAnswer?
    var commands: [HeardCommand] = []
    var weakCommands: [HeardCommand] = []
    /// Parts that were named without a value ("the place is wrong").
    var mentioned: ServiceSlots = []
    /// "I'm new", "I don't have a number"
    var isNew = false
    /// "I forgot my number"
    var hasForgotten = false
    /// "that's not me"
    var isSomebodyElse = false
    /// Another order besides the one that was created.
    var wantsAnother = false
    var asksHours = false
    var isQuestion = false
    var isEmpty = false

    /// True when anything of a task order was said.
    var hasDetails: Bool {
        service != nil || summary != nil || location != nil || urgency != nil
    }

    /// True when neither a task order nor a customer was told of.
    var isBare: Bool { !hasDetails && digits == nil && name == nil }

    func isMeant(_ command: HeardCommand) -> Bool { command == .startOver || isBare }

    /// What is beyond so many words is not looked at.
    private static let wordsMax = 150

    /// Reads an utterance as an answer to what was asked.
    static func read(
        _ text: String, expecting expectation: ServiceExpectation, words: ServiceWords
    ) -> ServiceUnderstanding {
        var utterance = Utterance(text)
        if utterance.count > wordsMax {
            utterance = Utterance(text: text, tokens: Array(utterance.tokens.prefix(wordsMax)))
        }
        var reader = ServiceReader(utterance: utterance, expectation: expectation, words: words)
        var said = reader.read()
        said.text = text
        return said
    }
}

/// Applies the recognisers one after the other; each leaves the tokens that it used to nobody else.
private struct ServiceReader {
    let utterance: Utterance
    let expectation: ServiceExpectation
    let words: ServiceWords
    var taken: [Range<Int>] = []
    var result = ServiceUnderstanding()

    mutating func read() -> ServiceUnderstanding {
        guard !utterance.isEmpty else {
            result.isEmpty = true
            return result
        }
        let commands = HeardCommand.matches(in: utterance)
        readRemarks()
        readUrgency()
        if expectation.wantsNumber {
            readDigits()
            readLocation()
        } else {
            readLocation()
            readDigits()
        }
        readName()
        readCommands(commands)
        let greetings = commands.filter { $0.value.command == .greeting }.map(\.range)
        result.answer = HeardAnswer.answer(of: utterance, excluding: greetings + taken)
        result.service = words.service(in: utterance)
        result.asksHours = ScriptedWords.asksHours(utterance)
        result.isQuestion = ScriptedWords.isQuestion(utterance)
        readSummary()
        result.mentioned = ServiceWords.mentioned(in: utterance)
        if result.location != nil { result.mentioned.remove(.location) }
        if result.urgency != nil { result.mentioned.remove(.urgency) }
        if result.digits != nil { result.mentioned.remove(.phone) }
        if result.name != nil { result.mentioned.remove(.name) }
        return result
    }

    private mutating func readRemarks() {
        for match in ServiceWords.remarks.matches(in: utterance) {
            switch match.value {
            case .isNew: result.isNew = true
            case .forgotten: result.hasForgotten = true
            case .somebodyElse: result.isSomebodyElse = true
            case .callersNumber: result.usesCallersNumber = true
            case .another: result.wantsAnother = true
            }
            taken.append(match.range)
        }
    }

    private mutating func readUrgency() {
        taken += HeardUrgency.all(in: utterance)
        result.urgency = HeardUrgency.match(utterance)?.value
        if result.urgency == nil, expectation == .urgency {
            result.urgency = HeardUrgency.answer(utterance)
        }
    }

    private mutating func readLocation() {
        // "three oh two" is a telephone number where one was asked for, and no room.
        guard !expectation.wantsName, !expectation.wantsPhone else { return }
        let isExpected = expectation.wantsLocation
        if let place = place(isExpected), !taken.contains(where: { $0.overlaps(place.range) }) {
            result.location = place.value
            taken.append(place.range)
        } else if isExpected {
            readAnyLocation()
        }
    }

    /// An address goes on to the end of what was said, but not into how urgent it is.
    private func place(_ isExpected: Bool) -> Match<String>? {
        guard let urgency = HeardUrgency.all(in: utterance).last else {
            return HeardPlace.match(utterance, isExpected: isExpected)
        }
        var end = urgency.lowerBound
        while end > 0, ServiceWords.urgencyGlue.contains(utterance.word(end - 1)) { end -= 1 }
        let before = Utterance(text: utterance.text, tokens: Array(utterance.tokens[..<end]))
        return HeardPlace.match(before, isExpected: isExpected)
            ?? HeardPlace.match(utterance, isExpected: isExpected)
    }

    /// What answers "Where is it?", where it is no place that is known.
    private mutating func readAnyLocation() {
        let isUrgencyOnly = result.urgency != nil && utterance.count <= 4
        let commands = HeardCommand.matches(in: utterance).map(\.range)
        var range = utterance.tokens.indices.lowerBound..<utterance.count
        if let carrier = ServiceWords.placeCarriers.match(utterance, at: 0) {
            range = carrier.range.upperBound..<utterance.count
        }
        let used = taken + commands + HeardAnswer.ranges(in: utterance)
        while let last = range.last, isUsed(last, used) || isFiller(last) {
            range = range.lowerBound..<last
        }
        while let first = range.first, isUsed(first, used) || isFiller(first) {
            range = (first + 1)..<range.upperBound
        }
        guard !isUrgencyOnly, !range.isEmpty, range.count <= 12,
            !ScriptedWords.isQuestion(utterance)
        else { return }
        result.location = utterance.written(range)
        taken.append(range)
    }

    private func isUsed(_ index: Int, _ ranges: [Range<Int>]) -> Bool {
        ranges.contains { $0.contains(index) }
    }

    private func isFiller(_ index: Int) -> Bool {
        ServiceWords.fillers.contains(utterance.word(index))
    }

    private mutating func readDigits() {
        let isExpected = expectation.wantsNumber || expectation.wantsPhone
        let hasCarrier = !ServiceWords.numberCarriers.matches(in: utterance).isEmpty
        guard isExpected || hasCarrier || expectation == .yesNo else { return }
        let minimum = expectation.wantsNumber || hasCarrier ? 3 : 6
        guard let match = HeardDigits.match(utterance, minimum: minimum, taken: taken) else {
            return
        }
        let isInternational =
            utterance.word(match.range.lowerBound - 1) == "plus"
            || utterance.text.contains("+")
        result.digits = (isInternational && !expectation.wantsNumber ? "+" : "") + match.value
        taken.append(match.range)
        for carrier in ServiceWords.numberCarriers.matches(in: utterance) {
            taken.append(carrier.range)
        }
    }

    private mutating func readName() {
        let isIntroduced = !ServiceWords.nameCarriers.matches(in: utterance).isEmpty
        guard expectation.wantsName || isIntroduced else { return }
        let answers = HeardAnswer.ranges(in: utterance)
        let match = HeardName.match(
            utterance, taken: taken + answers, isExpected: expectation.wantsName)
        guard let match, isIntroduced || expectation.wantsName else { return }
        result.name = match.value.name
        taken.append(match.range)
    }

    private mutating func readCommands(_ commands: [Match<HeardCommand.Phrase>]) {
        for match in commands where !taken.contains(where: { $0.overlaps(match.range) }) {
            if match.value.isWeak {
                result.weakCommands.append(match.value.command)
            } else {
                result.commands.append(match.value.command)
            }
        }
    }

    // MARK: - What is wrong

    private mutating func readSummary() {
        guard !expectation.wantsNumber || result.digits == nil || words.hasSymptom(utterance),
            !expectation.wantsName, !expectation.wantsPhone
        else { return }
        let clauses = ServiceWords.clauses(of: utterance).compactMap { trimmed($0) }
            .filter { hasContent($0) }
        let isTold = clauses.contains { words.hasSymptom(utterance, in: $0) }
        let isAsked = expectation == .summary
        let isLong = clauses.contains { $0.count >= 5 } && result.service != nil
        guard isTold || isAsked || isLong, !result.isQuestionAboutUs(isTold) else { return }
        let text = clauses.map { utterance.written($0) }.joined(separator: ", ")
        guard !text.isEmpty else { return }
        result.summary = String(text.prefix(300))
    }

    /// A clause without "it's urgent" at its end and small talk at its beginning.
    private func trimmed(_ clause: Range<Int>) -> Range<Int>? {
        var range = clause
        while let first = range.first {
            if let carrier = ServiceWords.openings.match(utterance, at: first),
                carrier.range.upperBound <= range.upperBound
            {
                range = carrier.range.upperBound..<range.upperBound
            } else if isFiller(first) {
                range = (first + 1)..<range.upperBound
            } else {
                break
            }
        }
        let urgencies = HeardUrgency.all(in: utterance)
        while let last = range.last {
            if let urgency = urgencies.first(where: { $0.contains(last) }) {
                range = range.lowerBound..<max(range.lowerBound, urgency.lowerBound)
                while let before = range.last,
                    ServiceWords.urgencyGlue.contains(utterance.word(before))
                {
                    range = range.lowerBound..<before
                }
            } else if isFiller(last) {
                range = range.lowerBound..<last
            } else {
                break
            }
        }
        return range.isEmpty ? nil : range
    }

    /// True when a clause says more than a place, a number, a name or yes.
    private func hasContent(_ clause: Range<Int>) -> Bool {
        let answers = HeardAnswer.ranges(in: utterance)
        let commands = HeardCommand.matches(in: utterance).map(\.range)
        // What merely introduces a place or a name is none of it.
        let said = clause.filter { index in
            !isUsed(index, taken + answers + commands) && !isFiller(index)
                && !ServiceWords.glue.contains(utterance.word(index))
        }
        return !said.isEmpty
    }
}

extension ServiceUnderstanding {
    /// "What are your hours?" describes nothing; "can you fix my sink?" does.
    fileprivate func isQuestionAboutUs(_ hasSymptom: Bool) -> Bool {
        asksHours || isQuestion && !hasSymptom
    }
}
