import DSP
import Engines
import Foundation
import Pipelines
import Testing

/// The synthesisers of this process on calls that carry more than a telephone does.
@Suite struct WideSpeechTests {
    static let forms = [
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
    ]
    private static let text = "Yes, sixty six seats are still free this Saturday."

    private func samples(_ engine: any TextToSpeech, _ audio: CallAudio) throws -> [Int16] {
        let arrived = DispatchSemaphore(value: 0)
        let clip = engine.synthesize(Self.text, voice: nil, audio: audio) { arrived.signal() }
        while !clip.isFinished {
            if let error = clip.error { throw error }
            _ = arrived.wait(timeout: .now() + .milliseconds(50))
        }
        #expect(clip.audio == audio)
        var bytes = [UInt8](repeating: 0, count: clip.byteCount)
        _ = bytes.withUnsafeMutableBufferPointer { clip.read(from: 0, into: $0) }
        return audio.decoded(bytes)
    }

    /// The share of the power that a telephone would not carry.
    private func brightness(_ samples: [Int16], _ rate: Int) throws -> Double {
        let wide = samples.map { Float($0) }
        let narrow = try StreamingResampler.resample(wide, from: rate, to: 8000)
        let back = try StreamingResampler.resample(narrow, from: 8000, to: rate)
        let count = min(wide.count, back.count)
        let lost = (0..<count).reduce(0.0) { $0 + pow(Double(wide[$1] - back[$1]), 2) }
        return lost / wide.reduce(0.0) { $0 + pow(Double($1), 2) }
    }

    @Test(arguments: forms)
    func speechLastsAsLongAsOnATelephoneAndHoldsMore(audio: CallAudio) throws {
        let engines: [any TextToSpeech] = [try FliteEngine(), try EspeakEngine()]
        for engine in engines {
            let telephone = try samples(engine, .telephone)
            let wide = try samples(engine, audio)
            let lengths = (
                telephone.count / CallAudio.telephone.samplesPerMillisecond,
                wide.count / audio.samplesPerMillisecond
            )
            // Silence is cut in blocks of 10 ms, and what is under its limit differs a little.
            #expect(abs(lengths.0 - lengths.1) <= 30, "\(engine.name): \(lengths)")
            let peaks = (telephone, wide)
            let loudest = (
                peaks.0.map { abs(Int($0)) }.max() ?? 0, peaks.1.map { abs(Int($0)) }.max() ?? 0
            )
            #expect(abs(loudest.0 - loudest.1) < loudest.0 / 4, "\(engine.name): \(loudest)")
            // Its s and f are above what a telephone has.
            let share = try brightness(wide, audio.sampleRate)
            #expect(share > 0.003, "\(engine.name): \(share)")
        }
    }

    @Test(arguments: forms)
    func aFixedClipIsThereInEveryForm(audio: CallAudio) throws {
        let fixed = try FixedTextToSpeech(clipMs: 3000, madeBy: try FliteEngine())
        let clip = fixed.synthesize("anything", voice: nil, audio: audio) {}
        #expect(clip.isFinished && clip.audio == audio)
        #expect(clip.byteCount == audio.byteCount(ms: 3000))
        #expect(fixed.synthesize("else", voice: nil, audio: audio) {} === clip)
    }
}
