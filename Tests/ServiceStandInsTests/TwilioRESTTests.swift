import Foundation
import Net
import ServiceStandIns
import Testing
import Twilio
import Wire

/// The stand-in for Twilio's REST API, as our own client of it and as bare requests meet it.
@Suite struct TwilioRESTTests {
    private static let account = "AC00000000000000000000000000000001"

    private func makeFixture() throws -> (StandInFixture, TwilioREST) {
        let fixture = try StandInFixture {
            $0.twilioAccountSid = Self.account
            $0.twilioAuthToken = "secret"
        }
        let rest = TwilioREST(
            baseURL: "http://127.0.0.1:\(fixture.services.port)/", accountSid: Self.account,
            authToken: "secret", timeoutMs: 20_000)
        return (fixture, rest)
    }

    private func send(
        _ request: HTTPClientRequest, _ fixture: StandInFixture
    ) async throws -> HTTPClientResponse {
        try await Talker(loop: fixture.loop).send(request, fixture.client)
    }

    private func meaning(_ answer: HTTPClientResponse) -> TwilioMessageAnswer {
        TwilioMessageAnswer(status: answer.status, headers: answer.headers, body: answer.body)
    }

    @Test func aMessageIsTakenAndListed() async throws {
        let (fixture, rest) = try makeFixture()
        let body = "Two pizzas & a salad + “crème”: 100 % 🍕\nTotal: $33.90"
        let answer = try await send(
            rest.sendMessage(to: "+15550001111", from: "+15552223333", body: body), fixture)
        #expect(answer.status == 201)
        guard case .taken(let sid) = meaning(answer) else {
            Issue.record("\(String(decoding: answer.body, as: UTF8.self))")
            return
        }
        #expect(sid.hasPrefix("SM") && sid.count == 34)
        let json = try JSONValue(parsing: answer.body.span)
        #expect(json["status"]?.stringValue == "queued" && json["body"]?.stringValue == body)
        #expect(json["account_sid"]?.stringValue == Self.account)
        let page = try await send(
            rest.listMessages(to: "+15550001111", from: "+15552223333"), fixture)
        #expect(
            TwilioListedMessage.page(status: page.status, body: page.body)
                == [TwilioListedMessage(sid: sid, body: body)])
        let other = try await send(
            rest.listMessages(to: "+15550009999", from: "+15552223333"), fixture)
        #expect(TwilioListedMessage.page(status: other.status, body: other.body) == [])
    }

    @Test(arguments: [
        ("+15005550004", "hi", 21_610), ("+15005550001", "hi", 21_211), ("555", "hi", 21_211),
        ("+15550001111", "", 21_602),
        ("+15550001111", String(repeating: "x", count: 1601), 21_617),
    ])
    func whatTwilioRefusesIsRefused(to: String, body: String, code: Int) async throws {
        let (fixture, rest) = try makeFixture()
        let answer = try await send(
            rest.sendMessage(to: to, from: "+15552223333", body: body), fixture)
        #expect(answer.status == 400)
        guard case .refused(code, _) = meaning(answer) else {
            Issue.record("\(meaning(answer))")
            return
        }
        #expect(fixture.services.twilio.messages.isEmpty)
    }

    @Test func whoIsNotKnownSendsNothing() async throws {
        let (fixture, _) = try makeFixture()
        let rest = TwilioREST(
            baseURL: "http://127.0.0.1:\(fixture.services.port)", accountSid: Self.account,
            authToken: "wrong", timeoutMs: 20_000)
        let answer = try await send(
            rest.sendMessage(to: "+15550001111", from: "+15552223333", body: "hi"), fixture)
        #expect(meaning(answer) == .refused(code: 20_003, message: "Authenticate"))
        #expect(fixture.services.twilio.messages.isEmpty)
    }

    @Test func faultsHaveTwiliosForm() async throws {
        let (fixture, rest) = try makeFixture()
        let request = rest.sendMessage(to: "+15550001111", from: "+15552223333", body: "hi")
        fixture.services.faults.set(.status(429), for: .twilio, count: 1)
        #expect(meaning(try await send(request, fixture)) == .tooMany(retryAfterSeconds: nil))
        fixture.services.faults.set(.status(503), for: .twilio, count: 1)
        let failed = try await send(request, fixture)
        #expect(meaning(failed) == .trouble(status: 503))
        #expect(try JSONValue(parsing: failed.body.span)["code"]?.intValue == 20_500)
        #expect(fixture.services.twilio.messages.isEmpty)
        // An answer that can't be read is of a message that was taken.
        fixture.services.faults.set(.garbage, for: .twilio, count: 1)
        #expect(meaning(try await send(request, fixture)) == .trouble(status: 201))
        #expect(fixture.services.twilio.messages.count == 1)
    }
}
