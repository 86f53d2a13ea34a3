import Foundation
import Net
import Realtime
import Wire

/// The account itself and its numbers. Both are changed as Twilio's clients do it: a number is bought
/// and set up by POST, the account is suspended by POST.
extension TwilioRESTStandIn {
    /// A number of the account, with where its calls and messages go.
    public struct Number: Sendable, Equatable {
        public var sid: String
        public var phoneNumber: String
        /// By Twilio's names of the form: VoiceUrl, VoiceMethod, SmsUrl …
        public var settings: [String: String]
    }

    /// Names of a number's settings, as the form has them and as the answer has them.
    private static let settingNames: [(form: String, json: String, standard: String)] = [
        ("FriendlyName", "friendly_name", ""), ("VoiceUrl", "voice_url", ""),
        ("VoiceMethod", "voice_method", "POST"), ("VoiceFallbackUrl", "voice_fallback_url", ""),
        ("VoiceFallbackMethod", "voice_fallback_method", "POST"),
        ("VoiceApplicationSid", "voice_application_sid", ""), ("TrunkSid", "trunk_sid", ""),
        ("StatusCallback", "status_callback", ""),
        ("StatusCallbackMethod", "status_callback_method", "POST"), ("SmsUrl", "sms_url", ""),
        ("SmsMethod", "sms_method", "POST"), ("SmsFallbackUrl", "sms_fallback_url", ""),
        ("SmsFallbackMethod", "sms_fallback_method", "POST"),
        ("SmsApplicationSid", "sms_application_sid", ""),
    ]

    func account(_ request: HTTPRequest, _ account: String) -> (AnswerPlan, String) {
        if request.method == "POST" {
            let fields = (try? request.formParameters()) ?? []
            if let status = fields.first(where: { $0.name == "Status" })?.value {
                guard ["active", "suspended", "closed"].contains(status) else {
                    return (Self.error(400, code: 20_001, "Invalid status"), "refused")
                }
                state.withLock { $0.accountStatus = status }
            }
        }
        let status = state.withLock { $0.accountStatus }
        let json = JSONValue.object([
            .init("sid", .string(account)), .init("friendly_name", .string("Stand-in")),
            .init("status", .string(status)), .init("type", .string("Full")),
            .init("owner_account_sid", .string(account)),
            .init("uri", .string("\(Self.prefix)\(account).json")),
        ])
        return (AnswerPlan(json: json), "account")
    }

    func numbers(
        _ request: HTTPRequest, _ account: String, _ part: String?
    ) -> (AnswerPlan, String) {
        switch (request.method, part) {
        case ("POST", nil): return buy(request, account)
        case ("GET", nil): return listNumbers(request, account)
        case (let method, let part?):
            return number(part.replacing(".json", with: ""), method, request, account)
        default: return (Self.error(405, code: 20_004, "Method not allowed"), "refused")
        }
    }

    private func buy(_ request: HTTPRequest, _ account: String) -> (AnswerPlan, String) {
        let fields = (try? request.formParameters()) ?? []
        let phoneNumber = fields.first { $0.name == "PhoneNumber" }?.value ?? ""
        guard Self.isE164(phoneNumber) else {
            return (Self.error(400, code: 21_421, "PhoneNumber is invalid"), "refused 21421")
        }
        let number = state.withLock { state in
            state.counter += 1
            let digits = String(state.counter, radix: 16)
            let number = Number(
                sid: "PN" + String(repeating: "0", count: 32 - digits.count) + digits,
                phoneNumber: phoneNumber, settings: Self.settings(fields))
            state.numbers.append(number)
            return number
        }
        return (AnswerPlan(status: 201, json: Self.json(number, account)), "bought \(phoneNumber)")
    }

    private func number(
        _ sid: String, _ method: String, _ request: HTTPRequest, _ account: String
    ) -> (AnswerPlan, String) {
        let changes = method == "POST" ? (try? request.formParameters()) ?? [] : []
        let found = state.withLock { state -> Number? in
            guard let index = state.numbers.firstIndex(where: { $0.sid == sid }) else { return nil }
            state.numbers[index].settings.merge(Self.settings(changes)) { $1 }
            return state.numbers[index]
        }
        guard let found else {
            return (Self.error(404, code: 20_404, "The number was not found"), "not found")
        }
        return (AnswerPlan(json: Self.json(found, account)), "\(method) \(sid)")
    }

    private func listNumbers(_ request: HTTPRequest, _ account: String) -> (AnswerPlan, String) {
        let fields = (try? request.queryParameters()) ?? []
        func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
        let size = min(max(Int(field("PageSize")) ?? 50, 1), 1000)
        let page = max(Int(field("Page")) ?? 0, 0)
        let wanted = field("PhoneNumber")
        let found = state.withLock { $0.numbers }.filter {
            wanted.isEmpty || $0.phoneNumber.contains(wanted)
        }
        let shown = found.dropFirst(page * size).prefix(size)
        let path = "\(Self.prefix)\(account)/IncomingPhoneNumbers.json"
        let isLast = (page + 1) * size >= found.count
        let next = "\(path)?PageSize=\(size)&Page=\(page + 1)"
        let json = JSONValue.object([
            .init("first_page_uri", .string("\(path)?PageSize=\(size)&Page=0")),
            .init("next_page_uri", isLast ? .null : .string(next)),
            .init("previous_page_uri", .null), .init("uri", .string(request.target)),
            .init("page", .integer(page)), .init("page_size", .integer(size)),
            .init("start", .integer(page * size)),
            .init("end", .integer(page * size + max(0, shown.count - 1))),
            .init("incoming_phone_numbers", .array(shown.map { Self.json($0, account) })),
        ])
        return (AnswerPlan(json: json), "listed \(shown.count)")
    }

    private static func settings(_ fields: [(name: String, value: String)]) -> [String: String] {
        // Voice=false and Sms=false are the stand-in's own: a number that cannot do it.
        let known = settingNames.map(\.form) + ["Voice", "Sms"]
        return Dictionary(
            fields.filter { known.contains($0.name) }.map { ($0.name, $0.value) },
            uniquingKeysWith: { $1 })
    }

    private static func json(_ number: Number, _ account: String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("sid", .string(number.sid)), .init("account_sid", .string(account)),
            .init("phone_number", .string(number.phoneNumber)), .init("beta", .bool(false)),
            .init("origin", .string("twilio")), .init("api_version", .string("2010-04-01")),
        ]
        for (form, json, standard) in settingNames {
            let value = number.settings[form] ?? standard
            // Twilio shows what is not set as null where it is a Sid, and empty elsewhere.
            let isAbsent = value.isEmpty && json.hasSuffix("_sid")
            members.append(.init(json, isAbsent ? .null : .string(value)))
        }
        members.append(
            .init(
                "capabilities",
                .object([
                    .init("voice", .bool(number.settings["Voice"] != "false")),
                    .init("sms", .bool(number.settings["Sms"] != "false")),
                    .init("mms", .bool(false)), .init("fax", .bool(false)),
                ])))
        members.append(
            .init(
                "uri",
                .string("\(prefix)\(account)/IncomingPhoneNumbers/\(number.sid).json")))
        return .object(members)
    }

    /// The Date of an answer by a clock that is ahead, or behind.
    static func date(secondsAhead: Int) -> String {
        let seconds = Int64(Date().timeIntervalSince1970) + Int64(secondsAhead)
        return rfc2822(seconds).replacing("+0000", with: "GMT")
    }
}
