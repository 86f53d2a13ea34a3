import DSP
import Engines
import Foundation
import Pipelines
import Testing

/// A voice that is stopped for nothing and goes on, as Whisper hears it.
@Suite(.serialized) struct ResumptionTests {
    /// Sends to nobody; what counts is what is sent.
    private final class Line: ConversationTransport, PlayoutDelegate {
        var bytes: [UInt8] = []

        func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) { bytes += muLaw }
        func sendMark(_ name: MarkName) {}
        func sendClear() {}
        func cork() {}
        func uncork() {}
        func setTimer(atNanos: UInt64?) {}
        func conversationEnded(_ ending: ConversationEnding) {}
        func playoutBecameAudible(turn: TurnID, at now: UInt64) {}
        func playoutFirstFrameHeard(turn: TurnID, at now: UInt64) {}
        func playoutBegan(sentence: Int, turn: TurnID, at now: UInt64) {}
        func playoutStarved(turn: TurnID, isUnderrun: Bool, at now: UInt64) {}
        func playoutHeardAll(turn: TurnID, at now: UInt64) {}
    }

    private static let sentence =
        "We open at eleven in the morning on weekdays, and our kitchen takes the last orders "
        + "around ten o'clock in the evening."

    /// What the caller hears: up to the stop, a silence, and what comes after.
    private func heard(of speech: [UInt8], stoppedAtMs: Int) -> [UInt8] {
        let line = Line()
        let playout = Playout(
            audio: .telephone, frameMs: 20, leadMs: 200, markMs: 100, markGraceMs: 500,
            transport: line)
        playout.delegate = line
        let clip = SpeechClip(text: Self.sentence, audio: .telephone)
        speech.withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        playout.begin(turn: 1)
        playout.append(clip, sentence: 0)
        playout.complete()
        let start: UInt64 = 1_000_000_000
        let stop = start + UInt64(stoppedAtMs) * 1_000_000
        playout.pump(at: start)
        while let next = playout.nextDeadlineNanos, next <= stop { playout.pump(at: next) }
        playout.hold(at: stop)
        let before = Array(line.bytes.prefix(playout.heard(at: stop).byteCount))
        line.bytes.removeAll()
        playout.resume(at: stop + 300_000_000)
        while let next = playout.nextDeadlineNanos, line.bytes.count < speech.count {
            playout.pump(at: next)
        }
        return before + [UInt8](repeating: 0xFF, count: 2400) + line.bytes
    }

    /// The words of `text` that are not in `other`, order kept.
    private func surplus(of text: [String], over other: [String]) -> [String] {
        let difference = text.difference(from: other)
        return difference.insertions.compactMap {
            if case .insert(_, let word, _) = $0 { return word }
            return nil
        }
    }

    @Test(arguments: ["rms", "slt"]) func noWordIsLostOrSaidTwice(voice: String) throws {
        let whisper = try TestModels.whisperEngine.get()
        let speech = try TestModels.speak(Self.sentence, voice: voice, with: try FliteEngine())
        func words(_ muLaw: [UInt8]) throws -> [String] {
            TestModels.words(try whisper.transcribe(samples8k: G711.decodedMuLaw(muLaw)).text)
                .map { ["10": "ten", "11": "eleven"][$0] ?? $0 }
        }
        let whole = try words(speech)
        #expect(whole.count >= 18)
        // Whisper may misread the whole where it reads the parts right.
        let written = TestModels.words(Self.sentence)
        var stops = 0
        var wordsChanged = 0
        for stoppedAtMs in stride(from: 410, to: speech.count / 8 - 300, by: 390) {
            stops += 1
            let spoken = try words(heard(of: speech, stoppedAtMs: stoppedAtMs))
            let expected =
                surplus(of: spoken, over: written).count
                    < surplus(of: spoken, over: whole).count ? written : whole
            let twice = surplus(of: spoken, over: expected)
            let lost = surplus(of: expected, over: spoken)
            wordsChanged += max(twice.count, lost.count)
            if !(twice.isEmpty && lost.isEmpty) {
                print("\(voice) stopped at \(stoppedAtMs) ms: surplus \(twice), lost \(lost)")
            }
        }
        print("\(voice): \(stops) stops, \(wordsChanged) words changed of \(stops * whole.count)")
        #expect(stops >= 10)
        // Each stop breaks one word; Whisper reads some of them wrong.
        #expect(wordsChanged * 20 <= stops * whole.count)
    }
}
