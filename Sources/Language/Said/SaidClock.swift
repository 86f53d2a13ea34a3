/// Times of day and dates as they are said: "19:30" as "7:30 PM", "2026-11-27" as "the 27th of
/// November".
package enum SaidClock {
    package struct Reading {
        package var words: Int
        package var text: String
        /// The last of the words ended with a full stop of its own.
        package var isAbbreviated = false
    }

    private struct Time {
        var hour: Int
        var minute: Int
        /// Said with "AM" or "PM", or on the clock of 24 hours.
        var isCertain: Bool
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    package static func read(_ core: Substring, followedBy next: SpokenWord?) -> Reading? {
        if let half = next.flatMap({ $0.lead.isEmpty ? half($0.core) : nil }),
            let time = time(core, half: half) ?? hour(core, half: half)
        {
            return Reading(
                words: 2, text: words(time), isAbbreviated: next?.core.hasSuffix(".") == true)
        }
        for suffix in ["am", "pm", "a.m.", "p.m."] where core.lowercased().hasSuffix(suffix) {
            let number = core.dropLast(suffix.count)
            guard let half = half(Substring(suffix)),
                let time = time(number, half: half) ?? hour(number, half: half)
            else { continue }
            return Reading(words: 1, text: words(time), isAbbreviated: suffix.hasSuffix("."))
        }
        if let time = time(core, half: nil) { return Reading(words: 1, text: words(time)) }
        return span(core).map { Reading(words: 1, text: $0) }
    }

    /// A day as yyyy-MM-dd, with or without a time behind a "T".
    package static func date(_ core: Substring) -> String? {
        let halves = core.split(separator: "T", maxSplits: 1)
        let parts = (halves.first ?? "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], Int(parts[0]) != nil,
            let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        let text = "the \(ordinal(day)) of \(months[month - 1])"
        guard halves.count == 2 else { return text }
        guard let time = time(halves[1].prefix(5), half: nil) else { return nil }
        return "\(text) at \(words(Time(hour: time.hour, minute: time.minute, isCertain: true)))"
    }

    private static func half(_ core: Substring) -> String? {
        switch core.lowercased() {
        case "am", "a.m.", "a.m": "AM"
        case "pm", "p.m.", "p.m": "PM"
        default: nil
        }
    }

    /// "7:30", "19:30", "19:30:00".
    private static func time(_ core: Substring, half: String?) -> Time? {
        let parts = core.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...2).contains(parts[0].count),
            parts.dropFirst().allSatisfy({ $0.count == 2 }),
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        if let half {
            guard let hour = full(hour, half) else { return nil }
            return Time(hour: hour, minute: minute, isCertain: true)
        }
        let isCertain = hour > 12 || hour == 0 || parts[0].hasPrefix("0")
        return Time(hour: hour, minute: minute, isCertain: isCertain)
    }

    private static func hour(_ core: Substring, half: String) -> Time? {
        guard (1...2).contains(core.count), let hour = Int(core), let hour = full(hour, half) else {
            return nil
        }
        return Time(hour: hour, minute: 0, isCertain: true)
    }

    private static func full(_ hour: Int, _ half: String) -> Int? {
        // "19:30 PM" is meant well.
        if (13...23).contains(hour), half == "PM" { return hour }
        guard (1...12).contains(hour) else { return nil }
        return hour % 12 + (half == "PM" ? 12 : 0)
    }

    /// "11:00-22:30" as "11 AM to 10:30 PM".
    private static func span(_ core: Substring) -> String? {
        let ends = core.split { $0 == "-" || $0 == "–" }
        guard ends.count == 2, var from = time(ends[0], half: nil),
            var to = time(ends[1], half: nil)
        else { return nil }
        let isCertain = from.isCertain || to.isCertain
        from.isCertain = isCertain
        to.isCertain = isCertain
        return "\(words(from)) to \(words(to))"
    }

    private static func words(_ time: Time) -> String {
        if time.minute == 0, time.hour == 0 { return "midnight" }
        if time.minute == 0, time.hour == 12 { return "noon" }
        let hour = time.hour % 12 == 0 ? 12 : time.hour % 12
        let half = time.isCertain ? time.hour < 12 ? " AM" : " PM" : ""
        if time.minute == 0 { return half.isEmpty ? "\(hour) o'clock" : "\(hour)\(half)" }
        return "\(hour):\(time.minute < 10 ? "0" : "")\(time.minute)\(half)"
    }

    private static func ordinal(_ day: Int) -> String {
        switch (day % 10, day) {
        case (_, 11...13): "\(day)th"
        case (1, _): "\(day)st"
        case (2, _): "\(day)nd"
        case (3, _): "\(day)rd"
        default: "\(day)th"
        }
    }
}
