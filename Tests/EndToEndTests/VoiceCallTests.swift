import CallSimulator
import Daemon
import Foundation
import Net
import Store
import Testing

/// Whole calls that are spoken to by each of the engines, and by the next one when it fails.
@Suite struct VoiceCallTests {
    private static let environment = [
        "ELEVENLABS_KEY_OF_TEST": "secret", "DEEPGRAM_KEY_OF_TEST": "secret",
    ]

    private static func settings(_ engine: String, _ services: ServiceProcess) -> EngineSettings {
        let name = engine.split(separator: " ")
        var settings = EngineSettings(engine: String(name[0]))
        if name.count > 1 {
            settings.format = EngineSettings.SpeechFormat(rawValue: String(name[1])) ?? .pcm
        }
        settings.model = "stand-in"
        settings.voice = "rms"
        settings.baseURL = services.baseURL
        switch settings.engine {
        case "espeak": settings.voice = "en-us"
        case "elevenlabs": settings.apiKeyEnv = "ELEVENLABS_KEY_OF_TEST"
        case "deepgram": settings.apiKeyEnv = "DEEPGRAM_KEY_OF_TEST"
        case "piper": settings.baseURL = services.origin + "/piper"
        case "concya": settings.baseURL = services.origin
        default: break
        }
        // A crowded machine makes nobody sick; only what hangs is to be given up.
        settings.connectMs = 20_000
        settings.firstByteMs = 20_000
        settings.totalMs = 60_000
        settings.stallMs = 20_000
        return settings
    }

    private static func start(
        _ engine: String, _ services: ServiceProcess, answerMs: Int
    ) async throws -> TestDaemon {
        try await TestDaemon.start(environment: environment) {
            var first = settings(engine, services)
            first.answerMs = answerMs
            $0.tts = [first, EngineSettings(engine: "flite")]
            $0.assistants[0].greeting = "Hello."
            $0.turn.replyTimeoutMs = 20_000
        }
    }

    private static func services() async throws -> ServiceProcess {
        try await blocking { try ServiceProcess(["--fixtures", "none", "--reply", "Yes."]) }
    }

    @Test(arguments: [
        "espeak", "openai wav", "openai opus", "elevenlabs", "deepgram", "piper", "concya",
    ])
    func theCallerIsSpokenTo(engine: String) async throws {
        let services = try await Self.services()
        let daemon = try await Self.start(engine, services, answerMs: 20_000)
        let result = await daemon.call(try .turns(["speech/yes.rms"]))
        #expect(result.faults == [], "\(daemon.logLines)")
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(daemon.lines(["engine failed"]) == [])
        let counts = try await services.statistics()["tts"]
        // Greeting, last words and the reply came from there.
        #expect(engine == "espeak" || counts?["requests"]?.intValue ?? 0 > 1)
        try await daemon.stop()
    }

    @Test(arguments: [
        ("openai opus", "\"fault\":\"garbage\""), ("elevenlabs", "\"fault\":\"hang\""),
        ("elevenlabs", "\"fault\":\"stall\""), ("deepgram", "\"fault\":\"cut\""),
        ("piper", "\"fault\":\"status\",\"status\":500"), ("concya", "\"fault\":\"garbage\""),
    ])
    func aFaultyVoiceIsFollowedByTheNext(engine: String, fault: String) async throws {
        let services = try await Self.services()
        let daemon = try await TestDaemon.start(environment: Self.environment) {
            var first = Self.settings(engine, services)
            first.answerMs = 900
            first.stallMs = 500
            $0.tts = [first, EngineSettings(engine: "flite")]
            $0.assistants[0].greeting = "Hello."
            $0.turn.replyTimeoutMs = 20_000
        }
        try await services.setFault("tts", fault)
        let result = await daemon.call(try .turns(["speech/yes.rms"]))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        let turn = try #require(result.turns.first)
        let response = try #require(turn.responseNanos, "\(daemon.logLines)")
        #expect(response < UInt64(RemoteEngineTests.responseMsMax) * 1_000_000)
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=tts"]).isEmpty, "\(daemon.logLines)")
        #expect(daemon.lines(["outcome=failed"]) == [] && daemon.lines(["stage failed"]) == [])
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
            var mind = EngineSettings(engine: "concya")
            mind.connectMs = 20_000
            mind.firstByteMs = 20_000
            var voice = mind
            voice.answerMs = 20_000
            voice.stallMs = 20_000
            $0.llm = [mind, EngineSettings(engine: "scripted")]
            $0.tts = [voice, EngineSettings(engine: "flite")]
            $0.assistants[0].greeting = "Hello."
            $0.turn.replyTimeoutMs = 20_000
            adjust(&$0)
        }
    }

    @Test func concyasOwnServicesHoldTheConversation() async throws {
        let reply = "For how many people? And what time?"
        let services = try await blocking {
            try ServiceProcess(["--fixtures", "none", "--reply", reply])
        }
        let daemon = try await Self.concya(services) { $0.llm[0].answerMs = 20_000 }
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
        let daemon = try await Self.concya(services) { $0.llm[0].answerMs = 1000 }
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
                var speech = EngineSettings(engine: engine)
                speech.model = "m"
                speech.voice = "v"
                $0.tts = [speech]
            }
        } throws: { error in
            "\(error)".contains(message)
        }
    }
}
