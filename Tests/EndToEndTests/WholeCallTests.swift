import CallSimulator
import Foundation
import Store
import Testing

@Suite struct WholeCallTests {
    @Test func aCallIsGreetedAnsweredAndWrittenDown() async throws {
        let daemon = try await TestDaemon.start()
        let turns = ["speech/book-a-table.rms", "speech/tomorrow.rms", "speech/yes.rms"]
        let result = await daemon.call(try .turns(turns))

        #expect(result.faults == [])
        #expect(result.turns.count == 3)
        #expect(result.refusedFrameCount == 0 && result.clearCount == 0)
        // Greeting and three replies of 600 ms, to the last byte.
        #expect(result.receivedByteCount == 4 * 4800)
        #expect(result.markCount >= 4)

        let sid = result.callSid
        #expect(await daemon.logs("call ended", sid, "caller hung up"))
        // A reply is known to be heard only by the marks that came back.
        #expect(daemon.lines([" turn ", sid, #""outcome":"heard""#]).count >= 3)
        #expect(
            daemon.lines([" turn ", sid]).count
                == daemon.lines([#""outcome":"heard""#, sid]).count)

        #expect(try await daemon.metric("twilio_calls_total") == 1)
        #expect(try await daemon.metric("twilio_calls_active") == 0)
        #expect(try await daemon.metric("twilio_call_duration_seconds_count") == 1)
        #expect(try await daemon.metric("twilio_audio_latency_ms_count") ?? 0 >= 3)
        #expect(try await daemon.metric("streamd_protocol_errors_total") == 0)
        let page = try await daemon.get("/metrics").body
        for bound in ["10", "100", "500", "1000", "10000", "+Inf"] {
            #expect(page.contains("twilio_audio_latency_ms_bucket{le=\"\(bound)\"}"))
        }

        let status = try await daemon.form(
            "/twilio/status",
            [("CallSid", sid), ("CallStatus", "completed"), ("CallDuration", "7")])
        #expect(status.status == 204)
        try await daemon.stop(keepingFiles: true)
        defer { daemon.removeFiles() }
        let database = try Database(DatabaseOptions(path: daemon.databasePath))
        defer { database.close() }
        let stored = try await database.value { database.call(sid: sid, completion: $0) }
        let row = try #require(stored)
        #expect(row.status == "completed" && row.assistantID == "concya")
        #expect(row.from == "+15550001111" && row.to == "+15551234567")
        #expect(row.durationSeconds == 7 && row.endedAt != nil)
    }

    @Test func statusPagesAnswer() async throws {
        let daemon = try await TestDaemon.start()
        #expect(try await daemon.get("/healthz").status == 200)
        #expect(try await daemon.get("/readyz").status == 200)
        let health = try await daemon.get("/twilio/health")
        #expect(health.status == 200)
        struct Health: Decodable {
            struct Config: Decodable {
                let twilio_configured: Bool
                let webhook_url: String
            }
            let status: String
            let active_calls: Int
            let config: Config
        }
        let page = try JSONDecoder().decode(Health.self, from: Data(health.body.utf8))
        #expect(page.status == "healthy" && page.active_calls == 0)
        #expect(!page.config.twilio_configured)
        #expect(page.config.webhook_url == "http://127.0.0.1/twilio/voice")
        try await daemon.stop()
    }

    @Test func theGreetingCanBeSaidByTwiML() async throws {
        let daemon = try await TestDaemon.start {
            $0.assistants[0].greetWith = .say
            $0.assistants[0].greeting = "Good evening & welcome."
        }
        let answer = try await daemon.form(
            "/twilio/voice", [("CallSid", "CA1"), ("To", "+15551234567")])
        #expect(answer.status == 200)
        #expect(answer.body.contains("Good evening &amp; welcome.</Say>"))
        // The stream greets nobody twice: the first audio is the answer.
        let result = await daemon.call(
            CallerScript(
                [
                    .silence(ms: 1000), .sayNow(try Fixture.utterance("speech/yes.rms")),
                    .waitForAgent(pauseMs: 200),
                ], answerTimeoutMs: 30_000))
        #expect(result.faults == [])
        #expect(result.receivedByteCount == 4800)
        try await daemon.stop()
    }
}
