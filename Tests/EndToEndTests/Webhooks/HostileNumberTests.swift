import Configuration
import Foundation
import PrivateServers
import Testing

/// Numbers in the queries of webhooks that we never wrote there, and places that failures leave taken.
@Suite struct HostileNumberTests {
    private static let numbers = [
        "9223372036854775807", "9223372036854775806", "-9223372036854775808", "-1", "-2",
        "99999999999999999999999", "0x1", "1e3", "one", "",
    ]

    private static let call = [("CallSid", "CAnumbers"), ("To", "+15551234567")]

    @Test(arguments: numbers)
    func anAttemptThatWeNeverMadeIsRefused(number: String) async throws {
        let daemon = try await TestDaemon.start()
        for query in ["?attempt=\(number)", "?x=1&attempt=\(number)"] {
            let answer = try await daemon.form("/twilio/after" + query, Self.call)
            #expect(answer.status == 400 && answer.body.contains("attempt"), "\(answer)")
        }
        #expect(try await daemon.get("/healthz").status == 200)
        try await daemon.stop()
    }

    @Test(arguments: numbers)
    func aTurnOrAWaitThatWeNeverNamedIsRefused(number: String) async throws {
        let daemon = try await TestDaemon.start { $0.assistants[0].path = .gather }
        #expect(try await daemon.form("/twilio/voice", Self.call).status == 200)
        for query in ["?turn=\(number)", "?turn=1&wait=\(number)", "?wait=\(number)"] {
            let answer = try await daemon.form(
                "/api/voice/process" + query, Self.call + [("SpeechResult", "hello")])
            #expect(answer.status == 400, "\(query): \(answer)")
        }
        let next = try await daemon.form(
            "/api/voice/process?turn=1", Self.call + [("SpeechResult", "hello")])
        #expect(next.status == 200 && next.body.contains("turn=2"))
        try await daemon.stop()
    }

    @Test func callsThatCouldNotBeTakenGiveTheirPlacesBack() async throws {
        guard RedisServer.program != nil else { try Test.cancel("\(RedisServer.remedy)") }
        let redis = try RedisServer()
        let daemon = try await TestDaemon.start {
            $0.assistants[0].path = .gather
            $0.limits.maxCalls = 1
            $0.state.url = redis.url
            $0.state.timeoutMs = 200
        }
        try await blocking { try redis.pause() }
        for index in 0..<3 {
            let answer = try await daemon.form(
                "/twilio/voice", [("CallSid", "CAplace\(index)"), ("To", "+15551234567")])
            #expect(answer.status == 503, "\(index): \(answer)")
        }
        #expect(daemon.daemon.liveCallCount == 0)
        try await blocking { try redis.resume() }
        // The connection to Redis is made anew after a while.
        var answer = HTTPAnswer()
        for index in 0..<500 where answer.status != 200 {
            answer = try await daemon.form(
                "/twilio/voice", [("CallSid", "CAnext\(index)"), ("To", "+15551234567")])
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(answer.status == 200 && answer.body.contains("<Gather"))
        #expect(daemon.daemon.liveCallCount == 1)
        try await daemon.stop()
    }

    /// A `.env` gone wrong may put anything into a variable.
    @Test(arguments: [
        "AC0123456789abcdef0123456789abcdef\r\nTWILIO_AUTH_TOKEN=the-token-wxyz",
        "the-token-wxyz", "AC0123456789abcdef0123456789abcdex",
        "AC0123456789abcdef0123456789abcdef # the-token-wxyz",
    ])
    func thePageOfTheAccountShowsNoPartOfASecret(sid: String) async throws {
        let daemon = try await TestDaemon.start(environment: [
            "TWILIO_ACCOUNT_SID": sid, "TWILIO_PHONE_NUMBER": "+15551230000\nthe-token-wxyz",
        ])
        let page = try await daemon.get("/twilio/status").body
        for part in ["wxyz", "the-", "cdex", "cdef"] { #expect(!page.contains(part), "\(page)") }
        try await daemon.stop()
    }
}
