/// How the histograms divide time: exact nanoseconds up to 255, then 128 equal steps to each
/// doubling, up to 2⁴² ns (73 minutes).
///
/// The idea is Gil Tene's HdrHistogram. A step is at most 1/128 (0.79 %) of the values in it, which
/// bounds the relative error of every percentile.
@usableFromInline
enum HistogramLayout {
    @usableFromInline static let stepBits = 7
    @usableFromInline static let exactCount = 1 << (stepBits + 1)
    @usableFromInline static let limitBits = 42
    @usableFromInline static let bucketCount =
        exactCount + (limitBits - stepBits - 1) << stepBits
    /// The longest time that has a bucket of its own; longer ones go to the last bucket.
    @usableFromInline static let limitNanos = (UInt64(1) << limitBits) - 1

    @inlinable
    static func bucket(ofNanos nanos: UInt64) -> Int {
        let value = min(nanos, limitNanos)
        if value < UInt64(exactCount) { return Int(truncatingIfNeeded: value) }
        let shift = 63 &- value.leadingZeroBitCount &- stepBits
        // The upper bits of value >> shift run from 128 to 255, and each doubling adds 128 buckets.
        return shift &* (1 << stepBits) &+ Int(truncatingIfNeeded: value >> UInt64(shift))
    }

    /// The longest time that falls into a bucket, in nanoseconds.
    static func upperNanos(ofBucket bucket: Int) -> UInt64 {
        if bucket < exactCount { return UInt64(bucket) }
        let shift = UInt64(bucket >> stepBits - 1)
        let step = UInt64(bucket & (1 << stepBits - 1) | 1 << stepBits)
        return (step + 1) << shift - 1
    }
}
