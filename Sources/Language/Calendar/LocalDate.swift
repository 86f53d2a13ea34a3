/// A day of the week, Monday first as in ISO 8601.
public enum Weekday: Int, Sendable, CaseIterable, Codable, Comparable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    public static func < (left: Weekday, right: Weekday) -> Bool { left.rawValue < right.rawValue }

    /// As it is spoken: "Friday".
    public var name: String {
        switch self {
        case .monday: "Monday"
        case .tuesday: "Tuesday"
        case .wednesday: "Wednesday"
        case .thursday: "Thursday"
        case .friday: "Friday"
        case .saturday: "Saturday"
        case .sunday: "Sunday"
        }
    }
}

/// A day on the business's calendar, with no time zone (proleptic Gregorian).
///
/// Days are counted, not instants, so adding one is never disturbed by a clock change.
public struct LocalDate: Sendable, Hashable, Comparable {
    public let year: Int
    /// 1…12
    public let month: Int
    /// 1…31
    public let day: Int

    /// Nil if there is no such day (the 30th of February).
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1,
            day <= Self.dayCount(year: year, month: month), (1...9999).contains(year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01, counted in eras of 400 years that begin on the first of March.
    public init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The inverse of ``init(daysSince1970:)``.
    public var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    public var weekday: Weekday {
        // 1970-01-01 was a Thursday, the fourth day of its week.
        let index = (daysSince1970 + 3) % 7
        return Weekday.allCases[index >= 0 ? index : index + 7]
    }

    public func adding(days: Int) -> LocalDate {
        LocalDate(daysSince1970: daysSince1970 + days)
    }

    /// The same day of another month, or its last where it has no such day.
    public func adding(months: Int) -> LocalDate {
        let count = year * 12 + month - 1 + months
        let (year, month) = (count / 12, count % 12 + 1)
        let last = Self.dayCount(year: year, month: month)
        return LocalDate(year: year, month: month, day: min(day, last)) ?? self
    }

    /// The first day after this one that falls on `weekday`.
    public func next(_ weekday: Weekday) -> LocalDate {
        let ahead = (weekday.rawValue - self.weekday.rawValue + 7) % 7
        return adding(days: ahead == 0 ? 7 : ahead)
    }

    public static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    public static func < (left: LocalDate, right: LocalDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// A time on the business's clock, to the minute.
public struct LocalTime: Sendable, Hashable, Comparable {
    /// Minutes since midnight, 0…1439.
    public let minuteOfDay: Int

    public var hour: Int { minuteOfDay / 60 }
    public var minute: Int { minuteOfDay % 60 }

    /// Nil outside 00:00…23:59.
    public init?(hour: Int, minute: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        minuteOfDay = hour * 60 + minute
    }

    /// Whole days in `minutes` are dropped.
    public init(wrappingMinutes minutes: Int) {
        let rest = minutes % 1440
        minuteOfDay = rest < 0 ? rest + 1440 : rest
    }

    public static func < (left: LocalTime, right: LocalTime) -> Bool {
        left.minuteOfDay < right.minuteOfDay
    }
}

/// A day and a time on the business's clock.
public struct LocalDateTime: Sendable, Hashable, Comparable, Codable {
    public var date: LocalDate
    public var time: LocalTime

    public init(date: LocalDate, time: LocalTime) {
        self.date = date
        self.time = time
    }

    /// Minutes on the clock since 1970-01-01 00:00 there; for differences within one zone.
    public var clockMinutes: Int { date.daysSince1970 * 1440 + time.minuteOfDay }

    public init(clockMinutes: Int) {
        let days = clockMinutes >= 0 ? clockMinutes / 1440 : (clockMinutes - 1439) / 1440
        date = LocalDate(daysSince1970: days)
        time = LocalTime(wrappingMinutes: clockMinutes)
    }

    public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool {
        left.clockMinutes < right.clockMinutes
    }
}
