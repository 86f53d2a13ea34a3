import CallSimulator
import Realtime
import TestSupport
import Testing

@Suite struct LatencySamplesTests {
    @Test func percentilesAreExactByNearestRank() {
        var samples = LatencySamples()
        for value in (1...200).reversed() { samples.record(UInt64(value) * 1_000_003) }
        #expect(samples.percentile(0) == 1_000_003)
        #expect(samples.percentile(50) == 100 * 1_000_003)
        #expect(samples.percentile(99.5) == 199 * 1_000_003)
        #expect(samples.percentile(99.6) == 200 * 1_000_003)
        #expect(samples.percentile(100) == samples.maxNanos)
        #expect(samples.minNanos == 1_000_003 && samples.meanNanos == 100.5 * 1_000_003)
    }

    /// The daemon's histogram rounds up by at most 1 %; both take the same rank.
    @Test(arguments: [1 as UInt64, 2, 3]) func theHistogramAgrees(seed: UInt64) {
        var samples = LatencySamples()
        var histogram = LatencyHistogram()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let nanos = generator.next() >> 34
            samples.record(nanos)
            histogram.record(nanos)
        }
        for percent in stride(from: 0.0, through: 100, by: 2.5) {
            let exact = samples.percentile(percent)
            let rounded = histogram.percentile(percent)
            #expect(rounded >= exact && Double(rounded) <= Double(exact) * 1.01 + 1, "\(percent)")
        }
    }

    @Test func nothingIsNoughtAndMergingKeepsAll() {
        var samples = LatencySamples()
        #expect(samples.percentile(50) == 0 && samples.maxNanos == 0 && samples.meanNanos == 0)
        var other = LatencySamples()
        other.record(7)
        samples.merge(other)
        samples.record(5)
        #expect(samples.sampleCount == 2 && samples.percentile(50) == 5 && samples.maxNanos == 7)
    }
}
