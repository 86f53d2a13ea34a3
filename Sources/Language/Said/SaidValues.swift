/// Words for a voice: numbers, times and dates written so that a synthesiser says them well.
public enum SaidValues {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// "four", "13": words up to twelve.
    public static func number(_ value: Int) -> String {
        small.indices.contains(value) ? small[value] : String(value)
    }

    /// "four people", "one person"
    public static func people(_ count: Int) -> String {
        count == 1 ? "one person" : "\(number(count)) people"
    }

    /// "7 PM", "7:30 PM", "noon", "midnight"
    public static func time(_ time: LocalTime) -> String {
        if time.minuteOfDay == 0 { return "midnight" }
        if time.minuteOfDay == 720 { return "noon" }
        let hour = time.hour % 12 == 0 ? 12 : time.hour % 12
        let half = time.hour < 12 ? "AM" : "PM"
        if time.minute == 0 { return "\(hour) \(half)" }
        let minutes = time.minute < 10 ? "0\(time.minute)" : String(time.minute)
        return "\(hour):\(minutes) \(half)"
    }

    /// "1st", "22nd", "27th"
    public static func ordinal(_ value: Int) -> String {
        switch (value % 10, value % 100) {
        case (_, 11...13): "\(value)th"
        case (1, _): "\(value)st"
        case (2, _): "\(value)nd"
        case (3, _): "\(value)rd"
        default: "\(value)th"
        }
    }

    /// "Friday the 27th of November"
    public static func date(_ date: LocalDate) -> String {
        "\(date.weekday.name) the \(dayAndMonth(month: date.month, day: date.day))"
    }

    /// "27th of November"
    public static func dayAndMonth(month: Int, day: Int) -> String {
        "\(ordinal(day)) of \(months[(month - 1) % 12])"
    }

    /// "today", "tomorrow", or the date; "on" is put before a date where asked for.
    public static func day(_ date: LocalDate, today: LocalDate, preposition: Bool = false)
        -> String
    {
        switch date.daysSince1970 - today.daysSince1970 {
        case 0: "today"
        case 1: "tomorrow"
        default: (preposition ? "on " : "") + Self.date(date)
        }
    }

    /// "tomorrow at 7 PM"
    public static func moment(_ moment: LocalDateTime, today: LocalDate, preposition: Bool = false)
        -> String
    {
        "\(day(moment.date, today: today, preposition: preposition)) at \(time(moment.time))"
    }

    /// "4 8 2, 0 5 1": digit by digit with a pause after each third.
    public static func digits(_ text: String) -> String { SaidText.digits(text) }

    /// "6 PM", "6 PM or 8 PM", "6 PM, 7 PM or 8 PM"
    public static func list(_ items: [String], conjunction: String = "or") -> String {
        guard let last = items.last else { return "" }
        if items.count == 1 { return last }
        return items.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }

    /// "from noon to 9 PM", "from noon to 1 PM and from 5 PM to 9 PM": when guests may come.
    public static func seatingHours(
        _ periods: [OpeningHours.Period], lastSeatingMinutes: Int
    ) -> String {
        let spans = periods.map { period in
            let last = LocalTime(wrappingMinutes: period.closesMinute - lastSeatingMinutes)
            return "from \(time(period.opens)) to \(time(last))"
        }
        return list(spans, conjunction: "and")
    }

    /// First letter upper case, as a sentence begins.
    public static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }
}
