import Foundation

/// The calendar's clock, for records; never for measuring.
enum WallClock {
    /// Seconds since 1970-01-01T00:00Z.
    static func nowSeconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }
}
