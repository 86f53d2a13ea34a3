/// The versions of HTTP that the server speaks.
public enum HTTPVersion: String, Sendable {
    case http10 = "HTTP/1.0"
    case http11 = "HTTP/1.1"
}

/// A request as it came in, its body complete.
public struct HTTPRequest: Sendable {
    /// The method in capitals, such as `POST`.
    public var method: String
    /// The request target as sent: path and query, still percent-encoded.
    public var target: String
    /// The part of the target before `?`, still percent-encoded. Always starts with `/`, or is `*`.
    public var path: String
    /// The part of the target behind the first `?`, still percent-encoded; empty without one.
    public var query: String
    public var version: HTTPVersion
    public var headers: HTTPHeaders
    /// The body, its transfer coding removed; at most `HTTPServerOptions.bodyBytesMax`.
    public var body: [UInt8]
    /// The peer's IP address.
    public var remoteAddress: String
    /// The peer's port.
    public var remotePort: Int
    /// True when the request came over TLS to this server.
    public var isSecure: Bool

    /// For tests and for handlers that call one another.
    public init(
        method: String, target: String, version: HTTPVersion = .http11,
        headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], remoteAddress: String = "",
        remotePort: Int = 0, isSecure: Bool = false
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.isSecure = isSecure
        let relative = Self.originForm(of: target)
        if let mark = relative.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(relative[..<mark])
            query = String(relative[relative.index(after: mark)...])
        } else {
            path = relative
            query = ""
        }
    }

    /// The media type of the body in lower case, without its parameters; `nil` without one.
    public var mediaType: String? {
        headers["content-type"].map { value in
            let type = value.utf8.split(
                separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)[0]
            return HTTPHeaders.trimmed(Substring(type)).lowercased()
        }
    }

    /// A parameter of the Content-Type, such as `charset`, without its quotes.
    public func contentTypeParameter(_ name: String) -> String? {
        guard let value = headers["content-type"] else { return nil }
        for part in value.utf8.split(separator: UInt8(ascii: ";")).dropFirst() {
            let pair = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, HTTPHeaders.same(HTTPHeaders.trimmed(Substring(pair[0])), name)
            else { continue }
            let text = HTTPHeaders.trimmed(Substring(pair[1]))
            if text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
                return String(text.dropFirst().dropLast())
            }
            return String(text)
        }
        return nil
    }

    /// A target in absolute form, as proxies send it, without scheme and authority
    /// (RFC 9112, 3.2.2).
    private static func originForm(of target: String) -> String {
        for scheme in ["http://", "https://"] {
            let start = target.prefix(scheme.utf8.count)
            guard HTTPHeaders.same(start, scheme) else { continue }
            let rest = target.dropFirst(scheme.utf8.count)
            guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
            return rest[end] == "/" ? String(rest[end...]) : "/" + rest[end...]
        }
        return target
    }
}
