import DSP
import Engines
import Foundation
import Pipelines
import Realtime
import Synchronization
import Testing

/// Prints how fast speech is made and understood; asserts nothing about time, which depends on the
/// machine and on what else runs there.
@Suite(.serialized) struct SpeechTimesTests {
    private static let sentence = "I have a table for four at seven thirty. Shall I book it?"

    private func milliseconds(since start: UInt64) -> Double {
        Double(MonotonicClock.nowNanos() - start) / 1e6
    }

    @Test(arguments: ["rms", "slt", "awb", "kal"])
    func speechBeginsLongBeforeItIsAllMade(voice: String) throws {
        let flite = try FliteEngine()
        _ = try TestModels.speak("One.", voice: voice, with: flite)
        let firstNanos = Atomic<UInt64>(0)
        let ended = DispatchSemaphore(value: 0)
        let start = MonotonicClock.nowNanos()
        let clip = flite.synthesize(Self.sentence, voice: voice, audio: .telephone) {
            _ = firstNanos.compareExchange(
                expected: 0, desired: MonotonicClock.nowNanos(), ordering: .relaxed)
            ended.signal()
        }
        while !clip.isFinished { _ = ended.wait(timeout: .now() + .milliseconds(5)) }
        let all = milliseconds(since: start)
        let first = Double(firstNanos.load(ordering: .relaxed) - start) / 1e6
        let seconds = Double(clip.byteCount) / 8000
        print(
            String(
                format: "flite %@: first audio after %.1f ms, all %.1f s of it after %.1f ms",
                voice, first, seconds, all))
        #expect(first < all)
        #expect(seconds > 2)
    }

    @Test func decodesOfSeveralLengths() throws {
        let flite = try FliteEngine()
        let whisper = try TestModels.whisperEngine.get()
        try whisper.warmUp()
        let sentences = [
            "Yes please.",
            "A table for four people, please.",
            "I would like to book a table for four people tomorrow evening at seven thirty.",
        ]
        for sentence in sentences {
            let samples = G711.decodedMuLaw(try TestModels.speak(sentence, with: flite))
            let start = MonotonicClock.nowNanos()
            let transcript = try whisper.transcribe(samples8k: samples)
            print(
                String(
                    format: "whisper: %.1f s of speech in %.0f ms: %@",
                    Double(samples.count) / 8000, milliseconds(since: start), transcript.text))
            #expect(!TestModels.words(transcript.text).isEmpty)
        }
    }
}
