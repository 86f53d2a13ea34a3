import CallSimulator
import Configuration
import Engines
import Foundation
import Net
import Testing

/// A voice that fails in the middle of a turn: the next one goes on, and the caller hears speech again
/// within a second and a half, with the time-outs that the configuration has by itself.
@Suite(.serialized) struct SynthesiserRecoveryTests {
    /// From the caller's last word to speech, and between two words of it.
    private static let silenceMsMax = 1500
    /// A machine that is busy with something else is given another try; a fault of ours stays.
    private static let triesMax = 3
    private static let sentence =
        "Your table for four people is booked for tomorrow at seven in the evening."

    private struct Recovery {
        var silenceMs: Int
        var words: String
    }

    private func call(_ engine: String, _ fault: String) async throws -> Recovery {
        // Slower than it is said, so that the middle of a sentence is the middle of the answer too.
        let services = try await blocking {
            try ServiceProcess(["--fixtures", "none", "--tts-speedup", "1.5"])
        }
        let daemon = try await TestDaemon.start(environment: SynthesiserSettings.environment) {
            $0.tts = [
                SynthesiserSettings.remote(engine, services), EngineSettings(FliteSettings()),
            ]
            $0.llm[0][\FixedDialogueSettings.text] = Self.sentence
            // Made at the start, before the fault.
            $0.assistants[0].greeting = "Hello."
            $0.conversation.leadMs = 200
            $0.fallback.failuresMax = 1000
        }
        if fault != "killed" { try await services.setFault("tts", fault) }
        let script = try CallerScript.turns(
            ["speech/book-a-table.rms"], silenceMs: Self.silenceMsMax + 300)
        async let calling = daemon.call(script) { $0.recordedSecondsMax = 60 }
        if fault == "killed" {
            // The sentences made at the start are over; this is the turn's.
            #expect(await daemon.logs("stream connected"))
            try await Self.waitForSpeech(services)
            services.kill()
        }
        let result = await calling
        #expect(result.end == .hungUp && result.protocolErrors == [])
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=tts"]).isEmpty, "\(daemon.logLines)")
        #expect(daemon.lines(["outcome=failed"]) == [] && daemon.lines(["stage failed"]) == [])
        try await daemon.stop()
        let turn = try #require(result.turns.first)
        let speech = result.agentSpeech(after: turn)
        let silence = try #require(AgentSpeech.longestSilenceMs(speech, from: 0))
        return Recovery(silenceMs: silence, words: try await AgentSpeech.words(speech))
    }

    private static func waitForSpeech(_ services: ServiceProcess) async throws {
        for _ in 0..<3000 {
            if try await services.statistics()["tts"]?["active"]?.intValue ?? 0 > 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw PeerFault(what: "nothing was asked to be spoken")
    }

    @Test(arguments: [
        ("elevenlabs", "killed"), ("concya", "\"fault\":\"hang\""),
        ("openai opus", "\"fault\":\"stall\""), ("deepgram", "\"fault\":\"cut\""),
        ("elevenlabs", "\"fault\":\"garbage\""),
        ("piper", "\"fault\":\"status\",\"status\":500"),
    ])
    func theCallerHearsSpeechAgain(engine: String, fault: String) async throws {
        var recovery = try await call(engine, fault)
        for _ in 1..<Self.triesMax where recovery.silenceMs > Self.silenceMsMax {
            recovery = try await call(engine, fault)
        }
        print("\(engine), \(fault): silent for \(recovery.silenceMs) ms; \(recovery.words)")
        #expect(recovery.silenceMs <= Self.silenceMsMax)
        // The beginning was said, whoever said it, and so was the end; on a slow machine after a
        // filler.
        #expect(recovery.words.contains("your table for four"))
        #expect(recovery.words.hasSuffix("the evening"))
    }
}
