import Net
import Wire

/// The account and its numbers.
///
/// Source: Twilio's documentation, "Account resource" and "IncomingPhoneNumber resource".
extension TwilioREST {
    /// Asks for the account itself: whether the credentials are right, and what state it is in.
    public func fetchAccount() -> HTTPClientRequest { request("GET", accountURL + ".json") }

    /// Asks for the account's numbers, the first page of them.
    public func listNumbers(pageSize: Int = TwilioREST.pageSizeMax) -> HTTPClientRequest {
        precondition((1...Self.pageSizeMax).contains(pageSize), "a page of 1 to 1000")
        return request("GET", "\(accountURL)/IncomingPhoneNumbers.json?PageSize=\(pageSize)")
    }

    /// Asks for the page behind another one. Nil for a URI that leads elsewhere.
    /// - Parameter uri: the `next_page_uri` of that page.
    public func nextPage(_ uri: String) -> HTTPClientRequest? {
        uri.hasPrefix("/2010-04-01/") ? request("GET", baseURL + uri) : nil
    }
}

/// An account as Twilio tells of it.
public struct TwilioAccount: Sendable, Equatable {
    public var sid: String
    public var name: String
    /// active, suspended or closed.
    public var status: String

    /// Reads the answer to ``TwilioREST/fetchAccount()``; nil where it is something else.
    public init?(status: Int, body: [UInt8]) {
        guard status == 200, let json = try? JSONValue(parsing: body.span),
            let sid = json["sid"]?.stringValue, let state = json["status"]?.stringValue
        else { return nil }
        self.sid = sid
        self.status = state
        name = json["friendly_name"]?.stringValue ?? ""
    }
}

/// A number of the account, and where Twilio sends what comes in on it.
public struct TwilioNumber: Sendable, Equatable {
    /// In E.164.
    public var phoneNumber: String
    public var takesCalls: Bool
    public var takesMessages: Bool
    public var voiceURL: String
    /// GET or POST.
    public var voiceMethod: String
    public var messageURL: String
    public var messageMethod: String
    public var statusCallback: String
    /// A TwiML application or a trunk that takes the calls in place of the URL; empty for none.
    public var callTaker: String
    /// Likewise of messages.
    public var messageTaker: String

    /// Reads the answer to ``TwilioREST/listNumbers(pageSize:)``; nil where it is no page.
    public static func page(
        status: Int, body: [UInt8]
    ) -> (numbers: [TwilioNumber], nextPageURI: String?)? {
        guard status == 200, let json = try? JSONValue(parsing: body.span),
            let numbers = json["incoming_phone_numbers"]?.arrayValue
        else { return nil }
        let next = json["next_page_uri"]?.stringValue
        return (numbers.compactMap(TwilioNumber.init), next.flatMap { $0.isEmpty ? nil : $0 })
    }

    private init?(_ json: JSONValue) {
        func text(_ name: String) -> String { json[name]?.stringValue ?? "" }
        guard !text("phone_number").isEmpty else { return nil }
        phoneNumber = text("phone_number")
        takesCalls = json["capabilities"]?["voice"]?.boolValue ?? false
        takesMessages = json["capabilities"]?["sms"]?.boolValue ?? false
        voiceURL = text("voice_url")
        voiceMethod = text("voice_method")
        messageURL = text("sms_url")
        messageMethod = text("sms_method")
        statusCallback = text("status_callback")
        // A trunk goes before an application, and that before a URL.
        callTaker = text("trunk_sid").isEmpty ? text("voice_application_sid") : text("trunk_sid")
        messageTaker = text("sms_application_sid")
    }
}
