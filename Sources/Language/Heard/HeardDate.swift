/// A day as it was said, resolved against today.
public enum HeardDate: Sendable, Equatable {
    case day(LocalDate)
    /// There is no such day, as the 30th of February or the 29th in most years.
    case noSuchDay(month: Int, day: Int)
    /// "Friday the 26th" where the 26th is not a Friday.
    case weekdayDiffers(said: Weekday, date: LocalDate)

    /// The day that begins at `index`, with its preposition.
    ///
    /// A weekday alone is the next one after today; "this" may be today; "next" is the one in the
    /// week that begins next Monday. Days and months without a year are the next to come.
    public static func match(_ utterance: Utterance, at index: Int, today: LocalDate)
        -> Match<HeardDate>?
    {
        var start = index
        if ["on", "for", "by"].contains(utterance.word(start)) { start += 1 }
        let reader = DateReader(utterance: utterance, today: today)
        guard let core = reader.core(at: start) else { return nil }
        return Match(core.value, index..<core.range.upperBound)
    }
}

/// The grammar of days.
private struct DateReader {
    let utterance: Utterance
    let today: LocalDate

    func core(at index: Int) -> Match<HeardDate>? {
        relative(at: index) ?? interval(at: index) ?? weekday(at: index) ?? calendar(at: index)
            ?? holiday(at: index)
    }

    // MARK: - "today", "the day after tomorrow"

    private static let relatives = PhraseTable<Int>([
        (
            0,
            [
                "today", "tonight", "tonite", "this evening", "this afternoon", "this morning",
                "later today", "to night", "to day",
            ]
        ),
        (1, ["tomorrow", "tomorow", "tommorow", "tommorrow", "tmrw", "tmr", "2moro", "to morrow"]),
        (2, ["the day after tomorrow", "day after tomorrow", "overmorrow"]),
    ])

    private func relative(at index: Int) -> Match<HeardDate>? {
        guard let found = Self.relatives.match(utterance, at: index) else { return nil }
        return Match(.day(today.adding(days: found.value)), found.range)
    }

    // MARK: - "in two weeks", "a week from Friday"

    private func interval(at index: Int) -> Match<HeardDate>? {
        let isIn = utterance.word(index) == "in"
        let start = isIn ? index + 1 : index
        guard let (days, end) = span(at: start) else { return nil }
        if isIn {
            var finish = end
            if utterance.word(finish) == "time" { finish += 1 }
            return Match(.day(today.adding(days: days)), index..<finish)
        }
        switch utterance.word(end) {
        case "from", "after", "on":
            if utterance.word(end + 1) == "now" {
                return Match(.day(today.adding(days: days)), index..<(end + 2))
            }
            let base = relative(at: end + 1) ?? weekday(at: end + 1)
            guard let base, case .day(let date) = base.value else { return nil }
            return Match(.day(date.adding(days: days)), index..<base.range.upperBound)
        default: return nil
        }
    }

    private func span(at index: Int) -> (days: Int, end: Int)? {
        var count = 1
        var position = index
        if ["a", "one"].contains(utterance.word(position)), utterance.word(position + 1) != "couple"
        {
            position += 1
        } else if let number = HeardNumber.cardinal(utterance, at: position) {
            count = number.value
            position = number.range.upperBound
        } else {
            return nil
        }
        guard count <= 1000 else { return nil }
        switch utterance.word(position) {
        case "day", "days": return (count, position + 1)
        case "week", "weeks": return (count * 7, position + 1)
        case "fortnight": return (count * 14, position + 1)
        case "month", "months": return (days(inMonths: count), position + 1)
        case "year", "years": return (days(inMonths: count * 12), position + 1)
        default: return nil
        }
    }

    private func days(inMonths count: Int) -> Int {
        today.adding(months: count).daysSince1970 - today.daysSince1970
    }

    // MARK: - "Friday", "next Friday", "Friday the 27th"

    private static let weekdays: [String: Weekday] = [
        "monday": .monday, "mon": .monday, "tuesday": .tuesday, "tue": .tuesday,
        "tues": .tuesday, "wednesday": .wednesday, "wed": .wednesday, "weds": .wednesday,
        "thursday": .thursday, "thu": .thursday, "thur": .thursday, "thurs": .thursday,
        "friday": .friday, "fri": .friday, "saturday": .saturday, "sat": .saturday,
        "sunday": .sunday, "sun": .sunday, "fridays": .friday, "saturdays": .saturday,
    ]

    private enum Which { case coming, this, next }

    private func weekday(at index: Int) -> Match<HeardDate>? {
        var position = index
        var which = Which.coming
        if utterance.word(position) == "the" { position += 1 }
        switch utterance.word(position) {
        case "this":
            which = .this
            position += utterance.word(position + 1) == "coming" ? 2 : 1
        case "coming": position += 1
        case "next":
            which = .next
            position += 1
            if utterance.word(position) == "week",
                Self.weekdays[utterance.word(position + 1)] != nil
            {
                position += 1
            }
        default: break
        }
        guard let day = Self.weekdays[utterance.word(position)] else { return nil }
        var end = position + 1
        if utterance.word(end) == "next", utterance.word(end + 1) == "week" {
            which = .next
            end += 2
        } else if utterance.word(end) == "this", utterance.word(end + 1) == "week" {
            which = .this
            end += 2
        }
        if let exact = calendar(at: end) ?? onCalendar(at: end) {
            return Match(check(exact.value, is: day), index..<exact.range.upperBound)
        }
        return Match(.day(resolve(day, which)), index..<end)
    }

    /// "Friday on the 27th"
    private func onCalendar(at index: Int) -> Match<HeardDate>? {
        utterance.word(index) == "on" ? calendar(at: index + 1) : nil
    }

    private func check(_ date: HeardDate, is day: Weekday) -> HeardDate {
        guard case .day(let exact) = date, exact.weekday != day else { return date }
        return .weekdayDiffers(said: day, date: exact)
    }

    private func resolve(_ day: Weekday, _ which: Which) -> LocalDate {
        switch which {
        case .coming: return today.next(day)
        case .this: return today.weekday == day ? today : today.next(day)
        case .next:
            let monday = today.next(.monday)
            return monday.adding(days: day.rawValue - 1)
        }
    }

    // MARK: - "March third", "the 14th of March", "3/14", "2026-03-14"

    private static let months: [String: Int] = [
        "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4,
        "apr": 4, "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8,
        "september": 9, "sep": 9, "sept": 9, "october": 10, "oct": 10, "november": 11,
        "nov": 11, "december": 12, "dec": 12,
    ]

    private func calendar(at index: Int) -> Match<HeardDate>? {
        if case .slash(let first, let second)? = utterance[index]?.kind {
            let isMonthFirst = first <= 12
            let month = isMonthFirst ? first : second
            let day = isMonthFirst ? second : first
            guard (1...12).contains(month), (1...31).contains(day) else { return nil }
            return Match(resolve(month: month, day: day), index..<(index + 1))
        }
        return isoDate(at: index) ?? monthFirst(at: index) ?? dayFirst(at: index)
    }

    private func isoDate(at index: Int) -> Match<HeardDate>? {
        guard let year = utterance[index]?.number, (2000...2100).contains(year),
            let month = utterance[index + 1], month.isJoined, let monthNumber = month.number,
            let day = utterance[index + 2], day.isJoined, let dayNumber = day.number
        else { return nil }
        return Match(
            resolve(month: monthNumber, day: dayNumber, year: year), index..<(index + 3))
    }

    private func monthFirst(at index: Int) -> Match<HeardDate>? {
        guard let month = Self.months[utterance.word(index)] else { return nil }
        var position = index + 1
        if utterance.word(position) == "the" { position += 1 }
        guard let day = dayNumber(at: position) else { return nil }
        return withYear(month: month, day: day.value, index..<day.range.upperBound)
    }

    private func dayFirst(at index: Int) -> Match<HeardDate>? {
        var position = index
        let hasArticle = utterance.word(position) == "the"
        if hasArticle { position += 1 }
        guard let day = dayNumber(at: position) else { return nil }
        let isOrdinal = HeardNumber.ordinal(utterance, at: position) != nil
        var end = day.range.upperBound
        if utterance.word(end) == "of" { end += 1 }
        if let month = Self.months[utterance.word(end)] {
            // "four March 14th": the four belongs to something else.
            if !isOrdinal, dayNumber(at: end + 1) != nil, utterance.word(end - 1) != "of" {
                return nil
            }
            return withYear(month: month, day: day.value, index..<(end + 1))
        }
        if utterance.word(end) == "this", utterance.word(end + 1) == "month" { end += 2 }
        guard isOrdinal, hasArticle || isDigitOrdinal(position),
            !["one", "option", "time", "choice", "thing"].contains(
                utterance.word(day.range.upperBound))
        else { return nil }
        return Match(resolve(dayOfMonth: day.value), index..<day.range.upperBound)
    }

    private func isDigitOrdinal(_ index: Int) -> Bool {
        if case .ordinal? = utterance[index]?.kind { true } else { false }
    }

    private func dayNumber(at index: Int) -> Match<Int>? {
        let number =
            HeardNumber.ordinal(utterance, at: index)
            ?? HeardNumber.cardinal(utterance, at: index)
        guard let number, (1...31).contains(number.value),
            !PeopleWords.isNoun(utterance, at: number.range.upperBound)
        else { return nil }
        return number
    }

    private func withYear(month: Int, day: Int, _ range: Range<Int>) -> Match<HeardDate> {
        var end = range.upperBound
        var year: Int?
        if let number = utterance[end]?.number, (2000...2100).contains(number) {
            year = number
            end += 1
        } else if utterance.word(end) == "twenty",
            let rest = HeardNumber.cardinal(utterance, at: end + 1), (20...99).contains(rest.value)
        {
            year = 2000 + rest.value
            end = rest.range.upperBound
        }
        return Match(resolve(month: month, day: day, year: year), range.lowerBound..<end)
    }

    private func resolve(month: Int, day: Int, year: Int? = nil) -> HeardDate {
        if let year {
            return LocalDate(year: year, month: month, day: day).map(HeardDate.day)
                ?? .noSuchDay(month: month, day: day)
        }
        if let date = LocalDate(year: today.year, month: month, day: day), date >= today {
            return .day(date)
        }
        let isAhead = (month, day) >= (today.month, today.day)
        guard !isAhead, let date = LocalDate(year: today.year + 1, month: month, day: day) else {
            return .noSuchDay(month: month, day: day)
        }
        return .day(date)
    }

    /// The next month that has such a day, this one first.
    private func resolve(dayOfMonth day: Int) -> HeardDate {
        var year = today.year
        var month = today.month
        for _ in 0..<4 {
            if let date = LocalDate(year: year, month: month, day: day), date >= today {
                return .day(date)
            }
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        return .noSuchDay(month: today.month, day: day)
    }

    // MARK: - Holidays with a fixed day

    private static let holidays = PhraseTable<(month: Int, day: Int)>([
        ((12, 24), ["christmas eve"]),
        ((12, 25), ["christmas day", "christmas"]),
        ((12, 31), ["new year's eve", "new years eve", "new year eve"]),
        ((1, 1), ["new year's day", "new years day"]),
        ((2, 14), ["valentine's day", "valentines day", "valentine's"]),
        ((10, 31), ["halloween"]),
        ((7, 4), ["the fourth of july", "independence day"]),
    ])

    private func holiday(at index: Int) -> Match<HeardDate>? {
        guard let found = Self.holidays.match(utterance, at: index) else { return nil }
        return Match(resolve(month: found.value.month, day: found.value.day), found.range)
    }
}
