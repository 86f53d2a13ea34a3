/// How an ``HTTPClient`` behaves. Times are milliseconds, sizes are bytes.
public struct HTTPClientOptions: Sendable {
    /// From `send` until name resolution, TCP and TLS are done; nothing of it on a warm connection.
    public var connectTimeoutMs = 5_000
    /// From the request's end until the response's first byte.
    public var firstByteTimeoutMs = 15_000
    /// From `send` until the response's end, 0 for no limit (long streams).
    public var totalTimeoutMs = 60_000
    /// The longest response body; a longer one ends with `NetError.badResponse`.
    public var responseBytesMax = 16_777_216
    /// The longest response head, all headers together.
    public var responseHeadBytesMax = 65_536
    /// The most bytes of a streamed request body that may wait to be sent.
    public var uploadBytesMax = 1_048_576
    /// Connections that are kept open for the next request.
    public var idleConnectionsMax = 16
    /// How long an unused connection may still be taken.
    public var idleConnectionMs = 300_000
    /// How long a resolved name is remembered.
    public var nameCacheMs = 300_000
    /// Offer HTTP/2 over TLS.
    public var offersHTTP2 = true
    /// Whom to trust; `serverName` is not used, the name is the URL's.
    public var tls = TLSClientOptions()
    /// A proxy's URL, `""` for none; nil takes it from the environment (`https_proxy`, `no_proxy`).
    public var proxy: String?
    /// What the `User-Agent` header says where a request does not.
    public var userAgent = "streamd"

    /// The defaults.
    public init() {}
}

/// A request's body.
public enum HTTPClientBody: Sendable {
    case none
    case bytes([UInt8])
    /// Written piece by piece with ``HTTPClientTask/write(_:)``, ended with `finish()`.
    case streamed
}

/// A request to a server. Redirects are not followed: they are responses like any other.
public struct HTTPClientRequest: Sendable {
    /// In capitals, such as `POST`.
    public var method: String
    /// An absolute `http` or `https` address.
    public var url: String
    public var headers: HTTPHeaders
    public var body: HTTPClientBody
    /// In place of the client's time-outs and bound, where given.
    public var connectTimeoutMs: Int?
    public var firstByteTimeoutMs: Int?
    public var totalTimeoutMs: Int?
    public var responseBytesMax: Int?

    /// A request with the client's time-outs.
    public init(
        method: String = "GET", url: String, headers: HTTPHeaders = HTTPHeaders(),
        body: HTTPClientBody = .none
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// A response without its body.
public struct HTTPClientHead: Sendable {
    /// 200 to 599; interim responses are not shown.
    public var status: Int
    /// `1.0`, `1.1` or `2`.
    public var version: String
    public var headers: HTTPHeaders
}

/// How a transfer that reached the response's end went. Times are microseconds since it began.
public struct HTTPClientSummary: Sendable, Equatable {
    public var status: Int
    public var bodyByteCount: Int
    /// False when a connection had to be made.
    public var reusedConnection: Bool
    /// Until the connection, TLS included, could take the request.
    public var connectedMicros: Int
    /// Until the response's first byte.
    public var firstByteMicros: Int
    public var totalMicros: Int
}

/// A response with its body collected.
public struct HTTPClientResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: [UInt8]
    public var summary: HTTPClientSummary
}
