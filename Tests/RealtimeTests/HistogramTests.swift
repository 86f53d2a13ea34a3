import Foundation
import Realtime
import Synchronization
import TestSupport
import Testing

@Suite struct HistogramTests {
    /// Every power of two from 1 ns to 2⁴² and its neighbours, alone in a histogram whose extremes
    /// do not help: the percentile must be right to 1 %.
    @Test func everyMagnitudeIsKeptToOnePercent() {
        for bit in 0..<42 {
            for step in stride(from: 0.0, through: 0.99, by: 0.03) {
                let nanos = UInt64(Double(UInt64(1) << bit) * (1 + step))
                var histogram = LatencyHistogram()
                histogram.record(0)
                histogram.record(nanos)
                histogram.record(1 << 42)
                let found = histogram.percentile(50)
                #expect(found >= nanos, "\(nanos) became \(found)")
                #expect(Double(found - nanos) <= Double(nanos) * 0.01, "\(nanos) became \(found)")
            }
        }
    }

    @Test func percentilesAgreeWithASortedArray() {
        let seed = UInt64.random(in: 0 ... .max)
        print("histogram model, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for count in [1, 2, 3, 10, 100, 1_000] {
            var histogram = LatencyHistogram()
            var times: [UInt64] = []
            for _ in 0..<count {
                let magnitude = Double.random(in: 3...12.5, using: &random)
                let nanos = UInt64(pow(10, magnitude))
                times.append(nanos)
                histogram.record(nanos)
            }
            times.sort()
            for percent in [0, 1, 25, 50, 90, 95, 99, 99.9, 100] {
                let rank = max(1, Int((percent / 100 * Double(count)).rounded(.up)))
                let exact = times[rank - 1]
                let found = histogram.percentile(percent)
                #expect(found >= exact && Double(found) <= Double(exact) * 1.01, "seed \(seed)")
            }
            #expect(histogram.minNanos == times.first)
            #expect(histogram.maxNanos == times.last)
            #expect(histogram.sumNanos == times.reduce(0, +))
            #expect(histogram.count == UInt64(count))
        }
    }

    @Test func anEmptyOneSaysZero() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(99) == 0)
        #expect(histogram.minNanos == 0)
        #expect(histogram.meanNanos == 0)
        #expect(histogram.summary.count == 0)
    }

    @Test func longTimesCountAsTheLongest() {
        var histogram = LatencyHistogram()
        histogram.record(UInt64.max / 2)
        histogram.record(1_000)
        #expect(histogram.maxNanos == UInt64.max / 2)
        #expect(histogram.percentile(50) == 1_003)
        #expect(histogram.percentile(100) == (1 << 42) - 1)
    }

    @Test func mergingIsRecordingAll() {
        var one = LatencyHistogram()
        var other = LatencyHistogram()
        var all = LatencyHistogram()
        for index in 1...500 {
            let nanos = UInt64(index * index * 1_000)
            if index % 3 == 0 { one.record(nanos) } else { other.record(nanos) }
            all.record(nanos)
        }
        one.merge(other)
        #expect(one.summary == all.summary)
        #expect(one.sumNanos == all.sumNanos)
        one.merge(LatencyHistogram())
        #expect(one.summary == all.summary)
        one.reset()
        #expect(one.summary == LatencyHistogram().summary)
    }

    @Test func theSummaryIsMilliseconds() throws {
        var histogram = LatencyHistogram()
        for _ in 0..<100 { histogram.record(2_000_000) }
        let summary = histogram.summary
        #expect(summary.p50Ms == 2 && summary.p999Ms == 2 && summary.meanMs == 2)
        let json = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(LatencySummary.self, from: json) == summary)
    }

    @Test func theClockGoesForward() {
        var last = MonotonicClock.nowNanos()
        for _ in 0..<1_000 {
            let now = MonotonicClock.nowNanos()
            #expect(now >= last)
            last = now
        }
    }
}
