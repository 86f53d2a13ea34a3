import CallSimulator
import Configuration
import Foundation
import Testing

/// What an operator's programs see of calls, and who may see it.
@Suite struct CallPageTests {
    private static let token = "0123456789-a-token-of-an-operator"
    private static let list = "/api/phone/active-calls"

    private func start(
        _ tokens: String? = token,
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> GatherHouse {
        try await GatherHouse.start(
            environment: tokens.map { ["STREAMD_API_TOKENS": $0] } ?? [:], adjust)
    }

    private func json(_ answer: HTTPAnswer) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func whoHasNoTokenIsNotLetIn() async throws {
        let house = try await start("first-token-of-two,second-token-of-two")
        for path in [Self.list, "/api/phone/call-status/CA1"] {
            let none = try await house.daemon.get(path)
            #expect(none.status == 401 && none.head.contains("WWW-Authenticate: Bearer"))
            #expect(try json(none)["error"] as? String == "unauthorized")
            for value in ["Basic Zmlyc3Q6eA==", "Bearer", "Bearer ", "first-token-of-two"] {
                let answer = try await house.daemon.http(
                    "GET", path, headers: ["Authorization: \(value)"])
                #expect(answer.status == 401, "\(value)")
            }
            for token in ["first-token-of-tw", "first-token-of-two,second-token-of-two", "x"] {
                let answer = try await house.ask(path, token)
                #expect(answer.status == 403, "\(token)")
                #expect(try json(answer)["error"] as? String == "forbidden")
            }
        }
        for token in ["first-token-of-two", "second-token-of-two"] {
            #expect(try await house.ask(Self.list, token).status == 200)
        }
        #expect(
            try await house.daemon.http(
                "GET", Self.list, headers: ["authorization: bearer  second-token-of-two"]
            ).status == 200)
        #expect(house.daemon.lines(["token-of-two"]) == [], "tokens are not logged")
        #expect(await house.daemon.logs("page refused", "path=\(Self.list)"))
        try await house.stop()
    }

    @Test func withoutTokensThePagesAreClosed() async throws {
        let house = try await start(nil)
        let answer = try await house.ask(Self.list, "")
        #expect(answer.status == 401)
        let guessed = try await house.ask(Self.list, "guess")
        #expect(guessed.status == 403 && guessed.body.contains("STREAMD_API_TOKENS"))
        try await house.stop()
    }

    @Test func aGatherCallIsSeenFromItsBeginningToItsEnd() async throws {
        let house = try await start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        _ = try await call.say("How much is the Margherita pizza?")
        let listed = try json(try await house.ask(Self.list, Self.token))
        #expect(listed["active_calls"] as? Int == 1)
        let entry = try #require((listed["calls"] as? [[String: Any]])?.first)
        #expect(entry["call_sid"] as? String == call.callSid)
        #expect(entry["path"] as? String == "gather" && entry["assistant"] as? String == "bella")
        #expect(entry["from"] as? String == "+15550001111")
        let page = "/api/phone/call-status/\(call.callSid)"
        let now = try json(try await house.ask(page, Self.token))
        #expect(now["status"] as? String == "in-progress" && now["is_live"] as? Bool == true)
        let turns = try #require(now["turns"] as? [[String: Any]])
        #expect(turns.last?["caller"] as? String == "How much is the Margherita pizza?")
        #expect((turns.last?["assistant"] as? String)?.contains("$") == true)
        _ = try await house.side.post(
            "/api/phone/status",
            call.callFields.filter { $0.name != "CallStatus" }
                + [("CallStatus", "completed"), ("CallDuration", "42")])
        let over = try json(try await house.ask(page, Self.token))
        #expect(over["status"] as? String == "completed" && over["is_live"] as? Bool == false)
        #expect(over["duration_seconds"] as? Int == 42 && over["path"] is NSNull)
        #expect(
            try json(try await house.ask(Self.list, Self.token))["active_calls"] as? Int == 0)
        #expect(
            try await house.ask("/api/phone/call-status/CAnobody", Self.token).status == 404)
        try await house.stop()
    }

    @Test func aStreamedCallIsSeenWhileItLasts() async throws {
        let daemon = try await TestDaemon.start(environment: ["STREAMD_API_TOKENS": Self.token])
        let headers = ["Authorization: Bearer \(Self.token)"]
        let seen = try await daemon.withStream { peer in
            peer.begin("77", parameters: ["from": "+15550007777", "to": "+15550008888"])
            peer.media()
            for _ in 0..<500 {
                let asked = try RawPeer(port: daemon.port)
                asked.send(
                    "GET \(Self.list) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "\(headers[0])\r\n\r\n")
                let body = asked.answer().body
                if body.contains("\"active_calls\":1") {
                    peer.stop()
                    return body
                }
                usleep(10_000)
            }
            return ""
        }
        for part in ["\"call_sid\":\"CA77\"", "\"path\":\"stream\"", "+15550007777"] {
            #expect(seen.contains(part), "\(seen)")
        }
        #expect(await daemon.waitForCalls(0))
        let after = try await daemon.http("GET", Self.list, headers: headers)
        #expect(after.body.contains("\"active_calls\":0"))
        #expect(await daemon.logs("call ended", "CA77"))
        let status = try await daemon.http(
            "GET", "/api/phone/call-status/CA77", headers: headers)
        #expect(status.body.contains("\"status\":\"completed\""))
        try await daemon.stop()
    }
}
