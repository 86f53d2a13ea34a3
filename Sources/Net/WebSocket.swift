import Realtime

/// One WebSocket connection (RFC 6455), server or client side, on one loop.
///
/// Everything is for the loop's thread only. Once open, sending and receiving allocate nothing per
/// message: frames are written into a buffer that is reused, and messages are handed on from where
/// they were read. What a handler sends while the messages of one read are handed to it goes out in
/// one system call after the last of them.
public final class WebSocket {
    /// The loop the connection lives on.
    public let loop: EventLoop
    /// The bounds it was made with.
    public let limits: WebSocketLimits
    /// The headers of the peer's half of the handshake: the request's on a server, the response's
    /// on a client (empty until open).
    public internal(set) var handshakeHeaders = HTTPHeaders()
    /// The subprotocol that was agreed on, if any.
    public internal(set) var subprotocol: String?
    /// How many messages were refused because the outbound queue was full.
    public private(set) var refusedSendCount = 0
    /// How many pings of the peer got no pong because the outbound queue was full.
    public private(set) var unansweredPingCount = 0

    enum Phase {
        case connecting
        case open
        /// Our close frame is sent; the peer's has not come.
        case closing
        /// `closedWith` has been called or is about to be.
        case closed
    }

    var phase: Phase
    var stream: ByteStream?
    var handler: (any WebSocketHandler)?
    /// The client's half of the handshake while it is under way.
    var connecting: WebSocketConnecting?

    private var encoder: WebSocketEncoder
    private var decoder: WebSocketDecoder
    private var corkDepth = 0
    private var owesWritable = false
    private var writableWakeup: LoopWakeup?
    private var keepAliveTimer: LoopTimer?
    private var isAwaitingPong = false
    private var heardSincePing = false
    private var closeTimer: LoopTimer?
    /// Said in `closedWith` when the stream closes without the peer's close frame.
    private var abnormalReason: String?

    init(
        loop: EventLoop, role: WebSocketRole, limits: WebSocketLimits,
        handler: any WebSocketHandler, phase: Phase
    ) {
        precondition(loop.isCurrent, "WebSocket made off its loop")
        precondition(limits.messageBytesMax > 0 && limits.outboundBytesMax > 0)
        self.loop = loop
        self.limits = limits
        self.handler = handler
        self.phase = phase
        encoder = WebSocketEncoder(role: role)
        decoder = WebSocketDecoder(role: role, messageBytesMax: limits.messageBytesMax)
    }

    /// True between `webSocketOpened` and the beginning of the end.
    public var isOpen: Bool { phase == .open }

    /// Bytes that were taken to be sent and not yet given to the kernel.
    public var queuedByteCount: Int {
        encoder.waitingCount + (stream?.queuedByteCount ?? 0)
    }

    /// The peer's IP address; empty before it is connected.
    public var remoteAddress: String { stream?.remoteAddress ?? "" }

    // MARK: - Sending

    /// Sends one text message, which must be UTF-8 (a programmer's duty, not checked). False when
    /// the queue has no room for it (counted) or the connection is not open; nothing is sent then.
    public func send(text bytes: UnsafeRawBufferPointer) -> Bool {
        send(.text, bytes)
    }

    /// Sends one binary message; see `send(text:)`.
    public func send(binary bytes: UnsafeRawBufferPointer) -> Bool {
        send(.binary, bytes)
    }

    /// Makes room for messages that are held back together, `byteCount` bytes with 14 for each header,
    /// so that sending them allocates nothing. An idle connection keeps next to none. Loop only.
    public func reserveOutbound(_ byteCount: Int) {
        precondition(loop.isCurrent, "WebSocket.reserveOutbound off its loop")
        encoder.reserve(byteCount)
    }

    /// Holds messages back until `uncork()`, so that several leave in one system call. Nests.
    public func cork() {
        corkDepth += 1
    }

    /// Ends one `cork()`; the last one sends what was held back.
    public func uncork() {
        precondition(corkDepth > 0, "WebSocket.uncork() without cork()")
        corkDepth -= 1
        if corkDepth == 0 { flush() }
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) -> Bool {
        precondition(loop.isCurrent, "WebSocket.send off its loop")
        guard phase == .open else { return false }
        guard hasRoom(for: payload.count) else {
            refusedSendCount += 1
            owesWritable = true
            return false
        }
        guard encoder.append(opcode, payload) else {
            abort(reason: "the system has no random bytes for the mask")
            return false
        }
        if corkDepth == 0 { flush() }
        return true
    }

    private func hasRoom(for payloadCount: Int) -> Bool {
        queuedByteCount + payloadCount + WebSocketEncoder.headerBytesMax <= limits.outboundBytesMax
    }

    private func flush() {
        guard let stream else { return }
        let count = encoder.waitingCount
        if count > 0 {
            // The system call is the socket's, not the frame's.
            RealtimeRegion.suspend()
            defer { RealtimeRegion.resume() }
            if !stream.write(encoder.waiting), stream.isOpen {
                // Room was checked, so the margin for control frames is used up: never lose a part
                // of the byte sequence silently.
                abort(reason: "the outbound queue is full of control frames")
            }
            encoder.consume(count)
        }
        if owesWritable, stream.queuedByteCount <= limits.lowWaterBytes { scheduleWritable() }
    }

    /// The queue emptied before the stream had anything to report: tell the handler, not from
    /// inside its own call.
    private func scheduleWritable() {
        let wakeup = writableWakeup ?? loop.makeWakeup { [weak self] in self?.reportWritable() }
        writableWakeup = wakeup
        wakeup.signal()
    }

    private func reportWritable() {
        guard owesWritable, phase == .open, queuedByteCount <= limits.lowWaterBytes else { return }
        owesWritable = false
        handler?.webSocketWritable(self)
    }

    // MARK: - Receiving

    /// Ties the socket to its stream; what comes in is decoded from `begin` on.
    func attach(_ stream: ByteStream) {
        self.stream = stream
        // Room for a close frame, pings and pongs beside the messages.
        stream.outboundBytesMax = limits.outboundBytesMax + 4096
        stream.lowWaterBytes = limits.lowWaterBytes
        stream.closeTimeoutMs = limits.closeTimeoutMs
        stream.onReadEnd = nil
        stream.onWritable = { [unowned self] in
            owesWritable = true
            reportWritable()
        }
        // The stream lets go of these closures, and so of the socket, when it is closed.
        stream.onRead = { [self] bytes in received(bytes) }
        stream.onClosed = { [self] closure in streamClosed(closure) }
    }

    /// The handshake is done: reports it, decodes what came along with it, and goes on reading.
    func begin(leftover: [UInt8]) {
        guard phase == .open, let stream else { return }
        startKeepAlive()
        handler?.webSocketOpened(self)
        if !leftover.isEmpty {
            leftover.withUnsafeBytes { received($0) }
        }
        stream.resumeReading()
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        if let connecting {
            connecting.received(bytes)
            return
        }
        heardSincePing = true
        guard phase == .open || phase == .closing else { return }
        corkDepth += 1
        decoder.supply(bytes)
        decoding: while phase != .closed, abnormalReason == nil {
            switch decoder.next() {
            case .needsInput: break decoding
            case .text(let message):
                if phase == .open { handler?.webSocket(self, receivedText: message) }
            case .binary(let message):
                if phase == .open { handler?.webSocket(self, receivedBinary: message) }
            case .ping(let payload): answerPing(payload)
            case .pong: break
            case .close(let code, let reason):
                peerClosed(code: code, reason: String(decoding: reason, as: UTF8.self))
            case .failure(let code, let reason): peerFailed(code: code, reason: "\(reason)")
            }
        }
        corkDepth -= 1
        if corkDepth == 0 { flush() }
    }

    private func answerPing(_ payload: UnsafeRawBufferPointer) {
        guard phase == .open else { return }
        if hasRoom(for: payload.count) {
            encoder.append(.pong, payload)
        } else {
            unansweredPingCount += 1
        }
    }

    // MARK: - Keeping alive

    private func startKeepAlive() {
        guard limits.pingIntervalMs > 0 else { return }
        let timer = loop.makeTimer { [unowned self] in keepAlive() }
        timer.set(afterMs: limits.pingIntervalMs)
        keepAliveTimer = timer
    }

    private func keepAlive() {
        guard phase == .open else { return }
        if !isAwaitingPong {
            heardSincePing = false
            isAwaitingPong = true
            if hasRoom(for: 0) {
                encoder.append(.ping, UnsafeRawBufferPointer(start: nil, count: 0))
                if corkDepth == 0 { flush() }
            }
            keepAliveTimer?.set(afterMs: limits.pongTimeoutMs)
        } else if heardSincePing {
            isAwaitingPong = false
            keepAliveTimer?.set(afterMs: max(0, limits.pingIntervalMs - limits.pongTimeoutMs))
        } else {
            stream?.abort()
            finish(
                code: WebSocketCloseCode.abnormal,
                reason: "the peer was silent for \(limits.pongTimeoutMs) ms after a ping")
        }
    }

    // MARK: - Closing

    /// Begins the closing handshake: sends a close frame behind what is queued and waits for the
    /// peer's. Messages that still come in are dropped. `closedWith` follows, with the peer's code,
    /// or with 1006 after `closeTimeoutMs`. Does nothing when the connection is already ending.
    /// `code` must be one that may be sent (1000–1003, 1007–1014, 3000–4999), or 1005 for none; the
    /// reason is cut to 123 bytes.
    public func close(code: UInt16 = WebSocketCloseCode.normal, reason: String = "") {
        precondition(loop.isCurrent, "WebSocket.close off its loop")
        switch phase {
        case .connecting: connecting?.cancel(reason: "closed before it was open")
        case .open:
            phase = .closing
            encoder.appendClose(code: code, reason: reason)
            flush()
            let timer = loop.makeTimer { [unowned self] in
                stream?.abort()
                finish(
                    code: WebSocketCloseCode.abnormal,
                    reason: "no answer to the close frame within \(limits.closeTimeoutMs) ms")
            }
            timer.set(afterMs: limits.closeTimeoutMs)
            closeTimer = timer
        case .closing, .closed: break
        }
    }

    /// Drops the connection without a close frame; `closedWith` 1006 follows.
    public func abort() {
        abort(reason: "dropped here")
    }

    private func abort(reason: String) {
        precondition(loop.isCurrent, "WebSocket.abort off its loop")
        if phase == .connecting {
            connecting?.cancel(reason: reason)
        } else if phase != .closed {
            phase = .closing
            if abnormalReason == nil { abnormalReason = reason }
            stream?.abort()
        }
    }

    private func peerClosed(code: UInt16, reason: String) {
        if phase == .open { encoder.appendClose(code: code, reason: "") }
        flush()
        stream?.close()
        finish(code: code, reason: reason)
    }

    private func peerFailed(code: UInt16, reason: String) {
        if phase == .open { encoder.appendClose(code: code, reason: reason) }
        flush()
        stream?.close()
        finish(code: code, reason: reason)
    }

    private func streamClosed(_ closure: ByteStreamClosure) {
        if let connecting {
            connecting.streamClosed(closure)
            return
        }
        finish(
            code: WebSocketCloseCode.abnormal,
            reason: abnormalReason ?? "no close frame: \(closure.description)")
    }

    /// Reports the end, once.
    func finish(code: UInt16, reason: String) {
        guard phase != .closed else { return }
        phase = .closed
        connecting = nil
        keepAliveTimer?.close()
        closeTimer?.close()
        writableWakeup?.close()
        let handler = self.handler
        self.handler = nil
        handler?.webSocket(self, closedWith: code, reason: reason)
    }
}
