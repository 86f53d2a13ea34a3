import Realtime

/// What reports show of latencies, however they were kept. All 0 where there are none.
public protocol LatencyFigures {
    var sampleCount: Int { get }
    var minNanos: UInt64 { get }
    var meanNanos: Double { get }
    var maxNanos: UInt64 { get }
    /// The smallest latency that at least `percent` (0…100) do not exceed, by nearest rank.
    func percentile(_ percent: Double) -> UInt64
}

extension LatencyHistogram: LatencyFigures {
    public var sampleCount: Int { Int(count) }
}

/// Latencies kept one by one, so that their percentiles are exact.
///
/// For what happens once a turn. A daemon counts in a ``LatencyHistogram`` of fixed memory, whose
/// 1 % is 4 ms of a response: too coarse to hold a figure against a bound by.
public struct LatencySamples: LatencyFigures, Sendable {
    /// In nanoseconds, in the order in which they were recorded.
    public private(set) var nanos: [UInt64] = []

    public init() {}

    public var count: Int { nanos.count }
    public var sampleCount: Int { count }
    public var minNanos: UInt64 { nanos.min() ?? 0 }
    public var maxNanos: UInt64 { nanos.max() ?? 0 }
    public var meanNanos: Double {
        nanos.isEmpty ? 0 : nanos.reduce(0) { $0 + Double($1) } / Double(nanos.count)
    }

    public mutating func record(_ nanos: UInt64) { self.nanos.append(nanos) }

    public mutating func merge(_ other: LatencySamples) { nanos += other.nanos }

    /// The smallest latency that at least `percent` (0…100) of them do not exceed, in nanoseconds:
    /// the nearest-rank definition, as in the histogram. Sorts at every call.
    public func percentile(_ percent: Double) -> UInt64 {
        precondition(percent >= 0 && percent <= 100, "a percentile lies between 0 and 100")
        guard !nanos.isEmpty else { return 0 }
        let rank = max(1, Int((percent / 100 * Double(sampleCount)).rounded(.up)))
        return nanos.sorted()[rank - 1]
    }
}
