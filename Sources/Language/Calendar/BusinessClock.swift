import Foundation

/// Converts between instants and the clock on the business's wall.
public struct BusinessClock: Sendable {
    public let timeZone: TimeZone

    public init(timeZone: TimeZone) { self.timeZone = timeZone }

    /// What the clock shows at an instant.
    public func local(at instant: Date) -> LocalDateTime {
        let seconds = floorSeconds(instant)
        return wall(seconds + offset(at: seconds))
    }

    /// The instant at which the clock shows `local`, in seconds since 1970 UTC.
    ///
    /// In the hour that occurs twice in autumn it is the first; a time that is skipped in spring is
    /// moved on by the length of the gap, as clocks are (02:30 becomes 03:30).
    public func instant(of local: LocalDateTime) -> Int64 {
        let wallSeconds = Int64(local.clockMinutes) * 60
        // The offsets half a day before and after bracket any change between them.
        let before = offset(at: wallSeconds - 43_200 - offset(at: wallSeconds))
        let after = offset(at: wallSeconds + 43_200 - offset(at: wallSeconds))
        for candidate in [wallSeconds - before, wallSeconds - after]
        where candidate + offset(at: candidate) == wallSeconds {
            return candidate
        }
        return wallSeconds - before
    }

    /// True when the clock ever shows `local`; false inside a spring gap.
    public func exists(_ local: LocalDateTime) -> Bool {
        let seconds = instant(of: local)
        return wall(seconds + offset(at: seconds)) == local
    }

    private func offset(at seconds: Int64) -> Int64 {
        Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    private func floorSeconds(_ instant: Date) -> Int64 {
        Int64(instant.timeIntervalSince1970.rounded(.down))
    }

    private func wall(_ seconds: Int64) -> LocalDateTime {
        let minutes = seconds >= 0 ? seconds / 60 : (seconds - 59) / 60
        return LocalDateTime(clockMinutes: Int(minutes))
    }
}
