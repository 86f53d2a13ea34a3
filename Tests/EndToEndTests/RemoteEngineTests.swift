import CallSimulator
import Configuration
import Engines
import Foundation
import Net
import Store
import Testing

/// Calls whose three engines are a server of their own, well and failing; a second engine stands
/// behind each.
@Suite struct RemoteEngineTests {
    static let answer = "Certainly, that is noted."

    private static func start(
        _ services: ServiceProcess, llm: String = "openai",
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> TestDaemon {
        var second = EngineSettings(FixedSpeechToTextSettings())
        second[\FixedSpeechToTextSettings.text] = "a table for two please"
        let recogniser = second
        return try await TestDaemon.start {
            $0.stt = [services.engine(.stt), recogniser]
            $0.llm = [services.engine(.llm, llm), EngineSettings(ScriptedSettings())]
            $0.tts = [services.engine(.tts), EngineSettings(FliteSettings())]
            $0.assistants[0].greeting = "Hello."
            $0.turn.replyTimeoutMs = 20_000
            // What is heard is then the reply, however crowded the machine is.
            $0.turn.fillerAfterMs = 0
            adjust(&$0)
        }
    }

    /// A crowded machine makes nobody sick.
    private static func beingPatient(_ configuration: inout Configuration) {
        for list in [\Configuration.stt, \.llm, \.tts] {
            configuration[keyPath: list][0].times = .patient
        }
    }

    @Test func aTurnIsAnswered() async throws {
        let services = try await blocking {
            try ServiceProcess(["--reply", Self.answer, "--fixtures", "none"])
        }
        let daemon = try await Self.start(services, Self.beingPatient)
        let result = await daemon.call(try .turns(["speech/book-a-table.rms", "speech/yes.rms"]))
        #expect(result.faults == [])
        #expect(await daemon.logs("call ended", result.callSid))
        let turns = daemon.lines([" turn {", result.callSid, #""agent":"\#(Self.answer)""#])
        #expect(turns.count == 2, "\(daemon.logLines)")
        #expect(daemon.lines(["engine failed"]) == [])
        let page = try await daemon.get("/metrics").body
        #expect(
            page.contains(
                "streamd_engine_breaker_state{stage=\"llm\",engine=\"openai\",place=\"0\"} 0"))
        try await daemon.stop()
    }

    static let faults = [
        ("stt", "\"fault\":\"garbage\""), ("stt", "\"fault\":\"hang\""),
        ("llm", "\"fault\":\"hang\""), ("llm", "\"fault\":\"garbage\""),
        ("llm", "\"fault\":\"cut\""), ("llm", "\"fault\":\"status\",\"status\":429"),
        ("tts", "\"fault\":\"hang\""), ("tts", "\"fault\":\"garbage\""),
        ("tts", "\"fault\":\"cut\""), ("tts", "\"fault\":\"stall\""),
    ]

    /// Response of a turn at the worst; far above what it takes, far below the turn's own time-out.
    static let responseMsMax = 8000

    @Test(arguments: faults)
    func aFaultyServiceIsFollowedByTheNext(service: String, fault: String) async throws {
        let services = try await blocking {
            // One sentence, so that half of it is none.
            try ServiceProcess(["--reply", Self.answer, "--fixtures", "none"])
        }
        let daemon = try await Self.start(services)
        try await services.setFault(service, fault)
        let result = await daemon.call(try .turns(["speech/book-a-table.rms"], silenceMs: 2000))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        let turn = try #require(result.turns.first)
        let response = try #require(turn.responseNanos, "\(daemon.logLines)")
        #expect(response < UInt64(Self.responseMsMax) * 1_000_000)
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=\(service)"]).isEmpty, "\(daemon.logLines)")
        // Nobody had to say sorry.
        #expect(daemon.lines(["outcome=failed"]) == [] && daemon.lines(["stage failed"]) == [])
        try await daemon.stop()
    }

    @Test func aServerThatIsKilledInTheCallIsDoneWithout() async throws {
        let services = try await blocking { try ServiceProcess(["--fixtures", "none"]) }
        let daemon = try await Self.start(services)
        let script = try CallerScript.turns([
            "speech/book-a-table.rms", "speech/for-four-people.rms",
        ])
        async let call = daemon.call(script)
        #expect(await daemon.logs("stream connected"))
        services.kill()
        let result = await call
        #expect(result.faults == [])
        for turn in result.turns {
            #expect(turn.responseNanos ?? .max < UInt64(Self.responseMsMax) * 1_000_000)
        }
        for stage in ["stt", "llm", "tts"] {
            #expect(!daemon.lines(["engine failed", "stage=\(stage)"]).isEmpty)
        }
        try await daemon.stop()
    }

    @Test func withoutAnyEngineTheCallIsHandedOver() async throws {
        let services = try await blocking { try ServiceProcess(["--fixtures", "none"]) }
        let daemon = try await Self.start(services) {
            // The greeting is made at the start, so that only the turn fails.
            Self.beingPatient(&$0)
            $0.llm = [$0.llm[0]]
            $0.tts = [$0.tts[0]]
            $0.turn.failuresMax = 1
            $0.assistants[0].handOverNumber = "+15557654321"
        }
        try await services.setFault("llm", "\"fault\":\"status\",\"status\":500")
        try await services.setFault("tts", "\"fault\":\"hang\"")
        let result = await daemon.call(try .turns(["speech/book-a-table.rms"], silenceMs: 2000))
        // The apology was made at the start, and is heard although nothing can speak now.
        #expect(result.turns.first?.firstReplyNanos != nil, "\(daemon.logLines)")
        let after = try await daemon.form(
            "/twilio/after", [("CallSid", result.callSid), ("To", "+15551234567")])
        #expect(
            after.body.contains("<Dial") && after.body.contains("+15557654321"), "\(after.body)")
        try await daemon.stop()
    }

    /// The table is booked by a model that calls the tools: one row, whatever is thrown away.
    @Test(arguments: ["openai", "anthropic"])
    func aTableIsBookedByAModelThatCallsTools(llm: String) async throws {
        let services = try await blocking { try ServiceProcess(["--llm", "tools"]) }
        let daemon = try await Self.start(services, llm: llm) {
            Self.beingPatient(&$0)
            $0.turn.idlePromptMs = 120_000
        }
        let result = await daemon.call(
            try .turns([
                "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms",
                "speech/yes-please.rms",
            ]))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        for turn in result.turns { #expect(!turn.isUnanswered, "\(turn.text)") }
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let database = try Database(DatabaseOptions(path: daemon.databasePath))
        defer { database.close() }
        let now = Int64(Date().timeIntervalSince1970)
        let rows = try await database.value {
            database.reservations(
                assistantID: "concya", startingIn: now..<(now + 3 * 86_400), completion: $0)
        }
        let said = daemon.lines([" turn "]).joined(separator: "\n")
        #expect(rows.count == 1, "\(said)")
        #expect(rows.first?.partySize == 4 && rows.first?.name == "John Miller", "\(said)")
        #expect(daemon.lines(["engine failed"]) == [])
    }

    @Test func aMissingKeyIsNamed() async throws {
        await #expect {
            _ = try await TestDaemon.start {
                $0.tts = [.of(.tts, "openai", ["model": "tts-1", "voice": "alloy"])]
            }
        } throws: { error in
            "\(error)".contains("OPENAI_API_KEY is not set, which tts[0] (openai) needs")
        }
    }
}
