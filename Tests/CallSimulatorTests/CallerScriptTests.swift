import CallSimulator
import DSP
import Testing

/// A caller and an agent that is heard in given stretches of samples.
private struct Stage {
    var runner: CallerScriptRunner
    var agentSpeech: [Range<Int64>]
    var sent: [UInt8] = []
    var actions: [(frame: Int64, action: CallerAction)] = []

    init(_ script: CallerScript, agentSpeech: [Range<Int64>] = []) {
        runner = CallerScriptRunner(script)
        self.agentSpeech = agentSpeech
    }

    mutating func run(frames: Int64) {
        var frame = [UInt8](repeating: 0, count: 160)
        for number in 0..<frames {
            let sample = number * 160
            let heard = agentSpeech.first { $0.contains(sample) }
            let past = agentSpeech.filter { $0.upperBound <= sample }.map(\.upperBound).max() ?? 0
            let activity = AgentActivity(
                isHeard: heard != nil, heardSampleCount: heard.map { sample - $0.lowerBound } ?? 0,
                lastHeardSample: heard != nil ? sample : past)
            let action = frame.withUnsafeMutableBytes {
                runner.nextFrame(at: sample, agent: activity, into: $0)
            }
            sent += frame
            if action != .none { actions.append((number, action)) }
            if action == .hangsUp { return }
        }
    }

    var log: [String] { actions.map { "\($0.frame) \($0.action)" } }
}

@Suite struct CallerScriptTests {
    private let hello = CallerUtterance(
        text: "hello", muLaw: [UInt8](repeating: 1, count: 400), speechStart: 50, speechEnd: 350)

    @Test func waitsForTheAgentAndAPause() {
        let script = CallerScript(
            [.say(hello, pauseMs: 100), .waitForAgent(pauseMs: 60), .dtmf("5"), .hangUp])
        // Heard from 1600 to 3200: the pause ends at 4000, frame 25.
        var stage = Stage(script, agentSpeech: [1600..<3200, 6400..<8000])
        stage.run(frames: 200)
        // Heard again until 8000: the pause of 60 ms ends at 8480, frame 53.
        #expect(stage.log == ["25 beginsUtterance(0)", "53 pressesKey(\"5\")", "54 hangsUp"])
        #expect(stage.sent[4000..<4400].allSatisfy { $0 == 1 })
        #expect(stage.sent[..<4000].allSatisfy { $0 == G711.muLawSilence })
        #expect(stage.sent[4400...].allSatisfy { $0 == G711.muLawSilence })
        let said = stage.runner.said[0]
        #expect(said.speechStartSample == 4050 && said.speechEndSample == 4350)
        #expect(!said.isBargeIn && !said.isAfterTimeout)
    }

    /// After its length no utterance is begun, said or talked over, and the last answer is heard out.
    @Test(arguments: [CallerStep.hangUp, .silence(ms: 10_000)])
    func aCallOfALengthEndsAfterAnAnswer(_ end: CallerStep) {
        for late in [CallerStep.say(hello, pauseMs: 100), .bargeIn(hello, afterMs: 100)] {
            let script = CallerScript([.say(hello, pauseMs: 100), late, end], lengthMs: 600)
            // The answer to what is begun at 4000 is heard from 4800, the length, to 8000.
            var stage = Stage(script, agentSpeech: [1600..<3200, 4800..<8000])
            stage.run(frames: 200)
            #expect(stage.log.first == "25 beginsUtterance(0)")
            #expect(stage.actions.last?.action == .hangsUp && stage.actions.count == 2)
            #expect(stage.actions.last?.frame ?? 0 >= 50)
        }
    }

    @Test func aMuteAgentIsWaitedForInVain() {
        let script = CallerScript(
            [.say(hello), .say(hello), .hangUp], answerTimeoutMs: 1000)
        var stage = Stage(script)
        stage.run(frames: 500)
        // 1000 ms from the start; then 1000 ms from the end of the utterance's last frame.
        #expect(
            stage.log == ["50 beginsUtterance(0)", "103 beginsUtterance(1)", "106 hangsUp"])
        #expect(stage.runner.said.map(\.isAfterTimeout) == [true, true])
    }

    @Test func bargesInAfterTheAgentWasHeardLongEnough() {
        let script = CallerScript([.bargeIn(hello, afterMs: 200), .silence(ms: 100)])
        var stage = Stage(script, agentSpeech: [160..<1600, 3200..<9600])
        stage.run(frames: 100)
        // The first stretch is too short; the second is 200 ms old at 4800, frame 30.
        #expect(stage.log == ["30 beginsUtterance(0)", "38 hangsUp"])
        #expect(stage.runner.said[0].isBargeIn)
    }

    @Test func whatTheAgentSaidBeforeIsNoAnswer() {
        // Heard only before and over the utterance: the second one waits for the time-out.
        let script = CallerScript([.sayNow(hello), .say(hello, pauseMs: 20)], answerTimeoutMs: 400)
        var stage = Stage(script, agentSpeech: [0..<300])
        stage.run(frames: 100)
        #expect(stage.log.first == "0 beginsUtterance(0)")
        #expect(stage.runner.said[1].isAfterTimeout)
        #expect(stage.runner.said[0].isBargeIn)
    }

    @Test func theBackgroundGoesOnWithoutASeam() {
        let background = CallerBackground.noise(level: -50, seed: 3)
        let script = CallerScript(
            [.silence(ms: 900), .sayNow(hello), .silence(ms: 2000)], background: background)
        var stage = Stage(script)
        stage.run(frames: 200)
        let own = stage.sent[..<7200] + stage.sent[7600...]
        let again = own.dropFirst(8000)
        #expect(zip(own, again).allSatisfy { $0 == $1 })
        let samples = G711.decodedMuLaw(Array(own.prefix(7200)))
        #expect(samples.contains { $0 != 0 })
    }
}

@Suite struct TurnRecorderTests {
    private let clock = SampleClock(startNanos: 1_000_000_000)

    private func ms(_ milliseconds: UInt64) -> UInt64 { 1_000_000_000 + milliseconds * 1_000_000 }

    private func said(
        _ start: Int64, _ end: Int64, isBargeIn: Bool = false, expectsReply: Bool = true
    ) -> CallerScriptRunner.Said {
        var runner = CallerScriptRunner(
            CallerScript([
                .sayNow(
                    CallerUtterance(
                        text: "x", muLaw: [UInt8](repeating: 1, count: Int(end)),
                        speechStart: Int(start), speechEnd: Int(end), expectsReply: expectsReply))
            ]))
        let activity = AgentActivity(
            isHeard: isBargeIn, heardSampleCount: 0, lastHeardSample: 0)
        var frame = [UInt8](repeating: 0, count: 160)
        _ = frame.withUnsafeMutableBytes { runner.nextFrame(at: 0, agent: activity, into: $0) }
        return runner.said[0]
    }

    @Test func aTurnIsMeasuredFromItsLastSpeechFrame() {
        var recorder = TurnRecorder(clock: clock, turnCountMax: 4)
        // The last sample of speech is 1599 + 41: frame 10, sample 40.
        recorder.callerBegan(said(160, 1641), isAgentBusy: false)
        recorder.agentAudio(byteCount: 160, atNanos: ms(650))
        recorder.agentAudio(byteCount: 160, atNanos: ms(670))
        let turn = recorder.turns[0]
        #expect(turn.speechStartNanos == ms(20))
        #expect(turn.speechEndNanos == ms(200))
        #expect(turn.lastSpeechSample == 40)
        #expect(turn.responseNanos == 450_000_000)
        #expect(turn.responseFromMouthNanos == 450_000_000 + 119 * 125_000)
        #expect(turn.replyByteCount == 320)
        #expect(!turn.isUnanswered && turn.cutInNanos == nil && turn.clearNanos == nil)
    }

    @Test func cuttingInIsNoAnswer() {
        var recorder = TurnRecorder(clock: clock, turnCountMax: 4)
        recorder.callerBegan(said(0, 16_000), isAgentBusy: false)
        recorder.agentAudio(byteCount: 160, atNanos: ms(900))
        recorder.agentAudio(byteCount: 160, atNanos: ms(920))
        #expect(recorder.turns[0].cutInNanos == ms(900))
        #expect(recorder.turns[0].isUnanswered)
        recorder.agentAudio(byteCount: 160, atNanos: ms(3000))
        #expect(recorder.turns[0].firstReplyNanos == ms(3000))
    }

    @Test func aBargeInIsMeasuredToClearAndLastAudio() {
        var recorder = TurnRecorder(clock: clock, turnCountMax: 4)
        recorder.callerBegan(said(160, 4000, isBargeIn: true), isAgentBusy: true)
        recorder.agentAudio(byteCount: 160, atNanos: ms(60))
        recorder.agentAudio(byteCount: 160, atNanos: ms(80))
        recorder.agentCleared(atNanos: ms(95))
        recorder.agentCleared(atNanos: ms(99))
        recorder.agentAudio(byteCount: 160, atNanos: ms(900))
        let turn = recorder.turns[0]
        #expect(turn.clearLatencyNanos == 75_000_000)
        #expect(turn.lastOldAudioLatencyNanos == 60_000_000)
        #expect(turn.firstReplyNanos == ms(900))
        #expect(turn.cutInNanos == nil)
    }

    @Test func withoutAClearTheOldReplyIsNoAnswer() {
        var recorder = TurnRecorder(clock: clock, turnCountMax: 4)
        recorder.callerBegan(said(0, 1600, isBargeIn: true), isAgentBusy: true)
        for number in UInt64(1)...40 {
            recorder.agentAudio(byteCount: 160, atNanos: ms(number * 20))
        }
        #expect(recorder.turns[0].isUnanswered)
        #expect(recorder.turns[0].lastOldAudioNanos == ms(800))
        recorder.agentAudio(byteCount: 160, atNanos: ms(1300))
        #expect(recorder.turns[0].firstReplyNanos == ms(1300))
    }

    @Test func statisticsAddUp() {
        var recorder = TurnRecorder(clock: clock, turnCountMax: 4)
        recorder.callerBegan(said(0, 1600), isAgentBusy: false)
        recorder.agentAudio(byteCount: 160, atNanos: ms(580))
        recorder.callerBegan(said(0, 1600, isBargeIn: true, expectsReply: false), isAgentBusy: true)
        recorder.agentCleared(atNanos: ms(100))
        recorder.callerBegan(said(0, 1600, isBargeIn: true), isAgentBusy: true)
        var statistics = CallStatistics()
        for end in [CallEnd.hungUp, .failed("x")] {
            var result = SimulatedCallResult(callSid: "CA1", end: end)
            result.greetingNanos = 5_000_000
            result.turns = recorder.turns
            result.gapCount = 1
            result.gaps = [PlaybackGap(startSample: 1, sampleCount: 16)]
            statistics.add(result)
        }
        #expect(statistics.callCount == 2 && statistics.failedCallCount == 1)
        #expect(statistics.turnCount == 6 && statistics.response.count == 2)
        #expect(statistics.bargeInCount == 4 && statistics.falseBargeInCount == 2)
        #expect(statistics.ignoredBargeInCount == 2 && statistics.unansweredCount == 2)
        #expect(statistics.gapCount == 2 && statistics.gapMsMax == 2)
        // The last speech frame was due at 180 ms.
        #expect(abs(Int64(statistics.response.maxNanos) - 400_000_000) <= 4_000_000)
        #expect(statistics.description.contains("calls 2 (failed 1), turns 6"))
    }
}
