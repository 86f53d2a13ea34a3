import DSP
import Pipelines
import StreamTesting
import Testing

/// The paced sender on calls that carry something else than telephones do.
struct WidePlayoutTests {
    static let forms = [
        CallAudio(.linear16, sampleRate: 16_000), CallAudio(.linear16, sampleRate: 24_000),
    ]

    private func playout(_ audio: CallAudio, _ line: PlayoutTests.Line) -> Playout {
        let playout = Playout(
            audio: audio, frameMs: 20, leadMs: 200, markMs: 100, markGraceMs: 500, transport: line)
        playout.delegate = line
        return playout
    }

    private func ms(_ value: Int) -> UInt64 { 1_000_000_000 + UInt64(value) * 1_000_000 }

    /// A clip of samples that count up from 1, and around.
    private func clip(_ audio: CallAudio, ms: Int) -> SpeechClip {
        let clip = SpeechClip(text: "x", audio: audio)
        let samples = (0..<audio.sampleCount(ms: ms)).map { Int16($0 % 20_000 + 1) }
        audio.encoded(samples).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        return clip
    }

    @Test(arguments: forms)
    func framesHaveTheirLengthAndTheLastIsFilledWithSilence(audio: CallAudio) {
        let line = PlayoutTests.Line()
        let playout = playout(audio, line)
        playout.begin(turn: 1)
        playout.append(clip(audio, ms: 50), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        #expect(line.frames.map(\.count) == [Int](repeating: audio.byteCount(ms: 20), count: 3))
        let samples = audio.decoded(line.frames.flatMap { $0 })
        let spoken = audio.sampleCount(ms: 50)
        #expect(samples[..<spoken].map { Int($0) } == Array(1...spoken))
        #expect(samples[spoken...].allSatisfy { $0 == 0 })
        #expect(playout.nextDeadlineNanos == ms(560))
    }

    /// By the clock, and by marks: to the sample, at every millisecond and between them.
    @Test(arguments: forms)
    func whatWasHeardIsKnownToTheSample(audio: CallAudio) {
        let line = PlayoutTests.Line()
        let playout = playout(audio, line)
        playout.begin(turn: 1)
        playout.append(clip(audio, ms: 1000), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        for micros in stride(from: 0, to: 200_000, by: 777) {
            let at = ms(0) + UInt64(micros) * 1000
            let heard = playout.heard(at: at).byteCount
            // What is still ahead is rounded down: at most a sample more.
            let exact = Double(micros) / 1000 * Double(audio.samplesPerMillisecond)
            #expect(heard % 2 == 0)
            #expect(abs(Double(heard / 2) - exact) <= 1, "after \(micros) µs")
        }
        for value in 0..<200 {
            #expect(playout.heard(at: ms(value)).byteCount == audio.byteCount(ms: value))
        }
        playout.hold(at: ms(73))
        #expect(playout.heard(at: ms(500)).byteCount == audio.byteCount(ms: 73))
        #expect(line.clears == 1 && playout.checkInvariants(at: ms(73)) == nil)
    }

    /// Speech goes on in the pause before the word, at a whole sample.
    @Test(arguments: forms)
    func aResumptionBeginsInThePauseBefore(audio: CallAudio) {
        let line = PlayoutTests.Line()
        let playout = playout(audio, line)
        let speech = SpeechClip(text: "x", audio: audio)
        for (level, length) in [(Int16(5000), 100), (0, 40), (7000, 300)] {
            let samples = [Int16](repeating: level, count: audio.sampleCount(ms: length))
            audio.encoded(samples).withUnsafeBufferPointer { _ = speech.append($0) }
        }
        speech.finish()
        playout.begin(turn: 1)
        playout.append(speech, sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        playout.hold(at: ms(190))
        line.frames.removeAll()
        playout.resume(at: ms(300))
        let samples = audio.decoded(line.frames.flatMap { $0 })
        let silence = samples.prefix { $0 == 0 }.count
        #expect((audio.sampleCount(ms: 5)...audio.sampleCount(ms: 20)).contains(silence))
        #expect(samples[silence] == 7000)
        #expect(playout.peakDBFS > -14 && playout.peakDBFS < -13)
    }

    /// An echo canceller works at 8 kHz, whatever the call carries.
    @Test(arguments: forms + [.telephone])
    func theFarEndIsToldAtTheRateOfListening(audio: CallAudio) {
        final class FarEnd: CallerAudioFilter {
            var samples: [Int16] = []
            func process(_ samples: UnsafeMutableBufferPointer<Int16>) {}
            func played(_ samples: UnsafeBufferPointer<Int16>) { self.samples += samples }
            func playoutCleared() {}
        }
        let far = FarEnd()
        let line = PlayoutTests.Line()
        let playout = playout(audio, line)
        playout.farEnd = far
        let speech = SpeechClip(text: "x", audio: audio)
        let sample = G711.decodeMuLaw(G711.encodeMuLaw(8000))
        let level = [Int16](repeating: sample, count: audio.sampleCount(ms: 200))
        audio.encoded(level).withUnsafeBufferPointer { _ = speech.append($0) }
        speech.finish()
        playout.begin(turn: 1)
        playout.append(speech, sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        #expect((1580...1600).contains(far.samples.count))
        #expect(far.samples[40...].allSatisfy { abs($0 - sample) <= 4 })
    }

    @Test func speechInAnotherFormBreaksAnInvariant() {
        let line = PlayoutTests.Line()
        let playout = playout(Self.forms[0], line)
        playout.begin(turn: 1)
        playout.append(clip(.telephone, ms: 100), sentence: 0)
        #expect(
            playout.checkInvariants(at: ms(0)) == "playout: speech in another form than the call's")
    }
}
