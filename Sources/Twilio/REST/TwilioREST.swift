import Net
import Wire

/// Requests to Twilio's REST API and what its answers mean. Makes no connections of its own; any
/// thread.
///
/// Source: Twilio's documentation, "Messages resource" and "Error and warning dictionary".
public struct TwilioREST: Sendable {
    /// Where Twilio is, unless told otherwise.
    public static let standardBaseURL = "https://api.twilio.com"
    /// What Twilio lists at once at most.
    public static let pageSizeMax = 1000

    let baseURL: String
    /// Of the account, without an ending.
    let accountURL: String
    private let messagesURL: String
    private let authorization: String
    private let timeoutMs: Int

    /// - Parameters:
    ///   - baseURL: scheme and host, without a path.
    ///   - timeoutMs: from a request to its whole answer.
    public init(baseURL: String, accountSid: String, authToken: String, timeoutMs: Int) {
        let base = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.baseURL = base
        let account = "\(base)/2010-04-01/Accounts/\(URLText.escaped(accountSid))"
        accountURL = account
        messagesURL = account + "/Messages.json"
        authorization = "Basic " + Base64.text(Array("\(accountSid):\(authToken)".utf8))
        self.timeoutMs = timeoutMs
    }

    /// Sends a text message. Numbers in E.164; the body is at most 1,600 characters.
    /// - Parameter statusCallback: is told what becomes of the message; nil for nobody.
    public func sendMessage(
        to recipient: String, from sender: String, body: String, statusCallback: String? = nil
    ) -> HTTPClientRequest {
        var fields = [("To", recipient), ("From", sender), ("Body", body)]
        if let statusCallback { fields.append(("StatusCallback", statusCallback)) }
        var request = self.request("POST", messagesURL)
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(Array(FormText.encode(fields).utf8))
        return request
    }

    /// Asks for the latest messages from one number to another, newest first.
    public func listMessages(
        to recipient: String, from sender: String, pageSize: Int = 50
    ) -> HTTPClientRequest {
        precondition((1...Self.pageSizeMax).contains(pageSize), "a page of 1 to 1000")
        let query = FormText.encode([
            ("To", recipient), ("From", sender), ("PageSize", String(pageSize)),
        ])
        return request("GET", messagesURL + "?" + query)
    }

    func request(_ method: String, _ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            method: method, url: url,
            headers: ["Authorization": authorization, "Accept": "application/json"])
        request.totalTimeoutMs = timeoutMs
        request.firstByteTimeoutMs = timeoutMs
        return request
    }
}

/// The meaning of the REST API's answer to a message.
public enum TwilioMessageAnswer: Sendable, Equatable {
    /// Twilio has taken it.
    case taken(sid: String)
    /// Too many requests: nothing was done, and later it will be.
    case tooMany(retryAfterSeconds: Int?)
    /// Twilio has trouble; whether the message was taken is not known.
    case trouble(status: Int)
    /// It will never be taken: Twilio's error code and words.
    case refused(code: Int, message: String)

    /// Reads status, headers and body of an answer to ``TwilioREST/sendMessage(to:from:body:statusCallback:)``.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        let json = try? JSONValue(parsing: body.span)
        switch status {
        case 200..<300:
            // A success that can't be read may well have been one.
            if let sid = json?["sid"]?.stringValue, !sid.isEmpty {
                self = .taken(sid: sid)
            } else {
                self = .trouble(status: status)
            }
        case 429: self = .tooMany(retryAfterSeconds: headers["Retry-After"].flatMap { Int($0) })
        case 400..<500:
            self = .refused(
                code: json?["code"]?.intValue ?? status,
                message: json?["message"]?.stringValue ?? "status \(status)")
        default: self = .trouble(status: status)
        }
    }
}

/// A message as the REST API lists it.
public struct TwilioListedMessage: Sendable, Equatable {
    public var sid: String
    public var body: String

    public init(sid: String, body: String) {
        self.sid = sid
        self.body = body
    }

    /// The messages of a page; nil where the answer is not a page.
    public static func page(status: Int, body: [UInt8]) -> [TwilioListedMessage]? {
        guard status == 200, let json = try? JSONValue(parsing: body.span),
            let messages = json["messages"]?.arrayValue
        else { return nil }
        return messages.compactMap { message in
            guard let sid = message["sid"]?.stringValue, let body = message["body"]?.stringValue
            else { return nil }
            return TwilioListedMessage(sid: sid, body: body)
        }
    }
}
