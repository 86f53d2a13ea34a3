/// A time as it was said.
public enum HeardTime: Sendable, Equatable, Hashable, Codable {
    /// Minutes since midnight: "7 PM", "19:30", "noon". Midnight is 1440, the end of its day, and
    /// half past midnight 1470.
    case exact(Int)
    /// Minutes on a twelve-hour dial, 0…719, without morning or evening: "half past six".
    case dial(Int)

    /// The two (or one) minutes of the day that can be meant, afternoon first.
    public var candidates: [Int] {
        switch self {
        case .exact(let minute): [minute]
        case .dial(let minute): [minute + 720, minute]
        }
    }
}

/// A part of the day that narrows a time without morning or evening.
public enum PartOfDay: String, Sendable, Equatable, Codable {
    case morning, midday, afternoon, evening

    /// Minutes since midnight that belong to it.
    package var minutes: ClosedRange<Int> {
        switch self {
        case .morning: 0...719
        case .midday: 660...899
        case .afternoon: 720...1079
        case .evening: 960...1439
        }
    }

    private static let words: [String: PartOfDay] = [
        "morning": .morning, "breakfast": .morning, "brunch": .morning,
        "lunch": .midday, "lunchtime": .midday, "afternoon": .afternoon,
        "evening": .evening, "night": .evening, "tonight": .evening, "tonite": .evening,
        "dinner": .evening, "supper": .evening, "dinnertime": .evening,
    ]

    /// The part of the day a word names; a greeting ("good evening") names none.
    package static func match(_ utterance: Utterance, at index: Int) -> PartOfDay? {
        guard utterance.word(index - 1) != "good" else { return nil }
        return words[utterance.word(index)]
    }

    /// The last part of the day that an utterance names.
    public static func last(in utterance: Utterance) -> PartOfDay? {
        utterance.tokens.indices.reversed().lazy.compactMap { match(utterance, at: $0) }.first
    }
}

/// Recognises times.
public struct HeardTimeReading: Sendable, Equatable {
    /// How surely a time was meant.
    public enum Certainty: Int, Sendable, Comparable {
        /// A lone number; a time only where a time was asked for.
        case bare
        /// "at 7", "seven thirty"
        case likely
        /// "7 PM", "half past six", "noon"
        case certain

        public static func < (left: Certainty, right: Certainty) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    public var time: HeardTime
    public var certainty: Certainty
    /// An hour without minutes ("at seven"), after which "thirty" may still come.
    public var isBareHour: Bool

    /// The time that begins at `index`, its preposition included.
    public static func match(_ utterance: Utterance, at index: Int)
        -> Match<HeardTimeReading>?
    {
        var start = index
        var lead = Lead.none
        if ["at", "around", "about", "by", "from", "@", "approximately"].contains(
            utterance.word(index))
        {
            // "a table for about six" may count people as well.
            let isAfterFor = ["for", "of"].contains(utterance.word(index - 1))
            lead = isAfterFor && utterance.word(index) != "at" ? .weak : .strong
            start += 1
            if ["around", "about", "like", "say"].contains(utterance.word(start)) { start += 1 }
        } else if ["for", "to", "say", "until"].contains(utterance.word(index)) {
            lead = .weak
            start += 1
        }
        guard let core = core(utterance, at: start, lead: lead) else { return nil }
        if PeopleWords.isNoun(utterance, at: core.range.upperBound), core.value.certainty < .certain
        {
            return nil
        }
        return Match(core.value, index..<core.range.upperBound)
    }

    private enum Lead { case none, weak, strong }
    private enum Half { case morning, afternoon }

    private static func core(_ utterance: Utterance, at index: Int, lead: Lead)
        -> Match<HeardTimeReading>?
    {
        if let middle = middleOfDay(utterance.word(index)) {
            return certain(.exact(middle), index..<(index + 1))
        }
        if utterance.word(index) == "twelve", let middle = middleOfDay(utterance.word(index + 1)) {
            return certain(.exact(middle), index..<(index + 2))
        }
        return relative(utterance, at: index) ?? absolute(utterance, at: index, lead: lead)
    }

    private static func middleOfDay(_ word: String) -> Int? {
        switch word {
        case "noon", "midday": 720
        case "midnight": 1440
        default: nil
        }
    }

    // MARK: - "half past six", "ten to eight"

    private static func relative(_ utterance: Utterance, at index: Int)
        -> Match<HeardTimeReading>?
    {
        var position = index
        if utterance.word(position) == "a", utterance.word(position + 1) == "quarter" {
            position += 1
        }
        let minutes: Int
        switch utterance.word(position) {
        case "half":
            // British "half seven" is half past seven.
            if let hour = hour(utterance, at: position + 1) {
                return finish(
                    utterance, dial: hour.value % 12 * 60 + 30, index..<hour.range.upperBound)
            }
            minutes = 30
            position += 1
        case "quarter":
            minutes = 15
            position += 1
        default:
            guard let number = HeardNumber.cardinal(utterance, at: position),
                [5, 10, 15, 20, 25].contains(number.value)
            else { return nil }
            minutes = number.value
            position = number.range.upperBound
            if ["minutes", "minute"].contains(utterance.word(position)) { position += 1 }
        }
        let isBefore: Bool
        switch utterance.word(position) {
        case "past", "after", "passed": isBefore = false
        case "to", "till", "til", "before": isBefore = true
        case "of" where minutes == 15: isBefore = true
        default: return nil
        }
        if let middle = middleOfDay(utterance.word(position + 1)) {
            // Like midnight itself, half an hour after it belongs to the day that ends.
            return certain(
                .exact(isBefore ? middle - minutes : middle + minutes), index..<(position + 2))
        }
        guard let hour = hour(utterance, at: position + 1),
            !PeopleWords.isNoun(utterance, at: hour.range.upperBound)
        else { return nil }
        let dial = hour.value % 12 * 60 + (isBefore ? 720 - minutes : minutes)
        return finish(utterance, dial: dial % 720, index..<hour.range.upperBound)
    }

    private static func hour(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        // "half past 6:00"
        if case .clock(let hour, 0)? = utterance[index]?.kind, (1...12).contains(hour) {
            return Match(hour, index..<(index + 1))
        }
        guard let number = plainNumber(utterance, at: index),
            (1...12).contains(number.value)
        else { return nil }
        return number
    }

    /// A number that is not a quantity; there is no "half a dozen" on a clock.
    private static func plainNumber(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        guard !["a", "half", "dozen", "couple", "pair"].contains(utterance.word(index)) else {
            return nil
        }
        return HeardNumber.cardinal(utterance, at: index)
    }

    /// "sevenish"
    private static func vagueHour(_ utterance: Utterance, at index: Int)
        -> Match<HeardTimeReading>?
    {
        let word = utterance.word(index)
        guard word.count > 4, word.hasSuffix("ish"),
            let hour = hour(Utterance(String(word.dropLast(3))), at: 0)
        else { return nil }
        return Match(
            HeardTimeReading(
                time: .dial(hour.value % 12 * 60), certainty: .likely, isBareHour: false),
            index..<(index + 1))
    }

    // MARK: - "7:30 PM", "seven thirty", "730", "at 7"

    private static func absolute(_ utterance: Utterance, at index: Int, lead: Lead)
        -> Match<HeardTimeReading>?
    {
        guard let token = utterance[index] else { return nil }
        if case .clock(let hour, let minute) = token.kind {
            guard hour < 24 else { return nil }
            if hour == 0 || hour > 12 {
                let end = meridiem(utterance, at: index + 1)?.range.upperBound ?? index + 1
                return certain(.exact(hour * 60 + minute), index..<end)
            }
            return finish(utterance, dial: hour % 12 * 60 + minute, index..<(index + 1))
        }
        if let vague = vagueHour(utterance, at: index) { return vague }
        guard let hour = plainNumber(utterance, at: index) else { return nil }
        if let digits = compact(hour.value, token) {
            return compactTime(utterance, digits, hour.range, lead)
        }
        if hour.value <= 24, utterance.word(hour.range.upperBound) == "hundred" {
            var end = hour.range.upperBound + 1
            if utterance.word(end) == "hours" { end += 1 }
            return certain(.exact(hour.value * 60), index..<end)
        }
        if (13...23).contains(hour.value) {
            guard lead == .strong || utterance.word(hour.range.upperBound) == "hours" else {
                return nil
            }
            return certain(.exact(hour.value * 60), hour.range)
        }
        guard (1...12).contains(hour.value) else { return nil }
        return hourTime(utterance, hour, lead)
    }

    private static func hourTime(_ utterance: Utterance, _ hour: Match<Int>, _ lead: Lead)
        -> Match<HeardTimeReading>?
    {
        let dial = hour.value % 12 * 60
        let start = hour.range.lowerBound
        var end = hour.range.upperBound
        let oClock = utterance.word(end)
        if oClock == "o'clock" || oClock == "oclock" {
            return finish(utterance, dial: dial, start..<(end + 1))
        }
        if oClock == "o", utterance.word(end + 1) == "clock" {
            return finish(utterance, dial: dial, start..<(end + 2))
        }
        if meridiem(utterance, at: end) != nil {
            return finish(utterance, dial: dial, start..<end)
        }
        if let minute = minute(utterance, at: end) {
            end = minute.range.upperBound
            let hasHalf = meridiem(utterance, at: end) != nil
            // In "for two ten thirty" the second number is the hour.
            if hasHalf || Self.minute(utterance, at: end) == nil {
                var match = finish(utterance, dial: dial + minute.value, start..<end)
                if !hasHalf { match.value.certainty = .likely }
                return match
            }
            return bareHour(dial, hour.range, lead)
        }
        if utterance.word(end) == "ish" || utterance.word(end) == "sharp" {
            var match = finish(utterance, dial: dial, start..<(end + 1))
            match.value.certainty = max(match.value.certainty, .likely)
            return match
        }
        if halfSuffix(utterance, at: end) != nil {
            return finish(utterance, dial: dial, start..<end)
        }
        return bareHour(dial, hour.range, lead)
    }

    private static func bareHour(_ dial: Int, _ range: Range<Int>, _ lead: Lead)
        -> Match<HeardTimeReading>
    {
        Match(
            HeardTimeReading(
                time: .dial(dial), certainty: lead == .strong ? .likely : .bare, isBareHour: true),
            range)
    }

    /// "730" and "1930" as hour and minute; nil for other numbers.
    private static func compact(_ value: Int, _ token: Token) -> (hour: Int, minute: Int)? {
        guard token.number != nil, (100...2359).contains(value), value % 100 < 60,
            value % 5 == 0, token.text.count <= 4, value < 1900 || value % 100 != 0 || value >= 2100
        else { return nil }
        return (value / 100, value % 100)
    }

    private static func compactTime(
        _ utterance: Utterance, _ digits: (hour: Int, minute: Int), _ range: Range<Int>,
        _ lead: Lead
    ) -> Match<HeardTimeReading>? {
        if digits.hour > 12 {
            return certain(.exact(digits.hour * 60 + digits.minute), range)
        }
        var match = finish(utterance, dial: digits.hour % 12 * 60 + digits.minute, range)
        if match.range == range {
            match.value.certainty = lead == .strong ? .likely : .bare
        }
        return match
    }

    /// "thirty", "oh five", "45": minutes in steps of five.
    private static func minute(_ utterance: Utterance, at index: Int) -> Match<Int>? {
        guard !utterance.hasBreak(after: index - 1) else { return nil }
        if ["oh", "o", "zero"].contains(utterance.word(index)),
            let unit = HeardNumber.cardinal(utterance, at: index + 1), (1...9).contains(unit.value)
        {
            return Match(unit.value, index..<unit.range.upperBound)
        }
        guard let number = HeardNumber.cardinal(utterance, at: index),
            (10...59).contains(number.value), number.value % 5 == 0,
            !PeopleWords.isNoun(utterance, at: number.range.upperBound)
        else { return nil }
        return number
    }

    // MARK: - Morning or evening

    /// Adds "PM", "in the evening" and the like to a time on the dial.
    private static func finish(_ utterance: Utterance, dial: Int, _ range: Range<Int>)
        -> Match<HeardTimeReading>
    {
        var end = range.upperBound
        // "seven thirty, PM" and "o'clock in the evening"
        let suffix = meridiem(utterance, at: end) ?? halfSuffix(utterance, at: end)
        guard let suffix else { return certain(.dial(dial), range) }
        end = suffix.range.upperBound
        let minute = suffix.value == .afternoon ? dial + 720 : dial
        return certain(.exact(minute), range.lowerBound..<end)
    }

    private static func certain(_ time: HeardTime, _ range: Range<Int>)
        -> Match<HeardTimeReading>
    {
        Match(HeardTimeReading(time: time, certainty: .certain, isBareHour: false), range)
    }

    private static func meridiem(_ utterance: Utterance, at index: Int) -> Match<Half>? {
        switch utterance.word(index) {
        case "pm", "p.m": return Match(.afternoon, index..<(index + 1))
        case "am", "a.m": return Match(.morning, index..<(index + 1))
        case "p" where utterance.word(index + 1) == "m":
            return Match(.afternoon, index..<(index + 2))
        case "a" where utterance.word(index + 1) == "m":
            return Match(.morning, index..<(index + 2))
        default: return nil
        }
    }

    /// "in the evening", "at night", "this afternoon".
    private static func halfSuffix(_ utterance: Utterance, at index: Int) -> Match<Half>? {
        var position = index
        switch utterance.word(position) {
        case "in":
            guard utterance.word(position + 1) == "the" else { return nil }
            position += 2
        case "at": position += 1
        default: return nil
        }
        switch utterance.word(position) {
        case "morning": return Match(.morning, index..<(position + 1))
        case "afternoon", "evening", "night": return Match(.afternoon, index..<(position + 1))
        default: return nil
        }
    }
}
