import Foundation
import Net
import Realtime
import Wire

/// Messages, numbers and the account of Twilio's REST API, in its wire format: who asks is known by
/// HTTP basic auth, what was sent can be listed, and errors have Twilio's codes. Any thread; a short
/// lock.
///
/// Source: Twilio's documentation, "Messages resource", "IncomingPhoneNumber resource", "Account
/// resource", "Magic input" of the test credentials, and "Error and warning dictionary".
public final class TwilioRESTStandIn: Sendable {
    /// A message that was taken.
    public struct Message: Sendable, Equatable {
        public var sid: String
        public var to: String
        public var from: String
        public var body: String
        public var createdAtSeconds: Int64
    }

    static let prefix = "/2010-04-01/Accounts/"
    private static let bodyCharactersMax = 1600
    /// Numbers that stand for an error, as Twilio's test credentials have them.
    private static let magic: [String: (code: Int, words: String)] = [
        "+15005550001": (21_211, "The 'To' number +15005550001 is not a valid phone number."),
        "+15005550004": (21_610, "Attempt to send to unsubscribed recipient"),
        "+15005550009": (21_614, "'To' number is not a valid mobile number"),
    ]

    struct State {
        var messages: [Message] = []
        var numbers: [Number] = []
        var accountStatus = "active"
        var counter: UInt64 = 0
    }

    let state = Locked(State())
    private let accountSid: String
    private let authToken: String

    /// - Parameters:
    ///   - accountSid: who may send; empty lets everybody in whose name is that of the path.
    ///   - authToken: what they have to know, where an account is given.
    init(accountSid: String, authToken: String) {
        self.accountSid = accountSid
        self.authToken = authToken
    }

    /// All messages that were taken, oldest first.
    public var messages: [Message] { state.withLock { $0.messages } }

    /// What the request is answered, and a note of it. A message is taken here, before any fault
    /// makes its answer wrong: only an error of the stand-in's own comes before.
    func answer(_ request: HTTPRequest, failing status: Int?) -> (plan: AnswerPlan, note: String) {
        if let status { return (Self.error(status), "failed \(status)") }
        let parts = request.path.dropFirst(Self.prefix.count).split(separator: "/")
        let account = String(parts.first ?? "").replacing(".json", with: "")
        guard isAuthorized(request, account: account) else {
            return (Self.error(401, code: 20_003, "Authenticate"), "refused")
        }
        if parts.count == 1 { return self.account(request, account) }
        if parts[1].hasPrefix("IncomingPhoneNumbers") {
            return numbers(request, account, parts.count > 2 ? String(parts[2]) : nil)
        }
        switch (request.method, parts.count, parts[1]) {
        case ("POST", 2, "Messages.json"): return send(request, account: String(parts[0]))
        case ("GET", 2, "Messages.json"): return list(request, account: String(parts[0]))
        case ("GET", 3, "Messages"):
            let sid = parts[2].replacing(".json", with: "")
            guard let message = messages.first(where: { $0.sid == sid }) else { break }
            return (AnswerPlan(json: Self.json(message, String(parts[0]))), "fetched \(sid)")
        default: break
        }
        let words = "The requested resource \(request.path) was not found"
        return (Self.error(404, code: 20_404, words), "not found")
    }

    // MARK: - Messages

    private func send(_ request: HTTPRequest, account: String) -> (AnswerPlan, String) {
        let fields = (try? request.formParameters()) ?? []
        func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
        let (to, from, body) = (field("To"), field("From"), field("Body"))
        let fault: (Int, String)? =
            if to.isEmpty {
                (21_604, "A 'To' phone number is required.")
            } else if from.isEmpty, field("MessagingServiceSid").isEmpty {
                (21_603, "A 'From' phone number is required.")
            } else if body.isEmpty {
                (21_602, "Message body is required.")
            } else if body.count > Self.bodyCharactersMax {
                (21_617, "The concatenated message body exceeds the 1600 character limit")
            } else if let known = Self.magic[to] {
                (known.code, known.words)
            } else if !Self.isE164(to) {
                (21_211, "Invalid 'To' Phone Number: \(to)")
            } else {
                nil
            }
        if let (code, words) = fault {
            return (Self.error(400, code: code, words), "refused \(code)")
        }
        let message = state.withLock { state in
            state.counter += 1
            let digits = String(state.counter, radix: 16)
            let message = Message(
                sid: "SM" + String(repeating: "0", count: 32 - digits.count) + digits, to: to,
                from: from, body: body, createdAtSeconds: Int64(Date().timeIntervalSince1970))
            state.messages.append(message)
            return message
        }
        return (
            AnswerPlan(status: 201, json: Self.json(message, account)), "\(to): \"\(body)\""
        )
    }

    private func list(_ request: HTTPRequest, account: String) -> (AnswerPlan, String) {
        let fields = (try? request.queryParameters()) ?? []
        func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
        let size = min(max(Int(field("PageSize")) ?? 50, 1), 1000)
        let found = messages.reversed().filter { message in
            (field("To").isEmpty || field("To") == message.to)
                && (field("From").isEmpty || field("From") == message.from)
        }
        let page = found.prefix(size).map { Self.json($0, account) }
        let uri = request.target
        let json = JSONValue.object([
            .init("first_page_uri", .string(uri)), .init("next_page_uri", .null),
            .init("previous_page_uri", .null), .init("uri", .string(uri)),
            .init("page", .integer(0)), .init("page_size", .integer(size)),
            .init("start", .integer(0)), .init("end", .integer(max(0, page.count - 1))),
            .init("messages", .array(page)),
        ])
        return (AnswerPlan(json: json), "listed \(page.count)")
    }

    // MARK: - Wire format

    private func isAuthorized(_ request: HTTPRequest, account: String) -> Bool {
        guard let value = request.headers["Authorization"], value.hasPrefix("Basic "),
            let data = Data(base64Encoded: String(value.dropFirst("Basic ".count)))
        else { return false }
        let words = String(decoding: data, as: UTF8.self)
        guard !accountSid.isEmpty else { return words.hasPrefix(account + ":") }
        return account == accountSid && words == "\(accountSid):\(authToken)"
    }

    static func isE164(_ number: String) -> Bool {
        let digits = number.dropFirst()
        return number.hasPrefix("+") && (7...15).contains(digits.count)
            && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func json(_ message: Message, _ account: String) -> JSONValue {
        let date = rfc2822(message.createdAtSeconds)
        return .object([
            .init("account_sid", .string(account)), .init("api_version", .string("2010-04-01")),
            .init("body", .string(message.body)), .init("date_created", .string(date)),
            .init("date_sent", .null), .init("date_updated", .string(date)),
            .init("direction", .string("outbound-api")), .init("error_code", .null),
            .init("error_message", .null), .init("from", .string(message.from)),
            .init("messaging_service_sid", .null), .init("num_media", .string("0")),
            .init("num_segments", .string("\((message.body.count + 152) / 153)")),
            .init("price", .null), .init("price_unit", .string("USD")),
            .init("sid", .string(message.sid)), .init("status", .string("queued")),
            .init("to", .string(message.to)),
            .init(
                "uri", .string("\(prefix)\(account)/Messages/\(message.sid).json")),
        ])
    }

    static func rfc2822(_ seconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// An error as Twilio puts it.
    static func error(_ status: Int, code: Int? = nil, _ words: String? = nil) -> AnswerPlan {
        let standard: (Int, String) =
            switch status {
            case 429: (20_429, "Too Many Requests")
            case 500...: (20_500, "An internal server error has occurred")
            default: (20_001, "Bad request")
            }
        let code = code ?? standard.0
        return AnswerPlan(
            status: status,
            json: .object([
                .init("code", .integer(code)), .init("message", .string(words ?? standard.1)),
                .init("more_info", .string("https://www.twilio.com/docs/errors/\(code)")),
                .init("status", .integer(status)),
            ]))
    }
}
