/// The audio clock of one call: samples at 8000 Hz, counted from the moment its stream started.
public struct SampleClock: Sendable, Equatable {
    /// One sample in nanoseconds, exactly.
    public static let sampleNanos: UInt64 = 125_000
    /// Samples, and bytes of µ-law, in a frame of 20 ms.
    public static let frameSampleCount = 160

    /// When sample 0 was due, on the monotonic clock.
    public let startNanos: UInt64

    public init(startNanos: UInt64) { self.startNanos = startNanos }

    /// How many samples lie between the start and `nanos`; 0 before the start.
    public func sample(atNanos nanos: UInt64) -> Int64 {
        nanos <= startNanos ? 0 : Int64((nanos - startNanos) / Self.sampleNanos)
    }

    /// When the sample is due.
    public func nanos(ofSample sample: Int64) -> UInt64 {
        startNanos + UInt64(max(0, sample)) * Self.sampleNanos
    }

    /// When frame `number`, counted from 0, is due to be sent.
    public func nanos(ofFrame number: Int64) -> UInt64 {
        nanos(ofSample: number * Int64(Self.frameSampleCount))
    }
}
