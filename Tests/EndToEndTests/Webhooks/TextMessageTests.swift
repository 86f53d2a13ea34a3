import Configuration
import Conversations
import Engines
import Foundation
import Store
import Testing
import Twilio
import Wire

@Suite struct TextMessageTests {
    private func channel(
        _ house: GatherHouse, customer: String = "+15550002222",
        business: String = GatherHouse.bella
    ) -> SMSChannel {
        SMSChannel(
            side: house.side, database: house.database, customer: customer, business: business)
    }

    @Test func aMessageThatComesTwiceIsAnsweredAlike() async throws {
        let house = try await GatherHouse.start()
        let channel = channel(house)
        _ = try await channel.send("Two large Margherita pizzas for delivery")
        _ = try await channel.send("123 Main Street")
        let fields = channel.fields("Yes", sid: TwilioSide.newSid("SM"))
        let bodies = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask { try await house.side.post(channel.path, fields).body }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(Set(bodies).count == 1)
        #expect(try TwiMLDocument(bodies[0]).messages[0].contains("Your order number is 1001."))
        let orders = try await house.orders()
        #expect(orders.map(\.total) == [Money(cents: 3390)])
        #expect(orders.first?.phone == "+15550002222")
        try await house.stop()
    }

    @Test func conversationsOutliveTheDaemonAndAreEachCustomersOwn() async throws {
        let first = try await GatherHouse.start()
        let folder = first.daemon.folder
        _ = try await channel(first).send("Two large Margherita pizzas for delivery")
        _ = try await channel(first, customer: "+15550003333").send("A sprite for pickup")
        _ = try await channel(first, business: GatherHouse.concya).send("A table for two")
        first.database.close()
        try await first.daemon.stop(keepingFiles: true)
        let path = folder + "/streamd.sqlite"
        let second = try await GatherHouse.start { $0.store.path = path }
        let database = try Database(DatabaseOptions(path: path))
        let house = GatherHouse(
            daemon: second.daemon, database: database, side: TwilioSide(daemon: second.daemon))
        let address = try await channel(house).send("123 Main Street").messages[0]
        #expect(address.contains("$33.90") && address.contains("123 Main Street"))
        #expect(
            try await channel(house, customer: "+15550003333").send("Yes").messages[0]
                .contains("order number"))
        #expect(
            try await channel(house, business: GatherHouse.concya).send("Friday at 7 pm")
                .messages[0].contains("name"))
        #expect(try await house.orders().count == 1)
        second.database.close()
        try await house.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func whoSaysStopIsLeftAlone() async throws {
        let house = try await GatherHouse.start()
        let channel = channel(house)
        #expect(try await channel.send("HELP").messages[0].contains("Bella Napoli"))
        #expect(try await channel.send("Stop").messages[0].contains("no more messages"))
        #expect(try await channel.send("A sprite for pickup").messages == [])
        #expect(try await channel.send("Yes").messages[0].contains("welcome back"))
        #expect(try await channel.send("A sprite for pickup").messages[0].contains("$3"))
        // Twilio's own handling has answered already.
        #expect(try await channel.send("Halt", more: [("OptOutType", "STOP")]).messages == [])
        #expect(try await channel.send("hello").messages == [])
        try await house.stop()
    }

    @Test func messagesWithoutWordsAreAnsweredSensibly() async throws {
        let house = try await GatherHouse.start()
        let channel = channel(house)
        #expect(try await channel.send("").messages[0].contains("empty"))
        let media: [(name: String, value: String)] = [
            ("MediaUrl0", "https://m.example/1"), ("MediaContentType0", "image/jpeg"),
        ]
        let fields = channel.fields("  ", sid: TwilioSide.newSid("SM")).map {
            $0.name == "NumMedia" ? (name: "NumMedia", value: "1") : $0
        }
        #expect(
            try await house.side.twiML(channel.path, fields + media).messages[0]
                .contains("pictures"))
        // The picture is told of, the words are answered.
        let worded = channel.fields("A sprite for pickup", sid: TwilioSide.newSid("SM")).map {
            $0.name == "NumMedia" ? (name: "NumMedia", value: "1") : $0
        }
        let both = try await house.side.twiML(channel.path, worded + media).messages[0]
        #expect(both.contains("pictures") && both.contains("Sprite"))
        try await house.stop()
    }

    @Test(arguments: [
        String(repeating: "pizza and more ", count: 666), "'; DROP TABLE orders; --",
        "<Say>hello</Say> & \"quotes\"", "🍕🍕🍕", "שלום, פיצה בבקשה", "\u{0}\u{1}\u{fffe}",
        "{name} {total}", "\u{1e}\u{1f}",
    ])
    func hostileWordsAreWords(body: String) async throws {
        let house = try await Self.shared.value
        let channel = channel(house, customer: "+1556\(Int.random(in: 1_000_000...9_999_999))")
        let parts = try await channel.send(body).messages
        #expect(parts.count == 1 && !parts[0].isEmpty && parts[0].utf16.count <= 1600)
        let next = try await channel.send("A sprite for pickup").messages
        #expect(next[0].contains("Sprite"))
    }

    private static let shared = Task { try await GatherHouse.start() }

    @Test func namesAreKeptAsTheyWereWritten() async throws {
        let house = try await GatherHouse.start()
        let channel = channel(house, business: GatherHouse.concya)
        _ = try await channel.send("A table for two on Friday at 7 PM")
        _ = try await channel.send("My name is Robert'); DROP TABLE reservations;--")
        let booked = try await channel.send("Yes").messages[0]
        #expect(booked.contains("confirmation number"))
        let reservations = try await house.database.value {
            house.database.reservations(
                assistantID: "concya", startingIn: 0..<Int64.max, completion: $0)
        }
        #expect(reservations.count == 1)
        try await house.stop()
    }

    /// A language model knows nothing but the messages that it is given; it and the chain around it
    /// take up their memory with every text message and every turn of a call.
    @Test func languageModelsRememberFromWebhookToWebhook() async throws {
        let services = try await blocking {
            try ServiceProcess(["--llm", "tools", "--fixtures", "none"])
        }
        let house = try await GatherHouse.start {
            var model = services.engine(.llm)
            model.times = .patient
            $0.llm = [model, EngineSettings(ScriptedSettings())]
            $0.numbers[GatherHouse.concya] = NumberBlock(assistant: "concya", path: .gather)
        }
        let text = channel(house, business: GatherHouse.concya)
        let call = house.call(GatherHouse.concya)
        for channel in [text, call] as [any ConversationChannel] {
            for line in ["A table for four", "Friday", "at 7 PM", "My name is John"] {
                _ = try await channel.say(line)
            }
            let reply = try await channel.say("Yes").text
            #expect(reply.contains("booked"), "\(reply)")
        }
        let reservations = try await house.database.value {
            house.database.reservations(
                assistantID: "concya", startingIn: 0..<Int64.max, completion: $0)
        }
        #expect(reservations.map(\.partySize) == [4, 4])
        #expect(house.daemon.lines(["engine failed"]) == [])
        try await house.stop()
    }

    /// A client that goes away while its message is answered does no harm, and finds the answer when it
    /// comes again.
    @Test func whoGoesAwayFindsTheAnswerLater() async throws {
        let house = try await GatherHouse.start()
        let channel = channel(house)
        _ = try await channel.send("A sprite for pickup")
        let sid = TwilioSide.newSid("SM")
        let fields = channel.fields("Yes", sid: sid)
        let body = FormText.encode(fields)
        let signature = TwilioSignature.sign(
            url: TwilioSide.base + channel.path, parameters: fields, authToken: TwilioSide.token)
        let request = """
            POST \(channel.path) HTTP/1.1\r
            Host: 127.0.0.1\r
            Content-Type: application/x-www-form-urlencoded\r
            X-Twilio-Signature: \(signature)\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        let port = house.daemon.port
        try await blocking {
            for _ in 0..<8 {
                let peer = try RawPeer(port: port)
                peer.send(Array(request.utf8))
            }
        }
        let reply = try await house.side.twiML(channel.path, fields)
        #expect(reply.messages[0].contains("order number"))
        #expect(try await house.orders().count == 1)
        try await house.stop()
    }

    @Test func whatIsNoMessageIsRefused() async throws {
        let house = try await GatherHouse.start()
        let path = "/api/voice/sms/incoming"
        for fields in [
            [("From", "+1"), ("To", "+2"), ("Body", "x")], [("MessageSid", "SM1"), ("To", "+2")],
            [],
        ] as [[(name: String, value: String)]] {
            #expect(try await house.side.post(path, fields).status == 400)
        }
        let json = try await house.daemon.http(
            "POST", path, headers: ["Content-Type: application/json"], body: "{}")
        #expect(json.status == 415)
        try await house.stop()
    }
}
