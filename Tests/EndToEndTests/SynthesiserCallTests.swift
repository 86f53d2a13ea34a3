import CallSimulator
import Configuration
import Engines
import Foundation
import Net
import Store
import Testing

/// Whole calls in which each of the engines speaks; what comes of their faults is in
/// ``SynthesiserRecoveryTests``.
@Suite struct SynthesiserCallTests {
    private static let sentence = "Your table for four people is booked for tomorrow at seven."
    /// One that the transcriber takes down without mistakes from espeak's own files, too.
    private static let espeakSentence =
        "Thank you for calling. Your table for four people is booked."

    private static func services() async throws -> ServiceProcess {
        try await blocking { try ServiceProcess(["--fixtures", "none", "--reply", "Yes."]) }
    }

    private static func start(
        _ voice: EngineSettings,
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> TestDaemon {
        try await TestDaemon.start(environment: SynthesiserSettings.environment) {
            $0.tts = [voice, EngineSettings(FliteSettings())]
            $0.llm[0][\FixedDialogueSettings.text] = sentence
            $0.assistants[0].greeting = "Hello."
            // A crowded machine is slow; fillers are not what is heard here.
            $0.turn.fillerAfterMs = 0
            $0.turn.replyTimeoutMs = 20_000
            adjust(&$0)
        }
    }

    /// What the caller hears is written down again by a transcriber, word for word.
    @Test(arguments: [
        "espeak", "openai pcm", "openai wav", "openai opus", "elevenlabs", "deepgram", "piper",
        "concya",
    ])
    func theCallerHearsWhatIsSaid(engine: String) async throws {
        let services = try await Self.services()
        let sentence = engine == "espeak" ? Self.espeakSentence : Self.sentence
        let daemon = try await Self.start(SynthesiserSettings.patient(engine, services)) {
            $0.llm[0][\FixedDialogueSettings.text] = sentence
        }
        let result = await daemon.call(try .turns(["speech/yes.rms"], silenceMs: 1000)) {
            $0.recordedSecondsMax = 60
        }
        #expect(result.faults == [], "\(daemon.logLines)")
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(daemon.lines(["engine failed"]) == [])
        let turn = try #require(result.turns.first)
        let heard = try await AgentSpeech.words(result.agentSpeech(after: turn))
        #expect(heard == sentence.lowercased().filter { $0 != "." })
        // It came from there: the greeting, what is said in need, and the reply.
        let counts = try await services.statistics()["tts"]
        #expect(engine == "espeak" || counts?["requests"]?.intValue ?? 0 > 1)
        try await daemon.stop()
    }

    /// The webhook alone opens what the assistant's own voice needs.
    @Test func connectionsStandOpenBeforeTheStreamComes() async throws {
        let first = try await Self.services()
        let daemon = try await Self.start(SynthesiserSettings.patient("elevenlabs", first)) {
            $0.assistants[0].voice = "slt"
            $0.tts[0][\ElevenLabsSettings.spares] = 2
        }
        // What was opened for the sentences of the start is gone.
        first.kill()
        let services = try await blocking {
            try ServiceProcess(["--fixtures", "none", "--port", "\(first.port)"])
        }
        var opened = 0
        // Again where a slow machine has the engine still rest from the end of the first.
        for call in 0..<30 where opened < 2 {
            _ = try await daemon.form(
                "/twilio/voice", [("CallSid", "CA\(call)"), ("To", "+15551234567")])
            for _ in 0..<100 where opened < 2 {
                let notes = try await services.statistics()["recent"]?.arrayValue ?? []
                opened = notes.count { $0.stringValue == "tts: slt stands open" }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        #expect(opened >= 2)
        try await daemon.stop()
    }

    // MARK: - Concya

    private static func concya(
        _ services: ServiceProcess,
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> TestDaemon {
        let address = services.origin
        return try await TestDaemon.start(
            environment: ["CONCYA_LLM_URL": address, "CONCYA_TTS_URL": address + "/"]
        ) {
            var dialogue = EngineSettings(ConcyaDialogueSettings())
            dialogue.times.connectMs = 20_000
            dialogue.times.firstByteMs = 20_000
            var voice = EngineSettings(ConcyaSpeechSettings())
            voice.times = dialogue.times
            voice.times.answerMs = 20_000
            voice.times.stallMs = 20_000
            $0.llm = [dialogue, EngineSettings(ScriptedSettings())]
            $0.tts = [voice, EngineSettings(FliteSettings())]
            $0.assistants[0].greeting = "Hello."
            // A crowded machine is slow; fillers are not what is heard here.
            $0.turn.fillerAfterMs = 0
            $0.turn.replyTimeoutMs = 20_000
            adjust(&$0)
        }
    }

    @Test func concyasOwnServicesHoldTheConversation() async throws {
        let reply = "For how many people? And what time?"
        let services = try await blocking {
            try ServiceProcess(["--fixtures", "none", "--reply", reply])
        }
        let daemon = try await Self.concya(services) { $0.llm[0].times.answerMs = 20_000 }
        let result = await daemon.call(
            try .turns(["speech/book-a-table.rms", "speech/yes.rms"]))
        #expect(result.faults == [], "\(daemon.logLines)")
        #expect(await daemon.logs("call ended", result.callSid))
        let turns = daemon.lines([" turn {", result.callSid, #""agent":"\#(reply)""#])
        #expect(turns.count == 2, "\(daemon.logLines)")
        #expect(daemon.lines(["engine failed"]) == [])
        // It remembers what it is asked: once for each turn, whatever was thought of meanwhile.
        let statistics = try await services.statistics()
        #expect(statistics["llm"]?["requests"]?.intValue == 2)
        let notes = (statistics["recent"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(notes.count { $0.hasPrefix("llm: \(result.callSid): ") } == 2, "\(notes)")
        try await daemon.stop()
    }

    @Test(arguments: [
        "\"fault\":\"garbage\"", "\"fault\":\"hang\"", "\"fault\":\"status\",\"status\":502",
    ])
    func withoutConcyaTheScriptedDialogueGoesOn(fault: String) async throws {
        let services = try await Self.services()
        let daemon = try await Self.concya(services) { $0.llm[0].times.answerMs = 1000 }
        try await services.setFault("llm", fault)
        let result = await daemon.call(try .turns(["speech/book-a-table.rms"]))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        let turn = try #require(result.turns.first)
        let response = try #require(turn.responseNanos, "\(daemon.logLines)")
        #expect(response < UInt64(RemoteEngineTests.responseMsMax) * 1_000_000)
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=llm"]).isEmpty, "\(daemon.logLines)")
        #expect(daemon.lines(["outcome=failed"]) == [])
        try await daemon.stop()
    }

    @Test(arguments: [
        ("elevenlabs", "ELEVENLABS_API_KEY is not set, which tts[0] (elevenlabs) needs"),
        ("deepgram", "DEEPGRAM_API_KEY is not set, which tts[0] (deepgram) needs"),
    ])
    func aMissingKeyIsNamed(engine: String, message: String) async throws {
        await #expect {
            _ = try await TestDaemon.start {
                $0.tts = [.of(.tts, engine, ["model": "m", "voice": "v"])]
            }
        } throws: { error in
            "\(error)".contains(message)
        }
    }
}
