import Conversations
import Foundation
import Store
import Twilio
import Wire

/// Signed webhooks as Twilio sends them, to a daemon that checks them.
struct TwilioSide: Sendable {
    static let token = "the account's secret"
    static let base = "https://voice.example.com"

    let daemon: TestDaemon

    /// A signed webhook, for any fields.
    func post(
        _ path: String, _ fields: [(name: String, value: String)], headers: [String] = []
    ) async throws -> HTTPAnswer {
        let signature = TwilioSignature.sign(
            url: Self.base + path, parameters: fields, authToken: Self.token)
        return try await daemon.http(
            "POST", path,
            headers: headers + [
                "Content-Type: application/x-www-form-urlencoded",
                "\(TwilioSignature.headerName): \(signature)",
            ], body: FormText.encode(fields))
    }

    /// One that has to be answered with TwiML.
    func twiML(
        _ path: String, _ fields: [(name: String, value: String)], headers: [String] = []
    ) async throws -> TwiMLDocument {
        let answer = try await post(path, fields, headers: headers)
        guard answer.status == 200 else {
            throw PeerFault(what: "\(path) answered \(answer.status): \(answer.body)")
        }
        return try TwiMLDocument(answer.body)
    }

    static func newSid(_ kind: String) -> String {
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return kind + String(repeating: "0", count: 32 - digits.count) + digits
    }
}

/// A conversation by text messages.
struct SMSChannel: ConversationChannel {
    let side: TwilioSide
    let database: Database
    let customer: String
    let business: String
    var path = "/api/voice/sms/incoming"

    var store: any RecordStore { database }

    func say(_ line: String) async throws -> ConversationReply {
        let parts = try await send(line).messages
        // The end of a conversation is not in the answer but in what is remembered.
        let context = try await database.value {
            database.messageContext(
                sid: "none", customer: customer, business: business, at: 0, completion: $0)
        }
        return ConversationReply(
            text: parts.joined(separator: " "), isLast: context.conversation == nil)
    }

    func send(
        _ body: String, sid: String = TwilioSide.newSid("SM"),
        more: [(name: String, value: String)] = []
    ) async throws -> TwiMLDocument {
        try await side.twiML(path, fields(body, sid: sid) + more)
    }

    func fields(_ body: String, sid: String) -> [(name: String, value: String)] {
        [
            ("MessageSid", sid), ("SmsSid", sid), ("AccountSid", "AC0"), ("From", customer),
            ("To", business), ("Body", body), ("NumMedia", "0"), ("NumSegments", "1"),
        ]
    }
}

/// A call that is held by `<Gather>`: goes where each answer sends it, as Twilio does.
final class GatherChannel: ConversationChannel, @unchecked Sendable {
    // Used by one task at a time.

    /// The daemon that the next webhook goes to.
    var side: TwilioSide
    let database: Database
    let callSid = TwilioSide.newSid("CA")
    let caller: String
    let called: String
    let route: String
    private(set) var greeting = ""
    /// Where the next words go.
    private(set) var action = ""
    private(set) var last: TwiMLDocument?

    init(
        _ side: TwilioSide, _ database: Database, caller: String, called: String,
        route: String = "/api/voice/welcome"
    ) {
        self.side = side
        self.database = database
        self.caller = caller
        self.called = called
        self.route = route
    }

    var store: any RecordStore { database }

    var callFields: [(name: String, value: String)] {
        [
            ("CallSid", callSid), ("AccountSid", "AC0"), ("From", caller), ("To", called),
            ("CallStatus", "in-progress"), ("Direction", "inbound"), ("ApiVersion", "2010-04-01"),
        ]
    }

    /// Places the call.
    @discardableResult
    func begin() async throws -> TwiMLDocument {
        let answer = try await side.twiML(route, callFields)
        greeting = answer.said
        take(answer)
        return answer
    }

    func say(_ line: String) async throws -> ConversationReply {
        try await reply(to: [("SpeechResult", line), ("Confidence", "0.94")])
    }

    func press(_ keys: String) async throws -> ConversationReply {
        try await reply(to: [("Digits", keys)])
    }

    private func reply(
        to fields: [(name: String, value: String)]
    ) async throws -> ConversationReply {
        if action.isEmpty { try await begin() }
        let answer = try await send(fields)
        return ConversationReply(text: answer.said, isLast: answer.isEnd)
    }

    /// Sends what the caller did, and follows redirects to the reply.
    func send(_ fields: [(name: String, value: String)]) async throws -> TwiMLDocument {
        var answer = try await side.twiML(action, callFields + fields)
        while let redirect = answer.root.all("Redirect").first {
            answer = try await side.twiML(redirect.text, callFields)
        }
        take(answer)
        return answer
    }

    private func take(_ answer: TwiMLDocument) {
        last = answer
        action = answer.gather?.attributes["action"] ?? ""
    }
}
