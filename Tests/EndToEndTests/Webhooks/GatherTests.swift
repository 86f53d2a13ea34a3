import Configuration
import Engines
import Foundation
import Store
import Testing

/// A restaurant and a reservation desk on one daemon, as callers by `<Gather>` meet them.
struct GatherHouse {
    let daemon: TestDaemon
    let database: Database
    let side: TwilioSide

    static let bella = "+15552000001"
    static let concya = "+15552000002"
    static let closed = "+15552000003"
    static let message = "+15552000004"
    static let person = "+15559990000"
    /// A Tuesday afternoon.
    static let now = Date(timeIntervalSince1970: 1_795_532_400)

    static func start(
        environment: [String: String] = [:],
        _ adjust: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) async throws -> GatherHouse {
        let menu = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "samples/menus/bella-napoli.csv").path
        let daemon = try await TestDaemon.start(
            token: TwilioSide.token, now: now, environment: environment
        ) {
            $0.twilio.publicURL = TwilioSide.base
            $0.llm = [EngineSettings(ScriptedSettings())]
            var block = AssistantBlock()
            block.id = "bella"
            block.kind = "restaurant"
            block.name = "Bella Napoli"
            block.menu = menu
            block.handOverNumber = person
            block.hours = Dictionary(
                uniqueKeysWithValues: AssistantBlock.days.map { ($0, "00:00-00:00") })
            var concya = AssistantBlock()
            concya.id = "concya"
            concya.name = "Concya"
            concya.hours = block.hours
            var shut = block
            shut.id = "shut"
            shut.hours = Dictionary(
                uniqueKeysWithValues: AssistantBlock.days.map { ($0, "08:00-09:00") })
            shut.afterHours = .goodbye
            var taking = shut
            taking.id = "taking"
            taking.afterHours = .message
            $0.assistants = [block, concya, shut, taking]
            $0.defaultAssistant = "concya"
            $0.numbers = [
                bella: NumberBlock(assistant: "bella", path: .gather), Self.concya: "concya",
                closed: NumberBlock(assistant: "shut", path: .gather),
                message: NumberBlock(assistant: "taking", path: .gather),
            ]
            adjust(&$0)
        }
        return GatherHouse(
            daemon: daemon, database: try Database(daemon.database),
            side: TwilioSide(daemon: daemon))
    }

    func stop() async throws {
        database.close()
        try await daemon.stop()
    }

    func call(_ number: String, route: String = "/api/voice/welcome") -> GatherChannel {
        GatherChannel(side, database, caller: "+15550001111", called: number, route: route)
    }

    func orders(_ id: String = "bella") async throws -> [Order] {
        try await database.value {
            database.orders(assistantID: id, createdIn: 0..<Int64.max, completion: $0)
        }
    }
}

extension AssistantBlock {
    static let days = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
}

@Suite struct GatherTests {
    @Test func theGreetingListensWithTheMenusWords() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        let answer = try await call.begin()
        let gather = try #require(answer.gather)
        #expect(answer.verbs == ["Gather"] && answer.said.contains("Bella Napoli"))
        #expect(gather.attributes["input"] == "speech dtmf")
        #expect(gather.attributes["action"] == "/api/voice/process?turn=1")
        #expect(gather.attributes["actionOnEmptyResult"] == "true")
        #expect(gather.attributes["speechTimeout"] == "auto")
        #expect(gather.attributes["language"] == "en-US")
        #expect(gather.attributes["hints"]?.contains("Margherita Pizza,") == true)
        #expect(gather.all("Say").first?.attributes["voice"] == "Polly.Joanna")
        // The same webhook again: the same answer, and no second place among the live calls.
        #expect(
            try await house.side.post(call.route, call.callFields).body
                == house.side.post(call.route, call.callFields).body)
        #expect(house.daemon.daemon.liveCallCount == 1)
        try await house.stop()
    }

    @Test func aTurnThatComesTwiceIsOneTurn() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        for line in ["Two large Margherita pizzas for delivery", "123 Main Street"] {
            _ = try await call.say(line)
        }
        let yes = call.callFields + [("SpeechResult", "Yes"), ("Confidence", "0.9")]
        let path = call.action
        // Three at once and one late.
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask { try await house.side.post(path, yes).body }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        let late = try await house.side.post(path, yes).body
        #expect(Set(bodies + [late]).count == 1)
        #expect(try TwiMLDocument(late).said.contains("order number"))
        let orders = try await house.orders()
        #expect(orders.count == 1 && orders.first?.total == Money(cents: 3390))
        // An older turn that comes out of order changes nothing.
        let stale = try await house.side.post("/api/voice/process?turn=1", yes).body
        #expect(try TwiMLDocument(stale).gather != nil)
        #expect(try await house.orders().count == 1)
        try await house.stop()
    }

    @Test func withoutATurnTheTokenTellsAWebhookFromItsRepetition() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        func send(_ line: String, token: String) async throws -> TwiMLDocument {
            try await house.side.twiML(
                "/api/voice/process",
                call.callFields + [("SpeechResult", line), ("Confidence", "0.9")],
                headers: ["I-Twilio-Idempotency-Token: \(token)"])
        }
        #expect(try await send("A sprite for pickup", token: "t1").said.contains("$"))
        #expect(try await send("Yes", token: "t2").said.contains("order number"))
        #expect(try await send("Yes", token: "t2").said.contains("order number"))
        #expect(try await house.orders().count == 1)
        try await house.stop()
    }

    @Test func wordsThatWereNotUnderstoodLeadToAPerson() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        for _ in 0..<2 {
            let answer = try await call.send([("SpeechResult", "mumble"), ("Confidence", "0.31")])
            #expect(answer.verbs == ["Gather"])
        }
        let last = try await call.send([("SpeechResult", "mumble"), ("Confidence", "0.2")])
        #expect(last.verbs == ["Say", "Dial"])
        #expect(last.root.all("Number").first?.text == GatherHouse.person)
        // The person does not answer.
        let after = try await house.side.twiML(
            "/twilio/after", call.callFields + [("DialCallStatus", "no-answer")])
        #expect(after.verbs == ["Say", "Hangup"])
        #expect(house.daemon.daemon.liveCallCount == 0)
        try await house.stop()
    }

    @Test func silenceIsAskedAgainAndThenEnds() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        #expect(try await call.send([]).verbs == ["Gather"])
        #expect(try await call.send([]).verbs == ["Gather"])
        #expect(try await call.send([]).verbs == ["Say", "Hangup"])
        try await house.stop()
    }

    @Test func keysAreTaken() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        _ = try await call.say("A sprite for pickup")
        #expect(try await call.send([("Digits", "1")]).said.contains("order number"))
        #expect(try await call.send([("Digits", "0")]).verbs == ["Say", "Dial"])
        try await house.stop()
    }

    @Test func aSlowReplyIsBridged() async throws {
        let house = try await GatherHouse.start {
            $0.llm = [EngineSettings(FixedDialogueSettings())]
            $0.llm[0][\FixedDialogueSettings.text] = "Here I am."
            $0.llm[0][\FixedDialogueSettings.delayMs] = 700
            $0.gather.answerMs = 200
        }
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        let fields = call.callFields + [("SpeechResult", "hello"), ("Confidence", "0.9")]
        let first = try await house.side.twiML(call.action, fields)
        #expect(first.verbs == ["Say", "Redirect"] && first.said == "One moment, please.")
        let redirect = try #require(first.root.all("Redirect").first)
        #expect(redirect.text == "/api/voice/process?turn=1&wait=1")
        let answer = try await call.send([("SpeechResult", "hello"), ("Confidence", "0.9")])
        #expect(answer.said == "Here I am." && call.action == "/api/voice/process?turn=2")
        try await house.stop()
    }

    @Test func aReplyThatNeverComesIsGivenUp() async throws {
        let house = try await GatherHouse.start {
            $0.llm = [EngineSettings(FixedDialogueSettings())]
            $0.llm[0][\FixedDialogueSettings.delayMs] = 60_000
            $0.gather.answerMs = 100
            $0.gather.waitsMax = 2
        }
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        let answer = try await call.send([("SpeechResult", "hello"), ("Confidence", "0.9")])
        #expect(answer.said.contains("something went wrong") && answer.gather != nil)
        try await house.stop()
    }

    @Test func aCallWhoseMemoryIsLostGoesOn() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        let answer = try await house.side.twiML(
            "/api/voice/process?turn=4",
            call.callFields + [("SpeechResult", "A sprite for pickup"), ("Confidence", "0.9")])
        #expect(answer.said.hasPrefix("I am sorry, I have lost the thread."))
        #expect(answer.said.contains("Sprite"))
        #expect(answer.gather?.attributes["action"] == "/api/voice/process?turn=5")
        try await house.stop()
    }

    @Test func outOfHoursTheCallerIsToldOrLeavesAMessage() async throws {
        let house = try await GatherHouse.start()
        let closed = try await house.call(GatherHouse.closed).begin()
        #expect(closed.verbs == ["Say", "Hangup"])
        #expect(closed.said.contains("closed") && closed.said.contains("8 AM"))
        let call = house.call(GatherHouse.message)
        #expect(try await call.begin().said.contains("your message"))
        #expect(try await call.send([]).said.contains("Please say your message"))
        let words = "This is Ann <b>Lee</b> & \u{1F355}, please call me back"
        let thanks = try await call.send([("SpeechResult", words), ("Confidence", "0.9")])
        #expect(thanks.verbs == ["Say", "Hangup"] && thanks.said.contains("has been taken"))
        let kept = try await house.database.value {
            house.database.recentMessages(assistantID: "taking", limit: 5, completion: $0)
        }
        #expect(kept.map(\.body) == [words] && kept.first?.channel == .call)
        try await house.stop()
    }

    @Test func whenAllLinesAreBusyCallersWaitInOrder() async throws {
        let house = try await GatherHouse.start {
            $0.limits.maxCalls = 1
            $0.queue.placesMax = 1
            $0.queue.music = "https://music.example/a.mp3"
            $0.queue.alternative = "You can also order at bella.example."
        }
        let first = house.call(GatherHouse.bella)
        try await first.begin()
        let second = house.call(GatherHouse.bella)
        let waiting = try await house.side.twiML(second.route, second.callFields)
        #expect(waiting.verbs == ["Say", "Play", "Redirect"])
        #expect(waiting.said.contains("next in line"))
        let third = house.call(GatherHouse.bella)
        let away = try await house.side.twiML(third.route, third.callFields)
        #expect(away.verbs == ["Say", "Hangup"] && away.said.contains("bella.example"))
        // The first hangs up; the second's redirect gets through.
        let over = try await house.side.post(
            "/api/voice/status",
            first.callFields.filter { $0.name != "CallStatus" }
                + [("CallStatus", "completed"), ("CallDuration", "12")])
        #expect(over.status == 204)
        let redirect = try #require(waiting.root.all("Redirect").first).text
        #expect(try await house.side.twiML(redirect, second.callFields).verbs == ["Gather"])
        try await house.stop()
    }

    @Test func theCallIsInTheCallLog() async throws {
        let house = try await GatherHouse.start()
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        _ = try await call.say("What vegetarian options do you have?")
        let fields = call.callFields.filter { $0.name != "CallStatus" }
        for status in ["completed", "in-progress", "ringing"] {
            let answer = try await house.side.post(
                "/api/phone/status", fields + [("CallStatus", status), ("CallDuration", "42")])
            #expect(answer.status == 204)
        }
        let database = house.database
        let record = try await database.value { database.call(sid: call.callSid, completion: $0) }
        #expect(record?.status == "completed" && record?.durationSeconds == 42)
        #expect(record?.assistantID == "bella" && record?.from == "+15550001111")
        let turns = try await database.value {
            database.turns(callSid: call.callSid, completion: $0)
        }
        #expect(turns.map(\.callerText) == ["What vegetarian options do you have?"])
        #expect(house.daemon.daemon.liveCallCount == 0)
        try await house.stop()
    }
}
