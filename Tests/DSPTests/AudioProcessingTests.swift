import CAllocationCounter
import DSP
import Foundation
import TestSupport
import Testing

/// Runs a whole near signal, and the far one beside it, through a processor in 20 ms blocks.
private func run(
    _ options: AudioProcessingOptions, near: [Int16], far: [Int16]? = nil
) throws -> [Int16] {
    let processor = try AudioProcessing(options: options)
    var output = near
    let block = options.sampleRate / 50
    output.withUnsafeMutableBufferPointer { samples in
        for start in stride(from: 0, through: samples.count - block, by: block) {
            if let far {
                far[start..<start + block].withUnsafeBufferPointer { processor.analyse(far: $0) }
            }
            processor.process(
                near: UnsafeMutableBufferPointer(
                    rebasing: samples[start..<start + block]))
        }
    }
    #expect(processor.refusedFrameCount == 0)
    return output
}

private func decibels(_ after: some Collection<Int16>, over before: some Collection<Int16>)
    -> Double
{
    Signals.decibels(Signals.power(after)) - Signals.decibels(Signals.power(before))
}

@Suite("Audio processing")
struct AudioProcessingTests {
    private static let rates = [8000, 16_000]

    /// `scripts/test-rt` lets the library's locks pass, and so sees none of its allocations.
    @Test("no filter allocates for a frame", .enabled(if: streamd_allocations_are_counted()))
    func allocations() throws {
        var options = AudioProcessingOptions()
        options.highPass = true
        options.noiseSuppression = .moderate
        options.automaticGain = .init()
        options.echoControl = .full(.moderate)
        let processor = try AudioProcessing(options: options)
        var generator = SeededGenerator(seed: 9)
        let count = options.sampleRate / 50
        var near = Signals.int16(Signals.noise(count, rms: 3000, using: &generator))
        let far = Signals.int16(Signals.noise(count, rms: 3000, using: &generator))
        var before: UInt64 = 0
        for frame in 0..<600 {
            if frame == 100 { before = streamd_allocations_of_this_thread() }
            far.withUnsafeBufferPointer { processor.analyse(far: $0) }
            near.withUnsafeMutableBufferPointer { processor.process(near: $0) }
        }
        let allocationCount = streamd_allocations_of_this_thread() - before
        #expect(allocationCount == 0, "in 500 frames of 20 ms")
        #expect(processor.refusedFrameCount == 0)
    }

    @Test("with everything off, every bit comes through", arguments: rates)
    func transparent(rate: Int) throws {
        var generator = SeededGenerator(seed: 5)
        let near = Signals.int16(Signals.noise(rate, rms: 8000, using: &generator))
        var options = AudioProcessingOptions()
        options.sampleRate = rate
        #expect(!options.isActive)
        #expect(try run(options, near: near) == near)
    }

    @Test(
        "the high-pass filter kills offset and rumble, dents hum, and keeps the voice",
        arguments: rates)
    func highPass(rate: Int) throws {
        var options = AudioProcessingOptions()
        options.sampleRate = rate
        options.highPass = true
        func gain(_ hz: Double) throws -> Double {
            let tone = (0..<2 * rate).map { n in
                Int16((8000 * cos(2 * .pi * hz * Double(n) / Double(rate))).rounded())
            }
            let output = try run(options, near: tone)
            return decibels(output[rate...], over: tone[rate...])
        }
        let (offset, ten, fifty) = (try gain(0), try gain(10), try gain(50))
        let gains = try [300.0, 1000, 3000].map(gain)
        print("high-pass at \(rate): 0 Hz \(offset), 10 Hz \(ten), 50 Hz \(fifty) dB, \(gains)")
        #expect(offset <= -60)
        #expect(ten <= -30)
        #expect(fifty <= -9)
        #expect(gains.allSatisfy { abs($0) < 0.6 })
    }

    @Test(
        "noise suppression takes noise away and leaves speech, more at each level", arguments: rates
    )
    func noiseSuppression(rate: Int) throws {
        let seed: UInt64 = 31
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let count = 8 * rate
        let noise = Signals.noise(count, rms: 300, using: &generator)
        let voice = Signals.speech(
            seconds: 4, rate: Double(rate), peak: 16_000, using: &generator)
        // Four seconds of noise alone, then speech over it.
        let mixed = noise.enumerated().map { $1 + ($0 < count / 2 ? 0 : voice[$0 - count / 2]) }
        let near = Signals.int16(mixed)
        var reductions: [Double] = []
        for level in AudioProcessingOptions.NoiseSuppression.allCases {
            var options = AudioProcessingOptions()
            options.sampleRate = rate
            options.noiseSuppression = level
            let output = try run(options, near: near)
            let quiet = (2 * rate)..<(4 * rate)
            let reduction = -decibels(output[quiet], over: near[quiet])
            let speech = decibels(output[(5 * rate)...], over: near[(5 * rate)...])
            print("NS \(level) at \(rate): noise −\(reduction) dB, speech \(speech) dB")
            reductions.append(reduction)
            #expect(abs(speech) < 1.5)
        }
        #expect(zip(reductions, reductions.dropFirst()).allSatisfy { $0 < $1 })
        #expect(zip(reductions, [5.0, 9, 13, 16]).allSatisfy { $0 >= $1 })
    }

    @Test("automatic gain raises a quiet caller and does not clip a loud one", arguments: rates)
    func automaticGain(rate: Int) throws {
        let seed: UInt64 = 77
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var options = AudioProcessingOptions()
        options.sampleRate = rate
        options.automaticGain = .init()
        options.automaticGain?.compressionDecibels = 15
        let quiet = Signals.int16(
            Signals.speech(seconds: 8, rate: Double(rate), peak: 1500, using: &generator))
        let late = (4 * rate)...
        let raised = decibels(try run(options, near: quiet)[late], over: quiet[late])
        let loud = Signals.int16(
            Signals.speech(seconds: 8, rate: Double(rate), peak: 30_000, using: &generator))
        let output = try run(options, near: loud)
        let held = decibels(output[late], over: loud[late])
        let clipped = output.filter { $0 == .max || $0 == .min }.count
        print("AGC at \(rate): quiet +\(raised) dB, loud \(held) dB, \(clipped) at full scale")
        #expect(raised >= 9)
        #expect(held < raised - 6)
        #expect(clipped < output.count / 1000)
    }

    /// The far voice comes back after `delay` ms, 12 dB down and smeared over 20 ms.
    private func echo(
        of far: [Double], rate: Int, delayMs: Int, using generator: inout SeededGenerator
    )
        -> [Double]
    {
        let taps = (0..<rate / 50).map { n in
            (generator.unit() - 0.5) * exp(-Double(n) / Double(rate) * 200)
        }
        let energy = taps.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let delay = delayMs * rate / 1000
        return far.indices.map { n in
            var sum = 0.0
            for (k, tap) in taps.enumerated() where n - delay - k >= 0 {
                sum += tap * far[n - delay - k]
            }
            return sum / energy * 0.25
        }
    }

    @Test(
        "the full canceller removes the agent's echo, wherever it is, and keeps the caller",
        arguments: rates)
    func echoCancellation(rate: Int) throws {
        for delayMs in [20, 120, rate == 8000 ? 300 : 250] {
            let seed = UInt64(1000 + delayMs)
            print("seed \(seed)")
            var generator = SeededGenerator(seed: seed)
            let far = Signals.speech(
                seconds: 12, rate: Double(rate), peak: 16_000, using: &generator)
            let echoed = echo(of: far, rate: rate, delayMs: delayMs, using: &generator)
            let line = Signals.noise(far.count, rms: 8, using: &generator)
            var near = zip(echoed, line).map { $0 + $1 }
            // The agent falls silent for the last two seconds and the caller speaks alone.
            let alone = 10 * rate
            let caller = Signals.speech(
                seconds: 2, rate: Double(rate), peak: 12_000, using: &generator)
            var farSamples = Signals.int16(far)
            for n in alone..<far.count {
                farSamples[n] = 0
                near[n] = line[n] + caller[n - alone]
            }
            var options = AudioProcessingOptions()
            options.sampleRate = rate
            options.echoControl = .full(.high)
            let samples = Signals.int16(near)
            let output = try run(options, near: samples, far: farSamples)
            let settled = (6 * rate)..<(10 * rate)
            let loss = -decibels(output[settled], over: samples[settled])
            let tail = (alone + rate / 2)...
            let kept = decibels(output[tail], over: samples[tail])
            print("AEC at \(rate), \(delayMs) ms: ERLE \(loss) dB, caller alone \(kept) dB")
            #expect(loss >= 20)
            #expect(abs(kept) < 2)
        }
    }

    @Test("the mobile canceller removes echo at the delay it was told", arguments: rates)
    func mobileEchoControl(rate: Int) throws {
        let seed: UInt64 = 44
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let far = Signals.speech(seconds: 10, rate: Double(rate), peak: 16_000, using: &generator)
        let echoed = echo(of: far, rate: rate, delayMs: 60, using: &generator)
        var options = AudioProcessingOptions()
        options.sampleRate = rate
        options.echoControl = .mobile(.speakerphone)
        options.echoDelayMs = 60
        let samples = Signals.int16(echoed)
        let output = try run(options, near: samples, far: Signals.int16(far))
        let settled = (6 * rate)...
        let loss = -decibels(output[settled], over: samples[settled])
        print("AECM at \(rate): ERLE \(loss) dB")
        #expect(loss >= 12)
    }

    @Test("options outside their ranges are refused by name")
    func refusals() throws {
        func refusal(_ change: (inout AudioProcessingOptions) -> Void) -> String {
            var options = AudioProcessingOptions()
            change(&options)
            do {
                _ = try AudioProcessing(options: options)
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(refusal { $0.sampleRate = 11_025 }.contains("sample rate 11025 Hz"))
        #expect(refusal { $0.echoDelayMs = 501 }.contains("echo delay 501 ms"))
        var gain = AudioProcessingOptions.AutomaticGain()
        gain.targetDecibelsBelowFullScale = 32
        let target = refusal { $0.automaticGain = gain }
        #expect(target.contains("target level"))
        gain = .init()
        gain.compressionDecibels = 91
        let compression = refusal { $0.automaticGain = gain }
        #expect(compression.contains("compression gain"))
        #expect(refusal { $0.highPass = true } == "accepted")
    }
}
