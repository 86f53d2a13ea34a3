import CallSimulator
import Configuration
import Foundation
import Store
import Testing

/// The addresses of the five systems, and who answers at them.
@Suite struct RouteTests {
    @Test func theCalledNumberDecidesWhoAnswersAndHow() async throws {
        let house = try await GatherHouse.start {
            $0.routes["/own/voice"] = RouteBlock(.voice, assistant: "bella", path: .gather)
        }
        // The same address: one number is held by Gather, the other by a stream.
        let gather = try await house.call(GatherHouse.bella, route: "/twilio/voice").begin()
        #expect(gather.gather?.attributes["action"] == "/twilio/process-speech?turn=1")
        #expect(gather.said.contains("Bella Napoli"))
        let stream = try await house.call(GatherHouse.concya, route: "/twilio/voice").begin()
        #expect(stream.verbs == ["Connect"])
        // A number that nobody has: as the route says, by the default assistant.
        let unknown = try await house.call("+15550009999", route: "/api/phone/incoming").begin()
        #expect(unknown.gather?.attributes["action"] == "/api/phone/process-speech?turn=1")
        #expect(unknown.said.contains("Concya"))
        let own = try await house.call("+15550009999", route: "/own/voice").begin()
        #expect(own.said.contains("Bella Napoli"))
        #expect(
            try await house.call("+15550009999", route: "/webhook/voice").begin().verbs
                == ["Connect"])
        try await house.stop()
    }

    /// A stream that broke comes back to whose call it is, also at a node that knows nothing of it.
    @Test(arguments: ["route", "outbound", "gather"])
    func aCallThatGoesOnKeepsItsAssistant(how: String) async throws {
        let house = try await GatherHouse.start {
            $0.routes["/own/voice"] = RouteBlock(.voice, assistant: "bella", path: .stream)
            for index in $0.assistants.indices where $0.assistants[index].id == "bella" {
                $0.assistants[index].handOverNumber = "+15557770000"
            }
            // The number's own path would be another.
            if how == "outbound" { $0.numbers[GatherHouse.bella]?.path = .stream }
        }
        let node = try await GatherHouse.start()
        var fields: [(name: String, value: String)] = [
            ("CallSid", TwilioSide.newSid("CA")), ("From", "+15550001111"), ("To", "+15550009999"),
            ("Direction", "inbound"),
        ]
        var first: TwiMLDocument
        switch how {
        case "outbound":
            fields[1].value = GatherHouse.bella
            fields[2].value = "+15550001111"
            fields[3].value = "outbound-api"
            first = try await house.side.twiML("/twilio/voice", fields)
        case "route": first = try await house.side.twiML("/own/voice", fields)
        default:
            let call = house.call(GatherHouse.bella)
            try await call.begin()
            fields = call.callFields
            first = try await call.send([("SpeechResult", "An operator please")])
            let dial = try #require(first.root.all("Dial").first?.attributes["action"])
            #expect(dial == "/twilio/after?assistant=bella")
            fields[3].value = "+15550009999"
            let failed = fields + [("DialCallStatus", "no-answer")]
            #expect(try await node.side.twiML(dial, failed).verbs == ["Say", "Hangup"])
            try await node.stop()
            return try await house.stop()
        }
        for attempt in 1...2 {
            func named(_ document: TwiMLDocument) -> String? {
                document.root.all("Parameter").first { $0.attributes["name"] == "assistant" }?
                    .attributes["value"]
            }
            #expect(named(first) == "bella", "attempt \(attempt)")
            let action = try #require(first.root.all("Connect").first?.attributes["action"])
            first = try await node.side.twiML(action, fields)
        }
        try await node.stop()
        try await house.stop()
    }

    @Test func everyShippedAddressAnswersAndChecksItsSignature() async throws {
        let house = try await GatherHouse.start()
        for (path, route) in RouteBlock.shipped.sorted(by: { $0.key < $1.key }) {
            var fields: [(name: String, value: String)] = [
                ("CallSid", TwilioSide.newSid("CA")), ("From", "+15550001111"),
                ("To", GatherHouse.bella), ("CallStatus", "ringing"),
            ]
            if route.webhook == .sms {
                fields = [
                    ("MessageSid", TwilioSide.newSid("SM")), ("From", "+15550001111"),
                    ("To", GatherHouse.bella), ("Body", "Hello"),
                ]
            }
            let unsigned = try await house.daemon.form(path, fields)
            #expect(unsigned.status == 403, "\(path)")
            let answer = try await house.side.post(path, fields)
            #expect(answer.status == (route.webhook == .status ? 204 : 200), "\(path)")
            if route.webhook != .status { _ = try TwiMLDocument(answer.body) }
            let get = try await house.daemon.get(path)
            #expect(get.status == (route.webhook == .status ? 200 : 405), "\(path)")
        }
        try await house.stop()
    }

    @Test func thePagesTellOfTheAccountWithoutGivingItAway() async throws {
        let house = try await GatherHouse.start(environment: [
            "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
            "TWILIO_PHONE_NUMBER": "+15551112222",
        ])
        let status = try await house.daemon.get("/twilio/status").body
        #expect(status.contains("\"twilio_configured\":true"))
        #expect(status.contains("+15551112222") && status.contains("AC01…cdef"))
        #expect(!status.contains("456789"))
        #expect(try await house.daemon.get("/health").body.contains("\"status\":\"healthy\""))
        try await house.stop()
    }

    @Test(arguments: [
        ("routes: {voice: voice}\n", "'voice' is not a path"),
        ("routes: {/health: voice}\n", "a page of streamd's own"),
        ("routes: {/a: speach}\n", "did you mean 'speech'?"),
        ("routes: {/a: {webhook: voice, speech: /b}}\n", "not a route of speech"),
        ("routes: {/a: {webhook: sms, assistant: nobody}}\n", "which is not an assistant"),
        ("numbers: {\"+15551234567\": {assistant: a, path: pigeon}}\n", "stream, gather"),
        ("gather: {speechTimeout: soon}\n", "write auto or a number"),
    ])
    func whatCannotBeIsRefused(yaml: String, message: String) {
        do {
            _ = try Configuration.parse(
                yaml: yaml + "assistants: [{id: a}]\ndefaultAssistant: a\n", file: "f.yaml")
            Issue.record("it was read")
        } catch { #expect(error.description.contains(message), "\(error)") }
    }

    @Test func routesAndNumbersAreReadInEveryShape() throws {
        let configuration = try Configuration.parse(
            yaml: """
                assistants: [{id: a, path: gather, sayVoice: Polly.Matthew}, {id: b}]
                defaultAssistant: a
                numbers:
                  "+15551234567": b
                  "+15551234568": {assistant: a, path: stream}
                routes:
                  /x/words: speech
                  /x/voice: {webhook: voice, assistant: b, path: stream, speech: /x/words}
                  /twilio/voice: {assistant: b}
                """, file: "f.yaml")
        #expect(configuration.numbers["+15551234567"] == "b")
        #expect(
            configuration.numbers["+15551234568"] == NumberBlock(assistant: "a", path: .stream))
        #expect(
            configuration.routes["/x/voice"]
                == RouteBlock(.voice, assistant: "b", path: .stream, speech: "/x/words"))
        #expect(configuration.routes["/twilio/voice"] == RouteBlock(.voice, assistant: "b"))
        #expect(configuration.routes.count == RouteBlock.shipped.count + 2)
        #expect(configuration.assistants[0].path == .gather)
    }
}
