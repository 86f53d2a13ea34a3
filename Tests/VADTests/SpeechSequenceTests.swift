import TestSupport
import Testing
import VAD

@Suite struct SpeechSequenceTests {
    private let seed = UInt64.random(in: 0 ... .max)

    /// Two utterances with silence between; where the first ends and the second begins.
    private func pair(gapMs: Int) throws -> (sound: [Int16], end: Int, start: Int) {
        let one = try #require(try Fixtures.utterances().first { $0.name == "rms-book" })
        let two = try #require(try Fixtures.utterances().first { $0.name == "slt-five" })
        let end = 8_000 + one.bounds.endSample
        let start = end + gapMs * 8
        let background = [Double](
            repeating: 0, count: start + two.samples.count + 24_000)
        let first = Sound.mix(background, Sound.speech(one), at: 8_000)
        let both = Sound.mix(first, Sound.speech(two), at: start - two.bounds.startSample)
        return (Sound.pcm(both), end, start)
    }

    @Test func anUtteranceGoesOnAfterAPause() throws {
        let (sound, end, start) = try pair(gapMs: 600)
        var detector = SpeechDetector(model: try Fixtures.model())
        let heard = hear(&detector, sound)
        #expect(heard.count { $0.isOnset } == 1)
        let pause = try #require(heard.first { abs(($0.pauseEnd ?? 0) - end) <= 160 })
        let resumed = try #require(heard.first { abs(($0.resumeStart ?? 0) - start) <= 400 })
        #expect(pause.atSample < resumed.atSample)
        #expect(heard.last?.pauseEnd != nil)
        let isOpen = detector.isInUtterance
        #expect(!isOpen, "1.5 s and more of silence end an utterance")
    }

    @Test func afterTheEndOfATurnSpeechIsANewOnset() throws {
        let (sound, end, start) = try pair(gapMs: 600)
        var detector = SpeechDetector(model: try Fixtures.model())
        let cut = end + 400 * 8
        let before = hear(&detector, Array(sound[..<cut]))
        #expect(before.last?.pauseEnd != nil)
        #expect((detector.isInUtterance, detector.isSpeech) == (true, false))
        detector.endUtterance()
        let isOpen = detector.isInUtterance
        #expect(!isOpen)
        let after = hear(&detector, Array(sound[cut...]))
        let first = try #require(after.first)
        let onset = try #require(first.onsetStart)
        #expect(abs(onset - (start - 200 * 8)) <= 400, "less the pre-roll")
        #expect(cut + first.atSample - start <= 120 * 8)
    }

    @Test func aLongPauseEndsTheUtterance() throws {
        let (sound, _, _) = try pair(gapMs: 2_500)
        var detector = SpeechDetector(model: try Fixtures.model())
        #expect(hear(&detector, sound).count { $0.isOnset } == 2)
    }

    @Test func framesOfAnySizeGiveTheSameEvents() throws {
        let (sound, _, _) = try pair(gapMs: 300)
        let model = try Fixtures.model()
        var reference = SpeechDetector(model: model)
        let expected = hear(&reference, sound).map(\.event)
        #expect(expected.count >= 3)
        for frame in [1, 7, 40, 80, 240, 256, 1_000, sound.count] {
            var detector = SpeechDetector(model: model)
            #expect(hear(&detector, sound, frame: frame).map(\.event) == expected, "\(frame)")
            #expect(detector.position == reference.position)
        }
    }

    /// The 8 kHz weights work through the same rules.
    @Test func bothRatesHear() throws {
        let (sound, end, _) = try pair(gapMs: 600)
        var detector = SpeechDetector(model: try Fixtures.model(8_000))
        let heard = hear(&detector, sound)
        #expect(heard.first?.isOnset == true)
        #expect(heard.contains { abs(($0.pauseEnd ?? 0) - end) <= 160 })
    }

    /// Random mixtures of speech, coughs and noise with random interventions: events always come in
    /// an order that makes sense.
    @Test func eventsAlwaysMakeSense() throws {
        print("event order, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let model = try Fixtures.model()
        let utterances = try Fixtures.utterances()
        var eventCount = 0
        for _ in 0..<6 {
            let level = Double.random(in: -75 ... -35, using: &random)
            var sound = Sound.white(12 * 8_000, dBFS: level, &random)
            for _ in 0..<5 {
                let start = Int.random(in: 0..<sound.count, using: &random)
                let extra =
                    Int.random(in: 0..<4, using: &random) == 0
                    ? Sound.cough(milliseconds: 100, &random)
                    : Sound.speech(
                        utterances[Int.random(in: 0..<utterances.count, using: &random)],
                        gainDB: Double.random(in: -15...6, using: &random))
                sound = Sound.mix(sound, extra, at: start)
            }
            var detector = SpeechDetector(model: model)
            let samples = Sound.pcm(sound)
            var start = 0
            var state = SpeechEvent.pause(endSample: 0)
            var isOpen = false
            while start < samples.count {
                let end = min(samples.count, start + Int.random(in: 1...2_000, using: &random))
                let before = Int64(start)
                for heard in hear(&detector, Array(samples[start..<end])) {
                    eventCount += 1
                    let now = before + Int64(heard.atSample)
                    switch heard.event {
                    case .onset(let begin, let detected):
                        #expect(begin >= 0 && begin < detected && detected <= now)
                        if case .pause = state {} else { Issue.record("onset in speech") }
                        isOpen = true
                    case .pause(let pauseEnd):
                        #expect(pauseEnd <= now && isOpen)
                        if case .pause = state { Issue.record("pause after pause") }
                    case .resumed(let at):
                        guard case .pause(let pauseEnd) = state else {
                            Issue.record("resumed without a pause")
                            continue
                        }
                        #expect(at <= now && at >= pauseEnd && isOpen)
                    }
                    state = heard.event
                }
                if Int.random(in: 0..<4, using: &random) == 0 {
                    detector.endUtterance()
                    isOpen = false
                    state = .pause(endSample: 0)
                }
                detector.setPlayout(active: Bool.random(using: &random))
                start = end
            }
        }
        #expect(eventCount > 10, "seed \(seed)")
    }
}
