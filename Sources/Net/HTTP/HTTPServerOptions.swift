/// How a server listens and what it puts up with.
public struct HTTPServerOptions: Sendable {
    /// A numeric address; `0.0.0.0` or `::` for all.
    public var host = "0.0.0.0"
    /// 0 lets the system choose; see `HTTPServer.port`.
    public var port = 0
    /// Connections that wait to be accepted, for each loop.
    public var backlog = 1_024
    /// The largest head of a request, up to 80 KiB; above it 431 (414 when the target is to blame).
    public var headerBytesMax = 16_384
    /// The most header fields; above it 431.
    public var headerCountMax = 100
    /// The largest body; above it 413.
    public var bodyBytesMax = 1_048_576
    /// From a connection's (or request's) first moment to the end of the head; above it 408.
    public var headerTimeoutMs = 10_000
    /// From the end of the head to the end of the body; above it 408.
    public var bodyTimeoutMs = 20_000
    /// How long a connection may stay without a request.
    public var idleTimeoutMs = 60_000
    /// How long a client may take nothing of a response that waits for it; above it the connection
    /// is cut.
    public var writeTimeoutMs = 20_000
    /// Connections at once over all loops, those of WebSockets included; above it 503.
    public var connectionsMax = 12_000
    /// Bytes of response that wait in one connection; what does not fit waits in its handler.
    public var outboundBytesMax = 1_048_576
    /// The value of the Server field; empty for none.
    public var serverName = "streamd"
    /// With a certificate the server speaks HTTPS only.
    public var tls: TLSServerOptions?

    public init(host: String = "0.0.0.0", port: Int = 0) {
        self.host = host
        self.port = port
    }
}

/// Something a log should tell of a connection: a refused request, a time-out, a broken stream.
public struct HTTPServerEvent: Sendable, CustomStringConvertible {
    public var remoteAddress: String
    public var remotePort: Int
    /// The status that was answered; `nil` when the connection was closed without an answer.
    public var status: Int?
    /// What happened, in a sentence.
    public var what: String

    public var description: String {
        let answer = status.map { "answered \($0)" } ?? "closed"
        return "http \(remoteAddress):\(remotePort) \(answer): \(what)"
    }
}

/// Answers requests. Called on the loop of the connection; the responder may be kept and answered
/// later, on the same loop. A responder that is dropped unanswered answers 500.
public typealias HTTPHandler = (HTTPRequest, HTTPResponder) -> Void
