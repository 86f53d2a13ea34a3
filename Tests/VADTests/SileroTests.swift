import Testing
import VAD

@Suite struct SileroTests {
    /// The same signal as in scripts/make-vad-fixtures.
    private func generated(_ count: Int) -> [Float] {
        var state: UInt32 = 12_345
        return (0..<count).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            let noise = Int(state >> 16) - 32_768
            return Float(noise * (index / 1_600 % 8) / 16) / 32_768
        }
    }

    private func probabilities(_ detector: SileroDetector, _ samples: [Float], chunk: Int)
        -> [Float]
    {
        stride(from: 0, through: samples.count - chunk, by: chunk).map { start in
            samples[start..<(start + chunk)].withUnsafeBufferPointer {
                detector.probability(of: $0)
            }
        }
    }

    @Test(arguments: [8_000, 16_000])
    func agreesWithOnnxruntime(rate: Int) throws {
        let model = try Fixtures.model(rate)
        #expect(model.sampleRate == rate)
        let reference = try Fixtures.reference()
        let speech = try Fixtures.samples(rate == 8_000 ? "kal-yes.s16" : "kal-yes-16k.s16")
        let inputs = [
            "generated": generated(2 * rate), "speech": speech.map { Float($0) / 32_768 },
        ]
        var worst: Float = 0
        for (name, samples) in inputs {
            let expected = try #require(reference["\(name)\(rate)"])
            let found = probabilities(
                SileroDetector(model: model), samples, chunk: model.chunkSampleCount)
            #expect(found.count == expected.count)
            for (one, other) in zip(found, expected) {
                worst = max(worst, abs(one - other))
                #expect(abs(one - other) <= 1e-4)
            }
            if name == "speech" { #expect((expected.max() ?? 0) > 0.9) }
        }
        print("Silero at \(rate) Hz on \(SileroModel.instructionSet): off by at most \(worst)")
    }

    @Test func resettingForgetsAll() throws {
        let model = try Fixtures.model()
        let used = SileroDetector(model: model)
        let samples = try Fixtures.samples("kal-yes-16k.s16").map { Float($0) / 32_768 }
        let first = probabilities(used, samples, chunk: 512)
        #expect(probabilities(used, samples, chunk: 512) != first)
        used.reset()
        #expect(probabilities(used, samples, chunk: 512) == first)
    }

    @Test func aGlanceIsForgotten() throws {
        let model = try Fixtures.model()
        let samples = try Fixtures.samples("kal-yes-16k.s16").map { Float($0) / 32_768 }
        let expected = probabilities(SileroDetector(model: model), samples, chunk: 512)
        let glancing = SileroDetector(model: model)
        var found: [Float] = []
        var glances: [Float] = []
        for start in stride(from: 0, through: samples.count - 512, by: 512) {
            found += probabilities(glancing, Array(samples[start..<(start + 512)]), chunk: 512)
            let from = start + 256 - glancing.contextCount
            guard from + glancing.contextCount + 512 <= samples.count else { break }
            glances.append(
                samples[from..<(from + glancing.contextCount + 512)].withUnsafeBufferPointer {
                    glancing.glance(at: $0)
                })
        }
        #expect(found == expected)
        // It judges the sound it is shown, and not the chunk before.
        #expect(glances.max() ?? 0 > 0.9 && glances != Array(expected.prefix(glances.count)))
    }

    @Test func wholeNumbersAndFractionsAreTheSame() throws {
        let model = try Fixtures.model()
        let one = SileroDetector(model: model)
        let other = SileroDetector(model: model)
        let samples = try Fixtures.samples("kal-yes-16k.s16")
        let fractions = samples.map { Float($0) / 32_768 }
        for start in stride(from: 0, through: samples.count - 512, by: 512) {
            let whole = samples[start..<(start + 512)].withUnsafeBufferPointer {
                one.probability(of: $0)
            }
            let fraction = fractions[start..<(start + 512)].withUnsafeBufferPointer {
                other.probability(of: $0)
            }
            #expect(whole == fraction)
        }
    }

    @Test func aChunkOfAnotherSizeTraps() async {
        await #expect(processExitsWith: .failure) {
            let detector = SileroDetector(model: try Fixtures.model())
            _ = [Int16](repeating: 0, count: 256).withUnsafeBufferPointer {
                detector.probability(of: $0)
            }
        }
    }
}
