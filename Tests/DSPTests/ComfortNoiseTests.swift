import DSP
import Foundation
import TestSupport
import Testing

@Suite("Comfort noise")
struct ComfortNoiseTests {
    private func rmsDBFS(_ samples: [Int16]) -> Float {
        Float(Signals.decibels(Signals.power(samples) / (32_768 * 32_768)))
    }

    private func noise(_ seed: UInt64, _ level: Float, _ count: Int) -> [Int16] {
        var generator = ComfortNoise(seed: seed, level: level)
        return [Int16](unsafeUninitializedCapacity: count) { samples, initialized in
            generator.fill(UnsafeMutableBufferPointer(rebasing: samples[..<count]))
            initialized = count
        }
    }

    @Test("comfort noise has its level to 0.3 dB, no offset, and falls towards high frequencies")
    func comfortNoise() {
        for level in [Float(-65), -50, -30, -20] {
            let samples = noise(1, level, 40_000)
            #expect(abs(rmsDBFS(samples) - level) < 0.3, "\(level)")
            let mean = samples.reduce(0.0) { $0 + Double($1) } / 40_000
            #expect(abs(mean) < 0.05 * Signals.power(samples).squareRoot())
        }
        // For white noise, differences have twice the power of the signal; low-passed, less.
        let samples = noise(9, -30, 40_000).map(Double.init)
        let differences = zip(samples, samples.dropFirst()).reduce(0) { $0 + pow($1.1 - $1.0, 2) }
        let ratio = differences / samples.reduce(0) { $0 + $1 * $1 }
        #expect((0.7...0.9).contains(ratio), "2·(1 − 0.6) = 0.8, found \(ratio)")
    }

    @Test("comfort noise depends on its seed alone, not on how it is cut")
    func comfortNoiseSeeds() {
        #expect(noise(7, -40, 500) == noise(7, -40, 500))
        #expect(noise(7, -40, 500) != noise(8, -40, 500))
        var parts = ComfortNoise(seed: 7, level: -40)
        var cut = [Int16](repeating: 0, count: 500)
        cut.withUnsafeMutableBufferPointer { samples in
            for start in stride(from: 0, to: 500, by: 100) {
                parts.fill(UnsafeMutableBufferPointer(rebasing: samples[start..<start + 100]))
            }
        }
        #expect(cut == noise(7, -40, 500))
    }

    @Test("added comfort noise saturates")
    func comfortNoiseAdded() {
        var generator = ComfortNoise(seed: 7, level: -20)
        var loud = [Int16](repeating: 32_700, count: 500)
        loud.withUnsafeMutableBufferPointer { generator.add(to: $0) }
        let alone = noise(7, -20, 500)
        #expect(loud == alone.map { Int16(clamping: 32_700 + Int32($0)) })
        #expect(loud.contains(.max))
    }
}
