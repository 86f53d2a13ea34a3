import CUV

/// The errors of the network, in words for a log line: what, where, and what to do.
public enum NetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The event loop or one of its descriptors could not be made.
    case loop(what: String, reason: String)
    /// No socket could listen on the address.
    case listen(address: String, reason: String)
    /// The host name has no address.
    case resolve(host: String, reason: String)
    /// No address of the host took the connection.
    case connect(host: String, port: Int, reason: String)
    /// Something did not happen within its limit.
    case timedOut(what: String, afterMs: Int)
    /// No connection to the server within the HTTP client's limit.
    case connectTimedOut(url: String, afterMs: Int)
    /// The server took the request and sent no byte of a response within the limit.
    case firstByteTimedOut(url: String, afterMs: Int)
    /// The response was not complete within the limit.
    case totalTimedOut(url: String, afterMs: Int)
    /// A certificate, a key or a handshake was refused.
    case tls(what: String, reason: String)
    /// A connection broke while in use.
    case io(what: String, reason: String)
    /// A server answered what the protocol does not allow, or refused.
    case badResponse(what: String, reason: String)
    /// An argument that cannot work, such as a malformed URL.
    case invalid(what: String, reason: String)
    /// Cancelled by its owner.
    case cancelled
    /// The stream or the loop is closed.
    case closed

    public var description: String {
        switch self {
        case .loop(let what, let reason):
            "event loop: \(what) failed: \(reason); check the limits on open files and threads"
        case .listen(let address, let reason):
            "cannot listen on \(address): \(reason); is the port free and the address local?"
        case .resolve(let host, let reason):
            "cannot resolve \(host): \(reason); check the name and the resolver"
        case .connect(let host, let port, let reason):
            "cannot connect to \(host):\(port): \(reason)"
        case .timedOut(let what, let afterMs):
            "\(what) did not finish within \(afterMs) ms"
        case .connectTimedOut(let url, let afterMs):
            "no connection for \(url) within \(afterMs) ms; is the server up and reachable?"
        case .firstByteTimedOut(let url, let afterMs):
            "\(url) sent nothing within \(afterMs) ms after the request"
        case .totalTimedOut(let url, let afterMs):
            "\(url) was not done within \(afterMs) ms"
        case .tls(let what, let reason):
            "TLS: \(what): \(reason)"
        case .io(let what, let reason):
            "\(what) failed: \(reason)"
        case .badResponse(let what, let reason):
            "\(what): \(reason)"
        case .invalid(let what, let reason):
            "\(what): \(reason)"
        case .cancelled:
            "cancelled"
        case .closed:
            "the connection is closed"
        }
    }
}

/// libuv's sentence for one of its error codes. Does not allocate in C.
func uvReason(_ code: Int32) -> String {
    String(cString: uv_strerror(code))
}
