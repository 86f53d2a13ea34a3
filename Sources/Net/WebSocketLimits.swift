/// The bounds of one WebSocket connection. Times are milliseconds, sizes are bytes.
public struct WebSocketLimits: Sendable, Equatable {
    /// The longest message taken from the peer, over all its fragments; longer ones end the
    /// connection with 1009.
    public var messageBytesMax = 65_536
    /// The most that may wait to be sent, frame headers included; a message above it is refused.
    public var outboundBytesMax = 1_048_576
    /// `webSocketWritable` is called when the queue falls to this after it had been above it or a
    /// message had been refused.
    public var lowWaterBytes = 65_536
    /// How often a ping is sent, 0 for never.
    public var pingIntervalMs = 20_000
    /// How long after a ping the peer may stay silent before it is given up (1006). Anything
    /// received, not only the pong, counts as a sign of life.
    public var pongTimeoutMs = 10_000
    /// How long the peer may take to answer a close frame, and then to end the connection.
    public var closeTimeoutMs = 2_000
    /// Client only: how long connecting, TLS and the HTTP handshake may take together.
    public var handshakeTimeoutMs = 10_000
    /// Client only: how much of that name resolution, TCP and TLS may take; 0 for all of it.
    public var connectTimeoutMs = 0

    /// The defaults.
    public init() {}
}

/// Receives what happens on one ``WebSocket``. Every method is called on the socket's loop.
public protocol WebSocketHandler: AnyObject {
    /// The handshake is done; messages may be sent from now on. Not called when it failed.
    func webSocketOpened(_ socket: WebSocket)
    /// A whole text message, checked to be UTF-8. `bytes` is valid during the call only.
    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer)
    /// A whole binary message. `bytes` is valid during the call only.
    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer)
    /// The outbound queue went below its low-water mark; sending may go on.
    func webSocketWritable(_ socket: WebSocket)
    /// The connection is over: called exactly once, nothing is called after it, and never inside a
    /// call on the socket. 1006 when the peer vanished or the connection was never made.
    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String)
}

extension WebSocketHandler {
    /// Does nothing.
    public func webSocketOpened(_ socket: WebSocket) {}
    /// Ends the connection with 1003: this application takes no binary messages.
    public func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        socket.close(
            code: WebSocketCloseCode.unsupportedData, reason: "binary messages are not taken here")
    }
    /// Does nothing.
    public func webSocketWritable(_ socket: WebSocket) {}
}
