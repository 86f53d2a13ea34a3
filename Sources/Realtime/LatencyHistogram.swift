/// Counts times in fixed memory (36 KB) with a relative error of at most 1 %, from 1 ns to 73
/// minutes.
///
/// A value type: copies share memory until one of them records.
public struct LatencyHistogram: Sendable {
    @usableFromInline var buckets: [UInt64]
    /// How many times were recorded.
    public private(set) var count: UInt64
    /// The longest time recorded, exactly, in nanoseconds; 0 when there is none.
    public private(set) var maxNanos: UInt64
    /// The shortest time recorded, exactly, in nanoseconds; 0 when there is none.
    public var minNanos: UInt64 { count == 0 ? 0 : shortestNanos }
    /// The sum of all times, in nanoseconds; wraps around after 584 years.
    public private(set) var sumNanos: UInt64
    private var shortestNanos: UInt64

    /// Makes an empty histogram. Allocates; nothing else here does but a copy's first record.
    public init() {
        buckets = Array(repeating: 0, count: HistogramLayout.bucketCount)
        count = 0
        maxNanos = 0
        sumNanos = 0
        shortestNanos = .max
    }

    /// Takes over what a concurrent histogram has counted.
    init(buckets: [UInt64], sumNanos: UInt64, minNanos: UInt64, maxNanos: UInt64) {
        self.buckets = buckets
        self.sumNanos = sumNanos
        self.maxNanos = maxNanos
        shortestNanos = minNanos
        count = buckets.reduce(0, &+)
    }

    /// Counts one time. Longer ones than 73 minutes count as that in percentiles. Does not
    /// allocate.
    public mutating func record(_ nanos: UInt64) {
        buckets[HistogramLayout.bucket(ofNanos: nanos)] &+= 1
        count &+= 1
        sumNanos &+= nanos
        maxNanos = max(maxNanos, nanos)
        shortestNanos = min(shortestNanos, nanos)
    }

    /// The mean of all times in nanoseconds, 0 when there is none.
    public var meanNanos: Double { count == 0 ? 0 : Double(sumNanos) / Double(count) }

    /// The smallest time (at most 1 % too long) that at least `percent` (0…100) of the times do not
    /// exceed, in nanoseconds; 0 when there is none. The nearest-rank definition.
    public func percentile(_ percent: Double) -> UInt64 {
        precondition(percent >= 0 && percent <= 100, "a percentile lies between 0 and 100")
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, times) in buckets.enumerated() where times > 0 {
            seen += times
            if seen >= rank {
                return max(minNanos, min(maxNanos, HistogramLayout.upperNanos(ofBucket: bucket)))
            }
        }
        return maxNanos
    }

    /// Adds all the times of another histogram. Allocates only if this one is shared with a copy.
    public mutating func merge(_ other: LatencyHistogram) {
        for (bucket, times) in other.buckets.enumerated() where times > 0 {
            buckets[bucket] &+= times
        }
        count &+= other.count
        sumNanos &+= other.sumNanos
        maxNanos = max(maxNanos, other.maxNanos)
        shortestNanos = min(shortestNanos, other.shortestNanos)
    }

    /// Forgets all times; keeps the memory.
    public mutating func reset() {
        for bucket in buckets.indices { buckets[bucket] = 0 }
        count = 0
        sumNanos = 0
        maxNanos = 0
        shortestNanos = .max
    }

    /// The usual figures, ready to be written as JSON.
    public var summary: LatencySummary {
        func milliseconds(_ nanos: UInt64) -> Double { Double(nanos) / 1e6 }
        return LatencySummary(
            count: count, minMs: milliseconds(minNanos), meanMs: meanNanos / 1e6,
            p50Ms: milliseconds(percentile(50)), p90Ms: milliseconds(percentile(90)),
            p95Ms: milliseconds(percentile(95)), p99Ms: milliseconds(percentile(99)),
            p999Ms: milliseconds(percentile(99.9)), maxMs: milliseconds(maxNanos))
    }
}

/// The figures of a ``LatencyHistogram`` at one moment, times in milliseconds.
public struct LatencySummary: Sendable, Equatable, Codable {
    public var count: UInt64
    public var minMs: Double
    public var meanMs: Double
    public var p50Ms: Double
    public var p90Ms: Double
    public var p95Ms: Double
    public var p99Ms: Double
    public var p999Ms: Double
    public var maxMs: Double
}
