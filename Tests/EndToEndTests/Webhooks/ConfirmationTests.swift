import Configuration
import Foundation
import Net
import Store
import Testing

/// Confirmations by text message, sent through a stand-in of Twilio's REST API that is a process of
/// its own and can fail in every way.
@Suite struct ConfirmationTests {
    private static let account = "AC00000000000000000000000000000001"

    private func start(_ services: ServiceProcess, folder: String? = nil) async throws
        -> GatherHouse
    {
        let url = "http://127.0.0.1:\(services.port)"
        return try await GatherHouse.start(environment: ["TWILIO_ACCOUNT_SID": Self.account]) {
            $0.twilio.restURL = url
            $0.outbox = OutboxSettings()
            $0.outbox.pollMs = 20
            $0.outbox.retryMs = 20
            $0.outbox.retryMsMax = 100
            $0.outbox.timeoutMs = 500
            $0.outbox.attemptsMax = 50
            if let folder { $0.store.path = folder + "/streamd.sqlite" }
        }
    }

    private func services() async throws -> ServiceProcess {
        try await blocking {
            try ServiceProcess([
                "--twilio-account", Self.account, "--twilio-token", TwilioSide.token,
                "--fixtures", "none",
            ])
        }
    }

    private func orderSprite(_ house: GatherHouse, caller: String) async throws {
        let call = GatherChannel(
            house.side, house.database, caller: caller, called: GatherHouse.bella)
        _ = try await call.say("A sprite for delivery to 12 Main Street")
        let reply = try await call.say("Yes")
        #expect(reply.text.contains("order number"))
    }

    private func waitForSent(_ count: Int, _ house: GatherHouse) async throws {
        for _ in 0..<1500 {
            let sent = try await house.database.value {
                house.database.outboundCount(status: "sent", completion: $0)
            }
            if sent == count { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("not sent: \(house.daemon.lines(["confirmation"]))")
    }

    @Test func anOrderByTelephoneIsConfirmedByText() async throws {
        let services = try await services()
        let house = try await start(services)
        try await orderSprite(house, caller: "+15550004444")
        try await waitForSent(1, house)
        let sent = try await services.messages(Self.account, TwilioSide.token)
        #expect(sent.count == 1)
        let message = try #require(sent.first)
        #expect(message["to"] == "+15550004444" && message["from"] == GatherHouse.bella)
        let body = try #require(message["body"])
        for part in [
            "Bella Napoli: order 1001", "1x Sprite", "Total: $", "Delivery to: 12 Main Street",
            "Arrives by",
        ] { #expect(body.contains(part), "\(body)") }
        // What becomes of it is told by a callback.
        let sid = try #require(message["sid"])
        let status = try await house.side.post(
            "/twilio/status", [("MessageSid", sid), ("MessageStatus", "delivered")])
        #expect(status.status == 204)
        // An order by text needs no second message.
        let text = SMSChannel(
            side: house.side, database: house.database, customer: "+15550005555",
            business: GatherHouse.bella)
        _ = try await text.send("A sprite for pickup")
        #expect(try await text.send("Yes").messages[0].contains("order number"))
        #expect(
            try await house.database.value {
                house.database.outboundCount(status: "waiting", completion: $0)
            } == 0)
        try await house.stop()
    }

    @Test func aReservationIsConfirmedByText() async throws {
        let services = try await services()
        let house = try await start(services)
        let call = house.call(GatherHouse.bella)
        for line in ["A table for four on Friday at 7 PM", "John", "Yes"] {
            _ = try await call.say(line)
        }
        try await waitForSent(1, house)
        let body = try #require(
            try await services.messages(Self.account, TwilioSide.token).first?["body"])
        #expect(body.contains("4 people, Friday the") && body.contains("at 7 PM"))
        #expect(body.contains("Name: John") && body.contains("Confirmation number: "))
        try await house.stop()
    }

    @Test(arguments: [
        "\"fault\":\"status\",\"status\":429,\"count\":3",
        "\"fault\":\"status\",\"status\":503,\"count\":3", "\"fault\":\"hang\",\"count\":2",
        "\"fault\":\"cut\",\"count\":2", "\"fault\":\"stall\",\"count\":1",
        "\"fault\":\"garbage\",\"count\":2",
    ])
    func whateverGoesWrongItIsSentOnce(fault: String) async throws {
        let services = try await services()
        let house = try await start(services)
        try await services.setFault("twilio", fault)
        try await orderSprite(house, caller: "+15550004444")
        try await waitForSent(1, house)
        let sent = try await services.messages(Self.account, TwilioSide.token)
        #expect(sent.count == 1, "\(fault)")
        #expect(!house.daemon.lines(["confirmation to be tried again"]).isEmpty)
        try await house.stop()
    }

    @Test func whatIsRefusedForEverIsGivenUp() async throws {
        let services = try await services()
        let house = try await start(services)
        // A number of Twilio's that stands for somebody who has unsubscribed.
        try await orderSprite(house, caller: "+15005550004")
        #expect(await house.daemon.logs("confirmation given up", "21610"))
        #expect(try await services.messages(Self.account, TwilioSide.token).isEmpty)
        try await house.stop()
    }

    @Test func whatWaitsIsSentAfterARestart() async throws {
        let services = try await services()
        try await services.setFault("twilio", "\"fault\":\"hang\"")
        let first = try await start(services)
        let folder = first.daemon.folder
        try await orderSprite(first, caller: "+15550004444")
        // It is under way, or waits for its next try.
        #expect(await first.daemon.logs("confirmation to be tried again"))
        first.database.close()
        try await first.daemon.stop(keepingFiles: true)
        try await services.setFault("twilio", "\"fault\":\"none\"")
        let second = try await start(services, folder: folder)
        second.database.close()
        let database = try Database(DatabaseOptions(path: folder + "/streamd.sqlite"))
        let house = GatherHouse(
            daemon: second.daemon, database: database, side: second.side)
        try await waitForSent(1, house)
        #expect(try await services.messages(Self.account, TwilioSide.token).count == 1)
        try await house.stop()
        try FileManager.default.removeItem(atPath: folder)
    }
}

extension ServiceProcess {
    /// What the stand-in for Twilio's REST API has taken, newest first.
    func messages(_ account: String, _ token: String) async throws -> [[String: String]] {
        let port = port
        let key = Data("\(account):\(token)".utf8).base64EncodedString()
        let answer = try await blocking {
            let peer = try RawPeer(port: port)
            peer.send(
                "GET /2010-04-01/Accounts/\(account)/Messages.json HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Authorization: Basic \(key)\r\nConnection: close\r\n\r\n")
            return peer.answer()
        }
        guard
            let json = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
                as? [String: Any], let messages = json["messages"] as? [[String: Any]]
        else { throw PeerFault(what: "no messages: \(answer.status) \(answer.body)") }
        return messages.map { $0.compactMapValues { $0 as? String } }
    }
}
