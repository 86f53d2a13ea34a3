import DSP
import Pipelines
import Testing

/// The paced sender by itself.
struct PlayoutTests {
    final class Line: ConversationTransport, PlayoutDelegate {
        var frames: [[UInt8]] = []
        var marks: [MarkName] = []
        var clears = 0
        var log: [String] = []

        func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) { frames.append(Array(muLaw)) }
        func sendMark(_ name: MarkName) { marks.append(name) }
        func sendClear() { clears += 1 }
        func cork() { log.append("cork") }
        func uncork() { log.append("uncork") }
        func setTimer(atNanos: UInt64?) {}
        func conversationEnded(_ ending: ConversationEnding) {}
        func playoutBecameAudible(turn: TurnID, at now: UInt64) { log.append("audible") }
        func playoutFirstFrameHeard(turn: TurnID, at now: UInt64) { log.append("first heard") }
        func playoutBegan(sentence: Int, turn: TurnID, at now: UInt64) {
            log.append("sentence \(sentence)")
        }
        func playoutStarved(turn: TurnID, isUnderrun: Bool, at now: UInt64) {
            log.append(isUnderrun ? "underrun" : "starved")
        }
        func playoutHeardAll(turn: TurnID, at now: UInt64) { log.append("all") }
    }

    private let line = Line()
    private let playout: Playout

    init() {
        playout = Playout(
            audio: .telephone, frameMs: 20, leadMs: 200, markMs: 100, markGraceMs: 500,
            transport: line)
        playout.delegate = line
    }

    private func ms(_ value: Int) -> UInt64 { 1_000_000_000 + UInt64(value) * 1_000_000 }

    private func clip(_ bytes: [UInt8], isFinished: Bool = true) -> SpeechClip {
        let clip = SpeechClip(text: "x", audio: .telephone)
        bytes.withUnsafeBufferPointer { _ = clip.append($0) }
        if isFinished { clip.finish() }
        return clip
    }

    /// Goes from deadline to deadline, as a host without caller frames would.
    private func run(from: Int, to: Int) {
        var now = ms(from)
        playout.pump(at: now)
        while let next = playout.nextDeadlineNanos, next <= ms(to) {
            now = max(now, next)
            playout.pump(at: now)
        }
    }

    @Test func theLastFrameIsFilledUpWithSilence() {
        playout.begin(turn: 3)
        playout.append(clip([UInt8](repeating: 7, count: 170)), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        #expect(line.frames.count == 2)
        #expect(
            line.frames[1]
                == [UInt8](repeating: 7, count: 10) + [UInt8](repeating: 0xFF, count: 150))
        #expect(
            line.marks == [
                MarkName(turn: 3, sentence: 0, part: 1), MarkName(turn: 3, sentence: 0, part: 2),
            ])
        #expect(line.log == ["cork", "sentence 0", "audible", "uncork"])
    }

    @Test func sentencesFollowWithoutAGap() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 200)), sentence: 0)
        playout.append(clip([UInt8](repeating: 2, count: 120)), sentence: 1)
        playout.complete()
        playout.pump(at: ms(0))
        #expect(
            line.frames.flatMap { $0 }
                == [UInt8](repeating: 1, count: 200) + [UInt8](repeating: 2, count: 120))
    }

    @Test func marksComeAtTheAskedDistance() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 8000)), sentence: 0)
        playout.complete()
        run(from: 0, to: 1100)
        // After the first frame, then every 100 ms, and at the end.
        #expect(line.marks.count == 11)
        #expect(line.frames.count == 50)
        #expect(Set(line.marks).count == line.marks.count)
    }

    @Test func aGrowingClipIsWaitedForWholeFrames() {
        let growing = clip([UInt8](repeating: 1, count: 1000), isFinished: false)
        playout.begin(turn: 1)
        playout.append(growing, sentence: 0)
        playout.complete()
        run(from: 0, to: 1000)
        #expect(line.frames.count == 6, "960 of the 1,000 bytes")
        #expect(line.log.suffix(1) == ["underrun"])
        #expect(playout.underrunCount == 1)
        [UInt8](repeating: 1, count: 4000).withUnsafeBufferPointer { _ = growing.append($0) }
        playout.pump(at: ms(1000))
        #expect(line.frames.count == 16, "the lead again and no more")
        #expect(line.log.contains("audible"))
    }

    @Test func whatIsSaidBeforeAPauseInSynthesisIsNotHeldBack() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 1650)), sentence: 0)
        playout.append(clip([], isFinished: false), sentence: 1)
        playout.pump(at: ms(0))
        #expect(line.frames.count == 10)
        // The end of the first sentence goes out before the other side runs dry.
        run(from: 0, to: 190)
        #expect(line.frames.count == 11)
        #expect(line.frames[10].prefix(50) == [UInt8](repeating: 1, count: 50)[...])
    }

    @Test func allIsHeardWhenTheLastMarkIsBack() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 800)), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        for mark in line.marks { playout.markReturned(mark, at: ms(150)) }
        #expect(line.log.suffix(2) == ["first heard", "all"])
        #expect(playout.nextDeadlineNanos == nil)
    }

    @Test func theEndOfAClipMayBeKnownLate() {
        let growing = clip([UInt8](repeating: 1, count: 800), isFinished: false)
        playout.begin(turn: 1)
        playout.append(growing, sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        let before = line.marks.count
        growing.finish()
        playout.pump(at: ms(10))
        #expect(line.marks.count == before + 1, "a mark follows when the end is known")
        for mark in line.marks { playout.markReturned(mark, at: ms(150)) }
        #expect(line.log.last == "all")
    }

    @Test func marksOfAClearAreNotHeard() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 16_000)), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        playout.hold(at: ms(60))
        #expect(line.clears == 1)
        for mark in line.marks { playout.markReturned(mark, at: ms(80)) }
        #expect(!line.log.contains("first heard"))
        #expect(playout.heard(at: ms(80)) == (0, 480))
        #expect(playout.nextDeadlineNanos == nil)
        playout.pump(at: ms(500))
        #expect(line.frames.count == 10, "nothing goes out while held")
        playout.cancel(at: ms(600))
        #expect(line.clears == 1, "cleared once")
    }

    @Test func resumptionBeginsInThePause() {
        // 300 ms of sound, 40 ms of silence, sound again; stopped 160 ms into the second.
        let sound = [UInt8](repeating: 0x20, count: 2400)
        let pause = [UInt8](repeating: 0xFF, count: 320)
        let second = [UInt8](repeating: 0x10, count: 8000)
        playout.begin(turn: 1)
        playout.append(clip(sound + pause + second), sentence: 0)
        playout.complete()
        run(from: 0, to: 500)
        let sent = line.frames.count
        playout.hold(at: ms(500))
        #expect(playout.heard(at: ms(500)) == (0, 4000))
        playout.resume(at: ms(900))
        let after = line.frames[sent...].flatMap { $0 }
        #expect(after.prefix(80) == [UInt8](repeating: 0xFF, count: 80)[...])
        #expect(after[80] == 0x10)
    }

    /// Near its end a word is finished: to say it anew would be to say it twice.
    @Test(arguments: [(80, true), (480, false)])
    func aWordIsFinishedOrSaidAgain(leftMs: Int, isFinished: Bool) throws {
        // 300 ms of sound, 40 ms of silence, 500 ms of sound, silence.
        let bytes =
            [UInt8](repeating: 0x20, count: 2400) + [UInt8](repeating: 0xFF, count: 320)
            + [UInt8](repeating: 0x10, count: 4000) + [UInt8](repeating: 0xFF, count: 4000)
        let stoppedMs = 840 - leftMs
        playout.begin(turn: 1)
        playout.append(clip(bytes), sentence: 0)
        playout.complete()
        run(from: 0, to: stoppedMs)
        let sent = line.frames.count
        playout.hold(at: ms(stoppedMs))
        playout.resume(at: ms(900))
        let after = line.frames[sent...].flatMap { $0 }
        #expect(after.first == (isFinished ? 0x10 : 0xFF))
        let left = try #require(after.firstIndex(of: 0xFF))
        #expect(isFinished == (left > 0 && left <= leftMs * 8 + 160))
    }

    @Test func aPauseTooFarBackIsNotGoneBackTo() {
        let bytes = [UInt8](repeating: 0xFF, count: 800) + [UInt8](repeating: 0x10, count: 20_000)
        playout.begin(turn: 1)
        playout.append(clip(bytes), sentence: 0)
        playout.complete()
        run(from: 0, to: 1000)
        playout.hold(at: ms(1000))
        playout.resume(at: ms(1200))
        let heard = playout.heard(at: ms(1200)).byteCount
        #expect((8000 - 2400...8000).contains(heard))
    }

    @Test func theCursorFollowsMarksWhenTheOtherSideIsLate() {
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 1, count: 32_000)), sentence: 0)
        playout.complete()
        run(from: 0, to: 400)
        // The first marks return 30 ms after they were played; then the network stalls for 200 ms.
        playout.markReturned(line.marks[0], at: ms(50))
        playout.markReturned(line.marks[1], at: ms(150))
        #expect(playout.heard(at: ms(300)).byteCount == 2400)
        playout.markReturned(line.marks[2], at: ms(470))
        #expect(playout.heard(at: ms(500)).byteCount == 4000 - 1600 - 160)
    }

    @Test func fillersGoFirstAndCountForNothing() {
        playout.begin(turn: 1)
        playout.append(clip([], isFinished: false), sentence: 0)
        playout.insertFiller(clip([UInt8](repeating: 9, count: 320)))
        playout.pump(at: ms(0))
        #expect(line.frames.count == 2)
        #expect(!line.log.contains("audible") && !line.log.contains("sentence 0"))
        #expect(playout.heard(at: ms(10)).segment == 0)
    }

    /// What an echo canceller is told of: all that was sent, and that the rest of it was thrown away.
    @Test func theFarEndKnowsWhatWasCleared() {
        final class FarEnd: CallerAudioFilter {
            var waiting = 0
            func process(_ samples: UnsafeMutableBufferPointer<Int16>) {
                waiting = max(0, waiting - samples.count)
            }
            func played(_ samples: UnsafeBufferPointer<Int16>) { waiting += samples.count }
            func playoutCleared() { waiting = 0 }
        }
        let far = FarEnd()
        playout.farEnd = far
        playout.begin(turn: 1)
        playout.append(clip([UInt8](repeating: 7, count: 8000)), sentence: 0)
        playout.complete()
        playout.pump(at: ms(0))
        #expect(far.waiting == 1600)
        playout.hold(at: ms(40))
        #expect(line.clears == 1 && far.waiting == 0)
        playout.resume(at: ms(300))
        #expect(far.waiting == 1600)
    }

    @Test func aReplyOfNothingIsHeardAtOnce() {
        playout.begin(turn: 1)
        playout.complete()
        playout.pump(at: ms(0))
        #expect(line.log == ["all"])
        #expect(line.frames.isEmpty && line.clears == 0)
    }
}

struct MarkNameTests {
    @Test(arguments: [
        MarkName(turn: 0, sentence: 0, part: 0), MarkName(turn: 3, sentence: 1, part: 41),
        MarkName(turn: 12_345, sentence: 63, part: 999_999_999),
    ])
    func namesComeBackAsTheyWent(name: MarkName) {
        var buffer = [UInt8](repeating: 0, count: MarkName.byteCountMax)
        let count = buffer.withUnsafeMutableBytes { name.write(into: $0) }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        #expect(text == name.description)
        #expect(MarkName(text) == name)
    }

    @Test(arguments: [
        "", "t", "t1", "t1.s2", "t1.s2.p", "t1.s2.p3x", "x1.s2.p3", "t1.s.p3", "t-1.s2.p3",
        "t1.s2.p99999999999999999999", "T1.s2.p3",
    ])
    func otherNamesAreNotOurs(name: String) {
        #expect(MarkName(name) == nil)
    }
}
