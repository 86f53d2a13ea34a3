import CallSimulator
import Testing

@Suite struct ArrivalJitterTests {
    /// Sends 10,000 numbered messages, 1 s apart, and returns how long each took, in milliseconds.
    private func delays(p99Ms: Double, seed: UInt64) -> [Double] {
        var jitter = ArrivalJitter(p99Ms: p99Ms, seed: seed)
        return (0..<10_000).map { number in
            let sent = UInt64(number) * 1_000_000_000
            withUnsafeBytes(of: number) { jitter.put($0, atNanos: sent) }
            let due = jitter.nextNanos ?? 0
            #expect(jitter.take(atNanos: due - 1) == nil)
            let bytes = jitter.take(atNanos: due)
            #expect(bytes?.withUnsafeBytes { $0.loadUnaligned(as: Int.self) } == number)
            return Double(due - sent) / 1e6
        }
    }

    @Test func oneInAHundredTakesLonger() {
        let late = delays(p99Ms: 50, seed: 7).count { $0 > 50 }
        // Three standard deviations of 10,000 draws at one in a hundred are 30.
        #expect((60...140).contains(late), "\(late) of 10,000, seed 7")
        #expect(delays(p99Ms: 50, seed: 7).max() ?? 0 <= 150)
    }

    @Test func theSameSeedGivesTheSameDelays() {
        #expect(delays(p99Ms: 20, seed: 3) == delays(p99Ms: 20, seed: 3))
        #expect(delays(p99Ms: 20, seed: 3) != delays(p99Ms: 20, seed: 4))
    }

    @Test func noneOvertakesAnother() {
        var jitter = ArrivalJitter(p99Ms: 100, seed: 11)
        for number in 0..<200 as Range<UInt8> {
            withUnsafeBytes(of: number) { jitter.put($0, atNanos: UInt64(number) * 1_000_000) }
        }
        var last: UInt64 = 0
        for number in 0..<200 as Range<UInt8> {
            let due = jitter.nextNanos ?? 0
            #expect(due >= last)
            last = due
            #expect(jitter.take(atNanos: due) == [number])
        }
        #expect(jitter.nextNanos == nil && jitter.take(atNanos: .max) == nil)
    }
}
