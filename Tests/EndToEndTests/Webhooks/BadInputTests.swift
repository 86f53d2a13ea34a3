import Conversations
import Foundation
import Store
import Testing

/// Webhooks with contents that nobody sends by mistake: clear answers, nothing lost, nothing executed.
@Suite struct BadInputTests {
    private static let shared = Task {
        try await GatherHouse.start { $0.limits.webhooksPerSecond = 1000 }
    }
    /// Without signatures, so that any bytes can be sent.
    private static let open = Task {
        try await GatherHouse.start { $0.twilio.validateSignatures = false }
    }

    private func channel(
        _ house: GatherHouse, _ business: String = GatherHouse.bella
    ) -> SMSChannel {
        SMSChannel(
            side: house.side, database: house.database,
            customer: "+1556\(Int.random(in: 1_000_000...9_999_999))", business: business)
    }

    /// The daemon serves as before, and the books can be read.
    private func expectHealth(_ house: GatherHouse) async throws {
        let text = channel(house)
        #expect(try await text.send("A sprite for pickup").messages[0].contains("Sprite"))
        _ = try await house.orders()
        #expect(house.daemon.lines(["ERROR"]) == [])
    }

    // MARK: - Forms

    private static let addresses = [
        "/twilio/voice", "/api/voice/process", "/twilio/after", "/api/phone/status",
        "/api/voice/sms/incoming",
    ]

    @Test(arguments: [
        "", "&&&&", "====", "%", "%zz=%z&CallSid", "CallSid=%ff%fe&MessageSid=%c3%28",
        "CallSid=CA1&CallSid=CA2&MessageSid=SM1&MessageSid=SM2&From=a&To=b",
        "CallSid=%00%01%1b&MessageSid=%00&From=%0d%0aX-Evil:1&To=%0a&CallStatus=%0a",
        "CallSid=CA%3Cx%2F%3E&MessageSid=SM%22&From=%3C&To=%26&SpeechResult=%3C%2FSay%3E&Body=%5D%5D%3E",
        "{\"CallSid\": \"CA1\"}", "CallSid=../../etc/passwd&From=../..&To=..",
    ])
    func formsThatMakeNoSense(body: String) async throws {
        let house = try await Self.open.value
        for path in Self.addresses {
            let answer = try await house.daemon.http(
                "POST", path, headers: ["Content-Type: application/x-www-form-urlencoded"],
                body: body)
            #expect([200, 204, 400].contains(answer.status), "\(path) \(answer.status)")
            #expect(!answer.head.contains("X-Evil"))
            if answer.status == 200 { _ = try TwiMLDocument(answer.body) }
        }
        try await expectHealth(house)
    }

    @Test func formsThatAreTooLargeAreRefused() async throws {
        let house = try await Self.open.value
        let type = "Content-Type: application/x-www-form-urlencoded"
        let long = String(repeating: "x", count: 257)
        for path in Self.addresses {
            let many = try await house.daemon.http(
                "POST", path, headers: [type], body: String(repeating: "a=b&", count: 1001))
            #expect(many.status == 413, "\(path)")
            let huge = try await house.daemon.http(
                "POST", path, headers: [type],
                body: "Body=" + String(repeating: "y", count: 1_100_000))
            #expect(huge.status == 413 || huge.head.isEmpty, "\(path)")
            for name in ["CallSid", "From", "To", "MessageSid"] {
                let answer = try await house.daemon.form(path, [(name, long)])
                #expect(answer.status == 400 && answer.body.contains("\(name) is longer"))
            }
            let other = try await house.daemon.http(
                "POST", path, headers: ["Content-Type: multipart/form-data; boundary=x"],
                body: "--x--")
            #expect(other.status == 415, "\(path)")
        }
        try await expectHealth(house)
    }

    // MARK: - Numbers

    @Test(arguments: [
        "+19998887777", "", "anonymous", "+266696687", "client:bob", "sip:bob@example.com",
        "12345", "+1'; DROP TABLE calls; --", "<Dial>+15550009999</Dial>", "шесть",
    ])
    func unknownNumbersAreAnsweredByTheDefaultAssistant(number: String) async throws {
        let house = try await Self.shared.value
        for route in ["/api/voice/welcome", "/api/phone/incoming"] {
            let call = GatherChannel(
                house.side, house.database, caller: number, called: number, route: route)
            let greeting = try await call.begin()
            #expect(greeting.said.contains("Concya") && greeting.verbs == ["Gather"])
            #expect(!(try await call.say("What can you do for me?").text.isEmpty))
            let gone = call.callFields.filter { $0.name != "CallStatus" }
            let status = try await house.side.post(
                "/twilio/status", gone + [("CallStatus", "completed")])
            #expect(status.status == 204)
            let record = try await house.database.value {
                house.database.call(sid: call.callSid, completion: $0)
            }
            #expect(record?.from == number && record?.assistantID == "concya")
        }
        let text = SMSChannel(
            side: house.side, database: house.database, customer: "+15557770000",
            business: number)
        let answer = try await house.side.post(
            text.path, text.fields("Hello", sid: TwilioSide.newSid("SM")))
        #expect(answer.status == (number.isEmpty ? 400 : 200))
    }

    // MARK: - Names and addresses

    static let hostileNames = [
        "Robert'); DROP TABLE orders;--", "<Hangup/>", "\"><Redirect>http://x</Redirect>",
        "${jndi:ldap://x}", "%s%n%x", "{name} {total}", "Zoë Ångström", "José 🍕", "שרה כהן",
        "محمد", "\u{202e}evil", "O'Brien-Smith",
    ]

    @Test(arguments: hostileNames)
    func namesOfEveryKindAreKeptOrAskedAgain(name: String) async throws {
        let house = try await Self.shared.value
        let text = channel(house, GatherHouse.concya)
        let call = GatherChannel(
            house.side, house.database, caller: text.customer, called: GatherHouse.concya,
            route: "/api/phone/incoming")
        // Tables of many hours, so that none runs out.
        let day = ["Monday", "Wednesday", "Friday", "Saturday"].randomElement() ?? "Friday"
        for channel in [text, call] as [any ConversationChannel] {
            let hour = Int.random(in: 5...9)
            _ = try await channel.say("A table for two on \(day) at \(hour) PM")
            let reply = try await channel.say("My name is \(name)")
            #expect(!reply.text.isEmpty)
            _ = try await channel.say("Yes")
        }
        // The words stand in the log of the call as they came, and in no statement.
        let turns = try await house.database.value {
            house.database.turns(callSid: call.callSid, completion: $0)
        }
        #expect(turns.contains { $0.callerText == "My name is \(name)" }, "\(turns)")
        let booked = try await house.database.value {
            house.database.reservations(
                assistantID: "concya", startingIn: 0..<Int64.max, completion: $0)
        }
        let words = Self.words(name)
        for reservation in booked where reservation.phone == text.customer {
            #expect(!words.isDisjoint(with: Self.words(reservation.name)), "\(reservation.name)")
            #expect(Self.words(reservation.name).isSubset(of: words), "\(reservation.name)")
        }
        try await expectHealth(house)
    }

    @Test(arguments: [
        "12 Main Street'; DROP TABLE orders; --", "5 <b>Oak</b> Avenue & Sons",
        "7 Straße der 🍕 Road", "רחוב הרצל 5 Street", "1 \"Quoted\" Lane, Apt. {4}",
        "9 ${HOME} Court",
    ])
    func addressesOfEveryKindAreWordsOnly(address: String) async throws {
        let house = try await Self.shared.value
        let text = channel(house)
        _ = try await text.send("A sprite for delivery")
        let reply = try await text.send(address).messages[0]
        var phones: [String] = []
        if reply.contains("$") {
            #expect(try await text.send("Yes").messages[0].contains("order number"))
            phones.append(text.customer)
        }
        let orders = try await house.orders().filter { phones.contains($0.phone) }
        #expect(orders.count == phones.count)
        for order in orders {
            #expect(!order.address.isEmpty)
            // Whatever was taken of it stands in it.
            #expect(Self.words(order.address).isSubset(of: Self.words(address)), "\(order.address)")
        }
        try await expectHealth(house)
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }

    // MARK: - Long texts

    @Test(arguments: [10_000, 100_000])
    func longMessagesAreKeptAndAnswered(count: Int) async throws {
        let house = try await Self.shared.value
        let text = channel(house)
        let start = "A sprite for pickup please 🍕 "
        let body = start + String(repeating: "ш", count: count - start.count)
        let reply = try await text.send(body).messages
        #expect(reply.count == 1 && reply[0].contains("Sprite"))
        let kept = try await house.database.value {
            house.database.recentMessages(assistantID: "bella", limit: 1000, completion: $0)
        }.first { $0.customer == text.customer }
        #expect(kept?.body == String(body.prefix(10_000)))
        #expect(try await text.send("Yes").messages[0].contains("order number"))
    }

    @Test func longSpeechIsAnswered() async throws {
        let house = try await Self.shared.value
        let call = house.call(GatherHouse.bella)
        try await call.begin()
        let words = "A sprite for pickup " + String(repeating: "and so on ", count: 2000)
        let reply = try await call.say(words)
        #expect(!reply.text.isEmpty && !reply.isLast)
        #expect(try await call.say("A sprite for pickup").text.contains("Sprite"))
    }
}
