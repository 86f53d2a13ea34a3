import Configuration
import Foundation
import Store
import Testing

/// The addresses of the five systems that streamd takes the place of, system by system: the listed
/// behaviour at the listed URL. What an assistant says there is held by the written conversations.
@Suite struct SystemRowTests {
    private static let token = "0123456789-a-token-of-an-operator"

    private func start(
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> GatherHouse {
        try await GatherHouse.start(
            environment: [
                "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
                "TWILIO_PHONE_NUMBER": "+15551112222",
                "STREAMD_API_TOKENS": Self.token,
            ]
        ) {
            // Nobody is there: confirmations wait.
            $0.twilio.restURL = "http://127.0.0.1:9"
            adjust(&$0)
        }
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: ["Polly.Joanna", "Polly.Matthew", "Polly.Ivy", "Polly.Salli", "Polly.Joey"])
    func restaurant(voice: String) async throws {
        let house = try await start {
            $0.assistants[0].sayVoice = voice
            $0.assistants[0].greeting = "Benvenuti at Bella Napoli!"
        }
        // R1: its own text and voice. R2: loops until the order is complete.
        let call = house.call(GatherHouse.bella, route: "/api/voice/welcome")
        let greeting = try await call.begin()
        #expect(greeting.said == "Benvenuti at Bella Napoli!")
        #expect(greeting.root.all("Say").allSatisfy { $0.attributes["voice"] == voice })
        _ = try await call.say("A sprite for pickup")
        #expect(call.action.hasPrefix("/api/voice/process?turn="))
        #expect(try await call.say("Yes").text.contains("order number"))
        // R4: the call log.
        let status = try await house.side.post(
            "/api/voice/status",
            call.callFields.filter { $0.name != "CallStatus" }
                + [("CallStatus", "completed"), ("CallDuration", "33")])
        #expect(status.status == 204)
        let record = try await house.database.value {
            house.database.call(sid: call.callSid, completion: $0)
        }
        #expect(record?.status == "completed" && record?.durationSeconds == 33)
        // R5: text messages.
        let text = SMSChannel(
            side: house.side, database: house.database, customer: "+15550006666",
            business: GatherHouse.bella, path: "/api/voice/sms/incoming")
        #expect(try await text.send("A sprite for pickup").messages.count == 1)
        try await house.stop()
    }

    @Test func restaurantByStream() async throws {
        // R3: the same number at the same address, switched by configuration.
        let house = try await start {
            $0.numbers[GatherHouse.bella] = NumberBlock(assistant: "bella", path: .stream)
        }
        let answer = try await house.call(GatherHouse.bella, route: "/api/voice/welcome").begin()
        #expect(answer.verbs == ["Connect"])
        let stream = try #require(answer.root.all("Stream").first)
        #expect(stream.attributes["url"] == "wss://voice.example.com/twilio/stream")
        let parameters = stream.all("Parameter").map { $0.attributes["name"] ?? "" }
        #expect(parameters == ["token", "assistant", "from", "to"])
        try await house.stop()
    }

    @Test func concya() async throws {
        let house = try await start { $0.assistants[1].greetWith = .say }
        // C1: `<Say>` and `<Connect><Stream>`.
        let call = house.call(GatherHouse.concya, route: "/twilio/voice")
        let answer = try await call.begin()
        #expect(answer.verbs == ["Say", "Connect"] && answer.said.contains("Concya"))
        // C6.
        let status = try await house.side.post(
            "/twilio/status", [("CallSid", call.callSid), ("CallStatus", "ringing")])
        #expect(status.status == 204)
        // C7.
        let health = try json(try await house.daemon.get("/twilio/health").body)
        let config = try #require(health["config"] as? [String: Any])
        #expect(health["status"] as? String == "healthy" && health["active_calls"] as? Int == 0)
        #expect(config["twilio_configured"] as? Bool == true)
        #expect(config["webhook_url"] as? String == "https://voice.example.com/twilio/voice")
        // C8.
        let metrics = try await house.daemon.get("/metrics").body
        for (name, type) in [
            ("twilio_calls_total", "counter"), ("twilio_calls_active", "gauge"),
            ("twilio_call_duration_seconds", "histogram"), ("twilio_audio_latency_ms", "histogram"),
        ] { #expect(metrics.contains("# TYPE \(name) \(type)\n"), "\(name)") }
        try await house.stop()
    }

    @Test func serviceDesk() async throws {
        let house = try await start()
        // S1, S2: asked for at their addresses, whoever answers the number.
        let call = house.call(GatherHouse.concya, route: "/api/phone/incoming")
        #expect(try await call.begin().verbs == ["Gather"])
        #expect(call.action.hasPrefix("/api/phone/process-speech?turn="))
        #expect(try await call.say("A table for two").isLast == false)
        // S7, S8: with authentication only.
        let pages = ["/api/phone/active-calls", "/api/phone/call-status/\(call.callSid)"]
        for page in pages {
            #expect(try await house.daemon.get(page).status == 401)
            let answer = try await house.ask(page, Self.token)
            #expect(answer.status == 200 && answer.body.contains(call.callSid))
        }
        // S3, S10: the call ends, its state goes, its history stays.
        let status = try await house.side.post(
            "/api/phone/status",
            call.callFields.filter { $0.name != "CallStatus" } + [("CallStatus", "completed")])
        #expect(status.status == 204)
        #expect(
            try await house.ask(pages[0], Self.token).body.contains("\"active_calls\":0"))
        let history = try await house.ask(pages[1], Self.token).body
        #expect(history.contains("A table for two") && history.contains("\"completed\""))
        try await house.stop()
    }

    @Test func loop() async throws {
        // L1 at the address that is Concya's too: the called number decides.
        let house = try await start {
            $0.numbers["+15552000009"] = NumberBlock(assistant: "bella", path: .gather)
        }
        let call = house.call("+15552000009", route: "/twilio/voice")
        let greeting = try await call.begin()
        #expect(greeting.root.all("Say").first?.attributes["voice"] == "Polly.Joanna")
        // L2: until the caller hangs up, by CallSid.
        #expect(call.action == "/twilio/process-speech?turn=1")
        let other = house.call("+15552000009", route: "/twilio/voice")
        try await other.begin()
        #expect(try await call.say("A sprite for pickup").text.contains("Sprite"))
        #expect(try await other.say("Yes").text.contains("order number") == false)
        #expect(try await call.say("Yes").text.contains("order number"))
        #expect(try await call.say("Goodbye").isLast)
        // A number that nobody has goes to the default.
        let unknown = try await house.call("+15550000000", route: "/twilio/voice").begin()
        let name = unknown.root.all("Parameter").first { $0.attributes["name"] == "assistant" }
        #expect(name?.attributes["value"] == "concya")
        // L5, L6.
        let status = try json(try await house.daemon.get("/twilio/status").body)
        #expect(status["twilio_configured"] as? Bool == true)
        #expect(status["phone_number"] as? String == "+15551112222")
        #expect(status["account_sid"] as? String == "AC01…cdef")
        #expect(try await house.daemon.get("/health").status == 200)
        try await house.stop()
    }

    @Test func voca() async throws {
        let house = try await start {
            $0.limits.maxCalls = 1
            $0.queue.placesMax = 1
            $0.queue.music = "https://music.example/a.mp3"
            $0.assistants[0].greeting = "A greeting of our own."
            $0.assistants[0].sayVoice = "Polly.Amy"
        }
        // V2: a streamed call, also of a number that is held by Gather elsewhere.
        #expect(
            try await house.call("+15550000000", route: "/webhook/voice").begin().verbs
                == ["Connect"])
        // V8: greeting, routing, voice and hold music.
        let first = house.call(GatherHouse.bella, route: "/twilio/voice")
        let greeting = try await first.begin()
        #expect(greeting.said == "A greeting of our own.")
        #expect(greeting.root.all("Say").first?.attributes["voice"] == "Polly.Amy")
        let second = house.call(GatherHouse.bella, route: "/twilio/voice")
        let waiting = try await house.side.twiML(second.route, second.callFields)
        #expect(waiting.root.all("Play").first?.text == "https://music.example/a.mp3")
        // V9: the log is in the database.
        // It is written beside the answer.
        var calls: [CallRecord] = []
        for _ in 0..<200 {
            calls = try await house.database.value {
                house.database.recentCalls(limit: 10, completion: $0)
            }
            if calls.contains(where: { $0.callSid == first.callSid }) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(calls.map(\.callSid).contains(first.callSid))
        try await house.stop()
    }
}
