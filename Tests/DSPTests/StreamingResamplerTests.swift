import DSP
import TestSupport
import Testing

@Suite("Streaming resampler")
struct StreamingResamplerTests {
    private static let rates = [
        (8000, 16_000), (16_000, 8000), (8000, 48_000), (48_000, 8000), (24_000, 8000),
        (22_050, 8000), (8000, 44_100), (16_000, 16_000), (11_025, 8000),
    ]

    private func stream(
        _ input: [Float], _ from: Int, _ to: Int, _ quality: StreamingResampler.Quality,
        cuts: [Int]
    ) throws -> [Float] {
        let resampler = try StreamingResampler(from: from, to: to, quality: quality)
        var output: [Float] = []
        var start = 0
        var index = 0
        while start < input.count {
            let end = min(input.count, start + cuts[index % cuts.count])
            resampler.process(Array(input[start..<end]), appendingTo: &output)
            start = end
            index += 1
        }
        resampler.flush(appendingTo: &output)
        return output
    }

    @Test("tones come through with the quality's SNR, at every pair of rates")
    func floors() throws {
        let floors: [(StreamingResampler.Quality, Double)] = [
            (.best, 120), (.medium, 110), (.fastest, 95),
        ]
        for (quality, floor) in floors {
            var worst = 1000.0
            for (from, to) in Self.rates {
                let hz = 0.1 * Double(min(from, to))
                let input = Signals.sine(hz, rate: Double(from), count: from / 2)
                let output = try stream(input, from, to, quality, cuts: [from / 50])
                let steady = output[(output.count / 4)..<(output.count * 3 / 4)]
                let (tone, rest) = Signals.fit(steady, hz: hz, rate: Double(to))
                let snr = Signals.decibels(tone) - Signals.decibels(rest)
                worst = min(worst, snr)
                #expect(snr >= floor, "\(quality) from \(from) to \(to)")
                let gain = Signals.decibels(tone) - Signals.decibels(Signals.power(input))
                #expect(abs(gain) < 0.02, "\(quality) from \(from) to \(to)")
            }
            print("\(quality): worst SNR \(worst) dB")
        }
    }

    @Test("any cutting gives what one block gives, and the length is the ratio's")
    func chunking() throws {
        let seed: UInt64 = 4_711
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for quality in StreamingResampler.Quality.allCases {
            for (from, to) in Self.rates {
                let input = Signals.noise(2500, rms: 0.2, using: &generator).map { Float($0) }
                let whole = try stream(input, from, to, quality, cuts: [input.count])
                let expected = Double(input.count) * Double(to) / Double(from)
                #expect(abs(Double(whole.count) - expected) <= 1)
                let random = (0..<40).map { _ in 1 + Int(generator.next() % 500) }
                for cuts in [[1], [7], [from / 50], random] {
                    let parts = try stream(input, from, to, quality, cuts: cuts)
                    #expect(parts.count == whole.count)
                    let apart = zip(parts, whole).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
                    #expect(apart <= 1e-6, "\(quality) \(from)→\(to) \(cuts.prefix(3)): \(apart)")
                }
            }
        }
    }

    @Test("the look-ahead is what the property says, to one sample")
    func lookAhead() throws {
        for quality in StreamingResampler.Quality.allCases {
            for (from, to) in Self.rates {
                let resampler = try StreamingResampler(from: from, to: to, quality: quality)
                var output: [Float] = []
                var taken = 0
                while output.isEmpty {
                    resampler.process([1], appendingTo: &output)
                    taken += 1
                    try #require(taken < 5000)
                }
                let waited = taken - 1
                #expect(waited <= resampler.lookAheadSamples, "\(quality) \(from)→\(to)")
                #expect(waited >= resampler.lookAheadSamples - 2, "\(quality) \(from)→\(to)")
                #expect(
                    resampler.latencyMilliseconds
                        == Double(resampler.lookAheadSamples) * 1000 / Double(from))
            }
        }
    }

    @Test("output is not shifted against the input")
    func alignment() throws {
        var input = [Float](repeating: 0, count: 1000)
        input[500] = 1
        for quality in StreamingResampler.Quality.allCases {
            let output = try stream(input, 8000, 16_000, quality, cuts: [160])
            #expect(output.indices.max { output[$0] < output[$1] } == 1000)
        }
    }

    @Test("16-bit samples: as the floats, rounded and saturated, in any cutting")
    func int16() throws {
        let samples = Signals.sine(1000, rate: 16_000, count: 5000, amplitude: 25_000)
            .map { Int16($0.rounded()) }
        let exact = try stream(
            samples.map { Float($0) }, 16_000, 8000, .medium, cuts: [samples.count])
        for size in [1, 159, 320, 481, 5000] {
            let resampler = try StreamingResampler(from: 16_000, to: 8000, quality: .medium)
            var output: [Int16] = []
            for start in stride(from: 0, to: samples.count, by: size) {
                let end = min(samples.count, start + size)
                resampler.process(Array(samples[start..<end]), appendingTo: &output)
            }
            resampler.flush(appendingTo: &output)
            #expect(output.count == exact.count)
            #expect(zip(output, exact).allSatisfy { abs(Float($0) - $1) <= 0.51 })
        }
        let square = (0..<800).map { $0 / 40 % 2 == 0 ? Int16.max : Int16.min }
        let resampler = try StreamingResampler(from: 8000, to: 24_000, quality: .best)
        var loud: [Int16] = []
        resampler.process(square, appendingTo: &loud)
        resampler.flush(appendingTo: &loud)
        #expect(loud.contains(.max) && loud.contains(.min))
    }

    @Test("the stated capacity always suffices")
    func capacity() throws {
        let seed: UInt64 = 99
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for (from, to) in Self.rates {
            let resampler = try StreamingResampler(from: from, to: to, quality: .best)
            for _ in 0..<60 {
                let count = Int(generator.next() % 900)
                let input = [Int16](repeating: 100, count: count)
                let capacity = resampler.outputCapacity(forInputCount: count)
                var output = [Int16](repeating: 0, count: capacity)
                let made = input.withUnsafeBufferPointer { source in
                    output.withUnsafeMutableBufferPointer {
                        resampler.process(source, into: $0)
                    }
                }
                #expect(made <= capacity)
            }
        }
    }

    @Test("impossible rates are refused with both named")
    func badRates() {
        for (from, to) in [(0, 8000), (8000, 0), (-1, 8000), (8000, 8000 * 257), (257, 1)] {
            #expect(throws: DSPError.unsupportedRates(from: from, to: to)) {
                _ = try StreamingResampler(from: from, to: to, quality: .best)
            }
        }
        let text = DSPError.unsupportedRates(from: 0, to: 8000).description
        #expect(text.contains("from 0 to 8000 Hz"))
    }

    @Test("a clip at once has the ratio's length and keeps its place")
    func clip() throws {
        let input = Signals.sine(300, rate: 22_050, count: 22_050)
        let output = try StreamingResampler.resample(input, from: 22_050, to: 8000)
        #expect(abs(output.count - 8000) <= 1)
        let middle = Signals.sine(300, rate: 8000, count: 8000)
        #expect((2000..<6000).allSatisfy { abs(output[$0] - middle[$0]) < 1e-4 })
        #expect(try StreamingResampler.resample(input, from: 8000, to: 8000) == input)
    }
}
