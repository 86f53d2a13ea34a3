import Synchronization

/// A ``LatencyHistogram`` that one thread writes while any others read.
///
/// Fixed memory (36 KB), no locks. Because there is one writer, a count is a load and a store and
/// not a locked instruction; a second writer would lose counts, so give each loop its own and merge
/// the snapshots.
public final class ConcurrentHistogram: @unchecked Sendable {
    private let buckets: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)
    private let shortest = Atomic<UInt64>(.max)
    private let longest = Atomic<UInt64>(0)

    /// Makes an empty histogram. Allocates.
    public init() {
        buckets = .allocate(capacity: HistogramLayout.bucketCount)
        for bucket in 0..<HistogramLayout.bucketCount {
            (buckets + bucket).initialize(to: Atomic(0))
        }
    }

    deinit {
        buckets.deinitialize(count: HistogramLayout.bucketCount)
        buckets.deallocate()
    }

    /// Counts one time. The writer's thread only; does not block or allocate.
    public func record(_ nanos: UInt64) {
        if nanos < shortest.load(ordering: .relaxed) { shortest.store(nanos, ordering: .relaxed) }
        if nanos > longest.load(ordering: .relaxed) { longest.store(nanos, ordering: .relaxed) }
        sum.store(sum.load(ordering: .relaxed) &+ nanos, ordering: .relaxed)
        let bucket = HistogramLayout.bucket(ofNanos: nanos)
        let times = buckets[bucket].load(ordering: .relaxed)
        // Releasing, and last: a reader that sees the count sees its sum, minimum and maximum.
        buckets[bucket].store(times &+ 1, ordering: .releasing)
    }

    /// A copy of what has been counted. Times recorded meanwhile may be in the sum and not yet in
    /// the counts, never the other way round. Any thread; allocates, does not block.
    public func snapshot() -> LatencyHistogram {
        let counts = (0..<HistogramLayout.bucketCount).map { bucket in
            buckets[bucket].load(ordering: .acquiring)
        }
        return LatencyHistogram(
            buckets: counts, sumNanos: sum.load(ordering: .relaxed),
            minNanos: shortest.load(ordering: .relaxed),
            maxNanos: longest.load(ordering: .relaxed))
    }
}
