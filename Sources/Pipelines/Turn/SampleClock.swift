import DSP

/// Maps positions in the caller's audio to the clock.
///
/// A frame can come late but never early, so the least difference between arrival and position over
/// the last seconds is the true one; the window lets a lasting shift or a drift through.
package struct SampleClock: Sendable {
    package static let nanosPerSample = Int64(1_000_000 / CallAudio.listening.samplesPerMillisecond)
    static let windowNanos: UInt64 = 5_000_000_000

    /// Samples received since the call's audio began.
    package private(set) var through: Int64 = 0
    /// When the newest of them came.
    package private(set) var arrivalNanos: UInt64 = 0
    /// By how much frames have been late over the last second or so.
    private var lateNanos: Int64 = 0
    private var current = Int64.max
    private var previous = Int64.max
    private var windowEndNanos: UInt64 = 0

    package init() {}

    /// Notes that all samples before `through` are here.
    package mutating func received(through: Int64, at now: UInt64) {
        self.through = through
        arrivalNanos = now
        let offset = Int64(now) - through * Self.nanosPerSample
        if now >= windowEndNanos {
            previous = current
            current = offset
            windowEndNanos = now + Self.windowNanos
        } else {
            current = min(current, offset)
        }
        lateNanos += (Int64(now) - Int64(nanos(of: through)) - lateNanos) / 32
    }

    /// True if the newest audio is later than has become usual: more of it is under way.
    package func isBehind(at now: UInt64) -> Bool {
        Int64(now) - Int64(nanos(of: through)) > lateNanos + 40_000_000
    }

    /// When the sample at `position` would have come over a network without jitter.
    package func nanos(of position: Int64) -> UInt64 {
        let offset = min(current, previous)
        guard offset != .max else { return arrivalNanos }
        return UInt64(max(0, offset + position * Self.nanosPerSample))
    }
}

extension UInt64 {
    /// This time and `milliseconds` more.
    func adding(ms milliseconds: Int) -> UInt64 {
        self + UInt64(Swift.max(0, milliseconds)) * 1_000_000
    }
}

/// Samples of the caller's audio, as it is listened to, in `milliseconds`.
func sampleCount(ms milliseconds: Int) -> Int64 {
    Int64(CallAudio.listening.sampleCount(ms: milliseconds))
}

/// How long so many of them last: whole milliseconds.
func milliseconds(sampleCount: Int64) -> Int {
    Int(sampleCount) / CallAudio.listening.samplesPerMillisecond
}
