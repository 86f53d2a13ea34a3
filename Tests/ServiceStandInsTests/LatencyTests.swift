import ServiceStandIns
import TestSupport
import Testing

@Suite struct LatencyTests {
    private func draws(_ text: String, seed: UInt64 = 7, count: Int = 4_000) throws -> [Double] {
        let distribution = try #require(LatencyDistribution(text))
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Double(distribution.drawNanos(using: &generator)) / 1e6 }
    }

    @Test func constantsAreConstant() throws {
        #expect(try draws("150").allSatisfy { $0 == 150 })
        #expect(try draws("0").allSatisfy { $0 == 0 })
        #expect(try draws("0.5").allSatisfy { $0 == 0.5 })
    }

    @Test func uniformFillsItsRange() throws {
        let values = try draws("uniform:100:200")
        #expect(values.allSatisfy { (100...200).contains($0) })
        #expect(values.filter { $0 < 125 }.count > 800)
        #expect(values.filter { $0 > 175 }.count > 800)
    }

    @Test func normalHasMeanAndDeviationAndIsNeverNegative() throws {
        let values = try draws("normal:150:30")
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
        #expect(abs(mean - 150) < 3)
        #expect(abs(variance.squareRoot() - 30) < 3)
        #expect(try draws("normal:10:100").allSatisfy { $0 >= 0 })
    }

    @Test func logNormalHasItsMedianAndALongTail() throws {
        let values = try draws("lognormal:150:0.4").sorted()
        #expect(abs(values[values.count / 2] - 150) < 8)
        // exp(0.4 · 1.645) is 1.93.
        #expect(abs(values[values.count * 95 / 100] / 150 - 1.93) < 0.15)
    }

    @Test func aSeedGivesTheSameDelays() throws {
        #expect(try draws("normal:150:30", seed: 3) == draws("normal:150:30", seed: 3))
        #expect(try draws("normal:150:30", seed: 3) != draws("normal:150:30", seed: 4))
    }

    @Test(arguments: [
        "", "fast", "-5", "uniform:200:100", "uniform:100", "normal:1:2:3", "uniform:a:b",
        "150:20", "lognormal::", "1e9", "nan",
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect(LatencyDistribution(text) == nil)
    }
}
