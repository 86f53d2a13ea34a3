import Glibc

/// The calendar's clock, for records; never for measuring.
package enum WallClock {
    /// Nanoseconds since 1970-01-01T00:00Z.
    package static func nowNanos() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    /// Seconds since 1970-01-01T00:00Z.
    package static func nowSeconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }
}
