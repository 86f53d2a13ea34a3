import Wire

/// A response, its body complete.
public struct HTTPResponse: Sendable {
    /// The status code, 200 to 599.
    public var status: Int
    /// Fields beyond those that the server sets: Date, Server, Content-Length, Transfer-Encoding
    /// and Connection (of which `close` is obeyed).
    public var headers: HTTPHeaders
    public var body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text body in UTF-8; the type should say so where it is not implied.
    public init(status: Int, contentType: String, body: String) {
        self.init(
            status: status, headers: ["Content-Type": contentType], body: Array(body.utf8))
    }

    /// A line of text for people.
    public static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: text + "\n")
    }

    /// 405, with what is allowed.
    public static func notAllowed(_ request: HTTPRequest, allow: String) -> HTTPResponse {
        var response = text(405, "\(request.path) takes \(allow).")
        response.headers.add(name: "Allow", value: allow)
        return response
    }

    /// A JSON body.
    public init(status: Int, json: JSONValue) {
        self.init(
            status: status, headers: ["Content-Type": "application/json"], body: json.encoded())
    }

    /// The standard words for a status code; "Status" for unknown ones.
    static func reason(for status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
