import Glibc

/// The clock that every latency is measured with: never set back, not stopped by clock changes.
public enum MonotonicClock {
    /// Nanoseconds of `CLOCK_MONOTONIC` (POSIX `clock_gettime`), counted from an unspecified moment
    /// at or before the start of the machine.
    ///
    /// Any thread; does not block or allocate (a read of shared memory on Linux, about 20 ns).
    @inlinable
    public static func nowNanos() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
