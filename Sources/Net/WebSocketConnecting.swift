extension WebSocket {
    /// Connects to a `ws://` or `wss://` address: name resolution, TCP, TLS and the handshake
    /// within `limits.handshakeTimeoutMs`. Redirects are not followed.
    ///
    /// Loop only; allocates. Returns at once: `webSocketOpened` follows, or `closedWith` 1006 with
    /// the reason, never inside this call. `headers` may hold anything but the handshake's own
    /// fields. `tls` matters for `wss` only; nil means the system's trusted roots.
    @discardableResult
    public static func connect(
        loop: EventLoop, url: String, headers: HTTPHeaders = HTTPHeaders(),
        limits: WebSocketLimits = WebSocketLimits(), tls: TLSClientOptions? = nil,
        handler: any WebSocketHandler
    ) -> WebSocket {
        let socket = WebSocket(
            loop: loop, role: .client, limits: limits, handler: handler, phase: .connecting)
        socket.connecting = WebSocketConnecting(
            socket, url: url, headers: headers, tls: tls ?? TLSClientOptions())
        return socket
    }
}

/// The way of a client's WebSocket from an address to an open connection.
final class WebSocketConnecting {
    private unowned let socket: WebSocket
    private let loop: EventLoop
    private let url: String
    private var handshake: WebSocketClientHandshake?
    private var tcp: ByteStreamConnecting?
    private var timer: LoopTimer?
    /// Set once the outcome is known and only waits to be told.
    private var failure: String?

    init(_ socket: WebSocket, url: String, headers: HTTPHeaders, tls: TLSClientOptions) {
        self.socket = socket
        self.loop = socket.loop
        self.url = url
        let timeoutMs = socket.limits.handshakeTimeoutMs
        // The timer's body keeps the socket alive until there is an outcome.
        let timer = loop.makeTimer { [socket, self] in
            finish(failure ?? "no WebSocket within \(timeoutMs) ms")
            _ = socket
        }
        self.timer = timer
        do throws(NetError) {
            let address = try WebSocketURL(url)
            handshake = try WebSocketClientHandshake(url: address, headers: headers)
            timer.set(afterMs: timeoutMs)
            let connectMs = socket.limits.connectTimeoutMs
            tcp = ByteStream.connect(
                loop: loop, host: address.host, port: address.port,
                tls: address.isSecure ? tls : nil, timeoutMs: connectMs > 0 ? connectMs : timeoutMs
            ) { [weak self] result in
                if let self {
                    self.connected(result)
                } else if case .success(let stream) = result {
                    stream.abort()
                }
            }
        } catch {
            cancel(reason: error.description)
        }
    }

    /// Gives up; the outcome is told at the loop's next turn.
    func cancel(reason: String) {
        guard failure == nil else { return }
        failure = reason
        timer?.set(atNanos: 0)
    }

    private func connected(_ result: Result<ByteStream, NetError>) {
        tcp = nil
        switch result {
        case .failure(let error): finish(error.description)
        case .success(let stream):
            guard failure == nil, let handshake else { return stream.abort() }
            socket.attach(stream)
            _ = handshake.request.withUnsafeBytes { stream.write($0) }
            stream.resumeReading()
        }
    }

    /// Bytes of the response.
    func received(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, let outcome = handshake?.receive(bytes) else { return }
        switch outcome {
        case .needsInput: break
        case .refused(let reason): finish(reason)
        case .accepted(let headers, let subprotocol, let consumed):
            let socket = self.socket
            socket.handshakeHeaders = headers
            socket.subprotocol = subprotocol
            socket.phase = .open
            end()
            socket.begin(leftover: Array(bytes.dropFirst(consumed)))
        }
    }

    func streamClosed(_ closure: ByteStreamClosure) {
        finish(failure ?? "the connection ended during the handshake: \(closure.description)")
    }

    private func end() {
        timer?.close()
        timer = nil
        tcp?.cancel()
        tcp = nil
        socket.connecting = nil
    }

    private func finish(_ reason: String) {
        guard timer != nil else { return }
        let socket = self.socket
        end()
        socket.stream?.abort()
        socket.finish(code: WebSocketCloseCode.abnormal, reason: "\(url): \(reason)")
    }
}
