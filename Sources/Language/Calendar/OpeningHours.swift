/// When a business is open, by day of the week, with exceptions for single days.
public struct OpeningHours: Sendable, Equatable {
    /// A stretch of one day; when `closes` is not after `opens` it ends on the next day.
    public struct Period: Sendable, Equatable {
        public var opens: LocalTime
        public var closes: LocalTime

        public init(opens: LocalTime, closes: LocalTime) {
            self.opens = opens
            self.closes = closes
        }

        /// Reads `HH:mm-HH:mm`; nil for anything else.
        public init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2,
                let opens = LocalTime(trimmed(parts[0])), let closes = LocalTime(trimmed(parts[1]))
            else { return nil }
            self.init(opens: opens, closes: closes)
        }

        /// Reads the periods of a day: `HH:mm-HH:mm`, several apart by commas, or `closed`; nil for
        /// anything else, and where one begins before the last has ended.
        public static func day(_ text: String) -> [Period]? {
            if text == "closed" { return [] }
            var periods: [Period] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let period = Period(trimmed(part)) else { return nil }
                if let last = periods.last, period.opens.minuteOfDay < last.closesMinute {
                    return nil
                }
                periods.append(period)
            }
            return periods
        }

        /// Minutes since the midnight before `opens`; above 1440 on the next day.
        public var closesMinute: Int {
            closes > opens ? closes.minuteOfDay : closes.minuteOfDay + 1440
        }
    }

    /// A day that is missing is closed.
    public var weekly: [Weekday: [Period]]
    /// Single days that differ from their weekday; an empty list is a closed day.
    public var exceptions: [LocalDate: [Period]]

    public init(weekly: [Weekday: [Period]], exceptions: [LocalDate: [Period]] = [:]) {
        self.weekly = weekly
        self.exceptions = exceptions
    }

    /// The periods that begin on a day, in order.
    public func periods(on date: LocalDate) -> [Period] {
        (exceptions[date] ?? weekly[date.weekday] ?? []).sorted { $0.opens < $1.opens }
    }

    /// True when guests can begin at `start`, with `lastStartMinutes` left before closing at least.
    public func allowsStart(_ start: LocalDateTime, lastStartMinutes: Int) -> Bool {
        let minute = start.time.minuteOfDay
        let here = periods(on: start.date).contains {
            $0.opens.minuteOfDay <= minute && minute <= $0.closesMinute - lastStartMinutes
        }
        if here { return true }
        // The small hours belong to the evening before.
        return periods(on: start.date.adding(days: -1)).contains {
            minute + 1440 <= $0.closesMinute - lastStartMinutes
        }
    }

    /// True when the business is open at that moment.
    public func isOpen(at moment: LocalDateTime) -> Bool {
        allowsStart(moment, lastStartMinutes: 1)
    }

    /// The next opening after a moment, within so many days; nil where there is none.
    public func nextOpening(after moment: LocalDateTime, daysMax: Int = 7) -> LocalDateTime? {
        (0...daysMax).lazy.compactMap { days in
            let date = moment.date.adding(days: days)
            return periods(on: date).map { LocalDateTime(date: date, time: $0.opens) }
                .first { $0 > moment }
        }.first
    }

    /// All starts on a day, `stepMinutes` apart from each opening on.
    public func starts(on date: LocalDate, lastStartMinutes: Int, stepMinutes: Int)
        -> [LocalDateTime]
    {
        precondition(stepMinutes > 0, "a step of one minute at least")
        let midnight = LocalDateTime(date: date, time: LocalTime(wrappingMinutes: 0)).clockMinutes
        var result: [LocalDateTime] = []
        for period in periods(on: date) {
            let last = period.closesMinute - lastStartMinutes
            var minute = period.opens.minuteOfDay
            while minute <= last {
                result.append(LocalDateTime(clockMinutes: midnight + minute))
                minute += stepMinutes
            }
        }
        return result
    }
}

private func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}
