import CallSimulator
import DSP
import Engines
import Foundation
import Testing

@Suite struct BargeInTests {
    static let clipBytes = 32_000

    private func start() async throws -> TestDaemon {
        try await TestDaemon.start {
            $0.tts[0][\FixedTextToSpeechSettings.clipMs] = Self.clipBytes / 8
        }
    }

    @Test func theCallerIsLetSpeak() async throws {
        let daemon = try await start()
        let result = await daemon.call(
            CallerScript(
                [
                    .bargeIn(try Fixture.utterance("speech/book-a-table.rms"), afterMs: 700),
                    .bargeIn(try Fixture.utterance("speech/stop.slt"), afterMs: 700),
                    .say(try Fixture.utterance("speech/tomorrow.rms"), pauseMs: 200),
                    // Longer than a machine stands still in the middle of a reply.
                    .waitForAgent(pauseMs: 2000),
                ], answerTimeoutMs: 30_000))
        #expect(result.faults == [])
        #expect(result.clearCount == 2)
        let turns = result.turns
        #expect(turns.map(\.isBargeIn) == [true, true, false])
        for turn in turns.prefix(2) {
            let cleared = try #require(turn.clearNanos)
            // What was talked over has stopped for good.
            #expect(turn.lastOldAudioNanos.map { $0 <= cleared } ?? true)
            #expect(turn.firstReplyNanos ?? 0 > cleared)
        }
        #expect(turns[2].clearNanos == nil && turns[2].replyByteCount == Self.clipBytes)
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(await daemon.logs(2, "INFO interrupted", result.callSid))
        #expect(try await daemon.metric("streamd_barge_ins_total") == 2)
        try await daemon.stop()
    }

    @Test func ourOwnVoiceComingBackIsNoInterruption() async throws {
        let daemon = try await start()
        let first = await daemon.call(
            CallerScript([.waitForAgent(pauseMs: 100)], answerTimeoutMs: 30_000)
        ) { $0.recordedSecondsMax = 12 }
        let agent = try #require(first.recording).agent
        let begin = try #require(agent.firstIndex { $0 != G711.muLawSilence })
        // All but the last half second: after the agent has ended it would be no echo any more.
        let voice = agent[begin...].prefix(Self.clipBytes - 4000)
        #expect(voice.count == Self.clipBytes - 4000)
        let quiet = voice.map { G711.decodeMuLaw($0) / 10 }
        let echo = CallerUtterance(
            text: "(echo)", muLaw: G711.encodedMuLaw(quiet), expectsReply: false)
        let result = await daemon.call(
            CallerScript(
                [
                    .bargeIn(echo, afterMs: 40), .waitForAgent(pauseMs: 1000),
                ], answerTimeoutMs: 5000, background: .noise(level: -65)))
        #expect(result.turns.first?.isBargeIn == true)
        #expect(result.clearCount == 0 && result.faults == [])
        #expect(result.receivedByteCount == Int64(Self.clipBytes), "the greeting and nothing else")
        #expect(daemon.lines(["INFO interrupted"]).isEmpty)
        try await daemon.stop()
    }

    @Test(arguments: [Float(-60), -40])
    func lineNoiseIsNoInterruption(level: Float) async throws {
        let daemon = try await start()
        let result = await daemon.call(
            CallerScript(
                [.silence(ms: 6000), .hangUp], answerTimeoutMs: 5000,
                background: .noise(level: level, seed: 7)))
        #expect(result.clearCount == 0 && result.faults == [])
        #expect(result.receivedByteCount == Int64(Self.clipBytes), "the greeting and nothing else")
        #expect(daemon.lines(["transcription"]).isEmpty)
        try await daemon.stop()
    }
}
