import DSP
import TestSupport
import Testing

/// One way from one rate to another, over a whole signal cut into the given pieces.
private typealias Way = @Sendable (_ input: [Float], _ cuts: [Int]) -> [Float]

private func pieces(_ input: [Float], _ cuts: [Int]) -> [ArraySlice<Float>] {
    var parts: [ArraySlice<Float>] = []
    var start = 0
    var index = 0
    while start < input.count {
        let end = min(input.count, start + max(1, cuts[index % cuts.count]))
        parts.append(input[start..<end])
        start = end
        index += 1
    }
    return parts
}

private func library(_ from: Int, _ to: Int, _ quality: StreamingResampler.Quality) -> Way {
    { input, cuts in
        guard let resampler = try? StreamingResampler(from: from, to: to, quality: quality) else {
            return []
        }
        var output: [Float] = []
        for part in pieces(input, cuts) { resampler.process(Array(part), appendingTo: &output) }
        resampler.flush(appendingTo: &output)
        return output
    }
}

private let fastUp: Way = { input, cuts in
    let resampler = Upsampler8to16()
    var output: [Float] = []
    for part in pieces(input, cuts) {
        var made = [Float](repeating: 0, count: 2 * part.count)
        part.withUnsafeBufferPointer { from in
            made.withUnsafeMutableBufferPointer { to in _ = resampler.process(from, into: to) }
        }
        output += made
    }
    return output
}

private let fastDown: Way = { input, cuts in
    let resampler = Downsampler16to8()
    var output: [Float] = []
    for part in pieces(input, cuts) {
        var made = [Float](repeating: 0, count: resampler.outputCount(forInputCount: part.count))
        part.withUnsafeBufferPointer { from in
            made.withUnsafeMutableBufferPointer { to in
                let count = resampler.process(from, into: to)
                #expect(count == to.count)
            }
        }
        output += made
    }
    return output
}

/// From here on the rounding of the output to single precision decides, for either resampler.
private let floatLimit = 147.0

/// Gain and SNR of one tone, or for a tone outside the output's band, what comes through of it.
private func measure(_ way: Way, from: Double, to: Double, hz: Double)
    -> (gain: Double, snr: Double, through: Double)
{
    let input = Signals.sine(hz, rate: from, count: Int(from))
    let output = way(input, [input.count])
    let steady = output[(output.count / 4)..<(output.count * 3 / 4)]
    let (tone, rest) = Signals.fit(steady, hz: hz, rate: to)
    let level = Signals.decibels(Signals.power(input))
    return (
        Signals.decibels(tone) - level, Signals.decibels(tone) - Signals.decibels(rest),
        Signals.decibels(Signals.power(steady)) - level
    )
}

@Suite("Resamplers")
struct ResamplerTests {
    @Test("the fast path is nowhere worse than SINC_FASTEST, going up")
    func upAgainstLibrary() {
        let reference = library(8000, 16_000, .fastest)
        var worst = 0.0
        for hz in [301.0, 440, 1004, 1500, 2000, 2500, 2800, 3000, 3100, 3200, 3300, 3400] {
            let ours = measure(fastUp, from: 8000, to: 16_000, hz: hz)
            let theirs = measure(reference, from: 8000, to: 16_000, hz: hz)
            print(
                "up \(Int(hz)) Hz: gain \(ours.gain) / \(theirs.gain) dB, "
                    + "SNR \(ours.snr) / \(theirs.snr) dB")
            #expect(ours.snr >= 100)
            #expect(ours.snr >= min(theirs.snr, floatLimit))
            #expect(abs(ours.gain) <= max(abs(theirs.gain), 0.03))
            if hz <= 3000 { worst = max(worst, abs(ours.gain)) }
        }
        #expect(worst <= 0.03)
    }

    @Test("images lie below SINC_FASTEST's at every frequency")
    func images() {
        let reference = library(8000, 16_000, .fastest)
        var ours = -1000.0
        var theirs = -1000.0
        for hz in stride(from: 103.0, through: 3903, by: 200) {
            // Against the input's level, so that an attenuated tone does not excuse its image.
            func image(_ way: Way) -> Double {
                let m = measure(way, from: 8000, to: 16_000, hz: hz)
                return m.gain - m.snr
            }
            ours = max(ours, image(fastUp))
            theirs = max(theirs, image(reference))
        }
        print("worst image \(ours) / \(theirs) dB")
        #expect(ours <= -102)
        #expect(ours <= theirs)
    }

    @Test("the fast path is nowhere worse than SINC_FASTEST, going down")
    func downAgainstLibrary() {
        let reference = library(16_000, 8000, .fastest)
        for hz in [301.0, 440, 1004, 1500, 2000, 2500, 3000, 3200, 3400] {
            let ours = measure(fastDown, from: 16_000, to: 8000, hz: hz)
            let theirs = measure(reference, from: 16_000, to: 8000, hz: hz)
            print(
                "down \(Int(hz)) Hz: gain \(ours.gain) / \(theirs.gain) dB, "
                    + "SNR \(ours.snr) / \(theirs.snr) dB")
            #expect(ours.snr >= 140)
            #expect(ours.snr >= min(theirs.snr, floatLimit))
            #expect(abs(ours.gain) <= max(abs(theirs.gain), 0.03))
        }
        var ours = -1000.0
        var theirs = -1000.0
        for hz in stride(from: 4007.0, through: 7907, by: 150) {
            ours = max(ours, measure(fastDown, from: 16_000, to: 8000, hz: hz).through)
            theirs = max(theirs, measure(reference, from: 16_000, to: 8000, hz: hz).through)
        }
        print("worst alias \(ours) / \(theirs) dB")
        #expect(ours <= -102)
        #expect(ours <= theirs)
    }

    @Test("the fast path's delay is what it says: 19 samples at 8 kHz")
    func fastDelay() {
        var impulse = [Float](repeating: 0, count: 200)
        impulse[100] = 1
        let up = fastUp(impulse, [200])
        #expect(up.indices.max { abs(up[$0]) < abs(up[$1]) } == 200 + 38)
        var wide = [Float](repeating: 0, count: 400)
        wide[200] = 1
        let down = fastDown(wide, [400])
        #expect(down.indices.max { abs(down[$0]) < abs(down[$1]) } == 100 + 19)
        #expect(RateDoubling.delaySamplesAt8kHz == 19)
        #expect(RateDoubling.latencyMilliseconds == 19.0 / 8)
    }

    @Test("any cutting of the fast path gives the same bits")
    func fastChunking() {
        let seed: UInt64 = 20_261
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let input = Signals.noise(3001, rms: 0.2, using: &generator).map { Float($0) }
        for way in [fastUp, fastDown] {
            let whole = way(input, [input.count])
            #expect(whole.count == (way([0], [1]).count == 2 ? 6002 : 1501))
            for size in [1, 2, 3, 7, 8, 9, 79, 80, 159, 160, 161, 319, 320, 321, 1000] {
                #expect(way(input, [size]) == whole, "pieces of \(size)")
            }
            let random = (0..<50).map { _ in 1 + Int(generator.next() % 400) }
            #expect(way(input, random) == whole)
        }
    }

    @Test("16-bit fast path rounds the float one, and floats of ±1 are scaled from it")
    func fastInt16() {
        let samples = Signals.sine(700, rate: 8000, count: 1000, amplitude: 30_000)
            .map { Int16($0.rounded()) }
        let exact = fastUp(samples.map { Float($0) }, [1000])
        var made = [Int16](repeating: 0, count: 2000)
        var scaled = [Float](repeating: 0, count: 2000)
        samples.withUnsafeBufferPointer { from in
            made.withUnsafeMutableBufferPointer { _ = Upsampler8to16().process(from, into: $0) }
            scaled.withUnsafeMutableBufferPointer { _ = Upsampler8to16().process(from, into: $0) }
        }
        #expect(made == exact.map { Int16($0.rounded(.toNearestOrEven)) })
        #expect(zip(scaled, exact).allSatisfy { abs($0 - $1 / 32_768) < 1e-6 })

        let square = (0..<400).map { $0 / 20 % 2 == 0 ? Int16.max : Int16.min }
        square.withUnsafeBufferPointer { from in
            var loud = [Int16](repeating: 0, count: 800)
            loud.withUnsafeMutableBufferPointer { _ = Upsampler8to16().process(from, into: $0) }
            #expect(loud.contains(.max) && loud.contains(.min))  // it overshoots and saturates
            let expected = fastUp(square.map { Float($0) }, [400])
            #expect(zip(loud, expected).allSatisfy { $0.signum() == 0 || Float($0) * $1 >= 0 })
        }
    }

    @Test("reset forgets the stream")
    func resets() throws {
        let tone = Signals.sine(500, rate: 8000, count: 333)
        func run(_ up: Upsampler8to16) -> [Float] {
            var made = [Float](repeating: 0, count: 666)
            tone.withUnsafeBufferPointer { from in
                made.withUnsafeMutableBufferPointer { _ = up.process(from, into: $0) }
            }
            return made
        }
        let up = Upsampler8to16()
        let first = run(up)
        #expect(run(up) != first)
        up.reset()
        #expect(run(up) == first)
        let resampler = try StreamingResampler(from: 8000, to: 22_050, quality: .fastest)
        var once: [Float] = []
        var again: [Float] = []
        resampler.process(tone, appendingTo: &once)
        resampler.reset()
        resampler.process(tone, appendingTo: &again)
        #expect(once == again)
    }
}
