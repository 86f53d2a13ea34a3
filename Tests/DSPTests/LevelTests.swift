import DSP
import Foundation
import Testing

@Suite("Frames, levels, comfort noise")
struct LevelTests {
    @Test("frames hold the stream in order, whatever the blocks")
    func chunker() {
        let seed: UInt64 = 8
        print("seed \(seed)")
        var generator = Seeded(seed)
        let stream = (0..<2000).map { Int16($0) }
        for frameCount in [1, 2, 80, 160, 256, 3000] {
            for blockMaximum in [1, 3, 160, 700] {
                var chunker = FrameChunker<Int16>(frameCount: frameCount)
                var frames: [[Int16]] = []
                var start = 0
                while start < stream.count {
                    let end = min(
                        stream.count, start + Int(generator.next() % UInt64(blockMaximum)) + 1)
                    stream[start..<end].withUnsafeBufferPointer { block in
                        chunker.push(block) { frames.append(Array($0)) }
                    }
                    start = end
                    #expect(chunker.pendingCount == start % frameCount)
                }
                #expect(frames.allSatisfy { $0.count == frameCount })
                #expect(frames.count == stream.count / frameCount)
                #expect(Array(frames.joined()) == Array(stream.prefix(frames.count * frameCount)))
                var last: [Int16] = []
                chunker.flush(padding: -1) { last = Array($0) }
                let rest = Array(stream.dropFirst(frames.count * frameCount))
                let padding = [Int16](
                    repeating: -1, count: rest.isEmpty ? 0 : frameCount - rest.count)
                #expect(last == rest + padding)
                #expect(chunker.pendingCount == 0)
            }
        }
    }

    @Test("reset drops what waits, and flushing nothing gives nothing")
    func chunkerReset() {
        var chunker = FrameChunker<UInt8>(frameCount: 4)
        [UInt8]([1, 2, 3]).withUnsafeBufferPointer {
            chunker.push($0) { _ in Issue.record("early") }
        }
        chunker.reset()
        chunker.flush(padding: 0) { _ in Issue.record("nothing waits") }
        var frames: [[UInt8]] = []
        [UInt8]([4, 5, 6, 7, 8]).withUnsafeBufferPointer {
            chunker.push($0) { frames.append(Array($0)) }
        }
        #expect(frames == [[4, 5, 6, 7]])
        #expect(chunker.pendingCount == 1)
    }

    private func levels(_ samples: [Int16]) -> (rms: Float, peak: Float) {
        samples.withUnsafeBufferPointer { (LevelMeter.rms($0), LevelMeter.peak($0)) }
    }

    @Test("levels of signals known by hand")
    func meter() {
        let square = levels([Int16](repeating: .min, count: 100))
        #expect(square.rms == 0 && square.peak == 0)
        let sine = levels((0..<8000).map { Int16((32_767 * sin(Double($0) * .pi / 40)).rounded()) })
        #expect(abs(sine.rms - -3.0106) < 0.001 && abs(sine.peak) < 0.001)
        let half = levels([16_384, -16_384, 16_384, -16_384])
        #expect(abs(half.rms - -6.0206) < 0.0001 && abs(half.peak - -6.0206) < 0.0001)
        let one = levels([1])
        #expect(abs(one.rms - -90.309) < 0.001)
        #expect(levels([0, 0]) == (LevelMeter.floor, LevelMeter.floor))
        #expect(levels([]) == (LevelMeter.floor, LevelMeter.floor))
    }

    @Test("blocks add up to the whole, and reset forgets them")
    func meterAccumulates() {
        var generator = Seeded(3)
        let samples = Signals.int16(Signals.noise(4800, rms: 5000, using: &generator))
        var meter = LevelMeter()
        for start in stride(from: 0, to: samples.count, by: 160) {
            samples[start..<start + 160].withUnsafeBufferPointer { meter.add($0) }
        }
        #expect(meter.sampleCount == 4800)
        #expect(abs(meter.rms - levels(samples).rms) < 1e-4)
        #expect(meter.peak == levels(samples).peak)
        meter.reset()
        #expect(meter.rms == LevelMeter.floor && meter.peak == LevelMeter.floor)
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
            #expect(abs(levels(samples).rms - level) < 0.3, "\(level)")
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
