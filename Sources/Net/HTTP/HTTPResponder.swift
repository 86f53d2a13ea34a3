/// Takes the answer to one request: now or later, whole or in pieces, on the request's loop.
///
/// Exactly one of `respond`, `startStreaming` … `finish`, or `takeStream`. A responder that is let
/// go without an answer answers 500, or cuts the connection when it had begun to stream; that may
/// happen on any thread, everything else on the loop only.
public final class HTTPResponder {
    /// The loop of the connection.
    public let loop: EventLoop
    /// The request to be answered.
    public let request: HTTPRequest
    /// A streamed response may go on after `write` said false.
    public var onWritable: (() -> Void)?
    /// The connection is gone before the answer was complete: whatever works on it can stop.
    public var onClosed: (() -> Void)?
    /// The client has ended its side. Most that do so have gone; some only say that no other request
    /// follows, and wait for the answer.
    public var onPeerEnded: (() -> Void)?

    private let exchange: any HTTPExchange
    private let number: UInt64
    private var state = State.waiting

    private enum State {
        case waiting
        case streaming(asChunks: Bool, dropsBody: Bool)
        case done
        /// The client went away before it was answered; what is answered now goes nowhere.
        case gone
    }

    init(connection: HTTPConnection, request: HTTPRequest) {
        exchange = connection
        self.request = request
        loop = connection.server.loop
        number = connection.requestNumber
    }

    /// A responder without a connection, for whoever asks within the process: tests, fuzzers.
    /// - Parameter answered: gets the whole answer, once, on the loop.
    package init(
        _ request: HTTPRequest, on loop: EventLoop, answered: @escaping (HTTPResponse) -> Void
    ) {
        exchange = InProcessExchange(request, answered: answered)
        self.request = request
        self.loop = loop
        number = 1
    }

    deinit {
        let didBegin: Bool
        switch state {
        case .waiting: didBegin = false
        case .streaming: didBegin = true
        case .done, .gone: return
        }
        if loop.isCurrent {
            exchange.abandoned(number, didBegin: didBegin)
        } else {
            let bound = LoopBound(exchange, loop: loop)
            let number = number
            loop.execute { bound.value.abandoned(number, didBegin: didBegin) }
        }
    }

    /// True while an answer, or more of it, would reach the client as far as is known.
    public var isOpen: Bool {
        switch state {
        case .done, .gone: return false
        case .waiting, .streaming: return exchange.isOpen
        }
    }

    /// Sends a complete response. A body that the connection's queue cannot hold is kept and sent
    /// as the client takes it. Does nothing when the client is gone.
    public func respond(_ response: HTTPResponse) {
        if case .gone = state { return }
        guard case .waiting = state else {
            preconditionFailure("a request answered twice: \(request.method) \(request.path)")
        }
        end()
        exchange.respond(response)
    }

    /// Sends status and fields of a response whose body comes in pieces; its own body is not used.
    public func startStreaming(_ head: HTTPResponse) {
        if case .gone = state { return }
        guard case .waiting = state else {
            preconditionFailure("a request answered twice: \(request.method) \(request.path)")
        }
        let asChunks = exchange.beginStreaming(head)
        state = .streaming(asChunks: asChunks, dropsBody: exchange.dropsBody(head.status))
    }

    /// Sends a piece of the body. False when it was not taken: because the queue is full, then
    /// `onWritable` says when to try again; or because the client is gone, then `isOpen` is false.
    @discardableResult
    public func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .streaming(let asChunks, let dropsBody) = state else {
            if isAnswered { return false }
            preconditionFailure("HTTPResponder.write() before startStreaming()")
        }
        guard !dropsBody, !bytes.isEmpty else { return isOpen }
        return exchange.writePiece(bytes, asChunk: asChunks)
    }

    /// Ends a streamed body.
    public func finish() {
        guard case .streaming(let asChunks, _) = state else {
            if isAnswered { return }
            preconditionFailure("HTTPResponder.finish() before startStreaming()")
        }
        end()
        exchange.finishStreaming(asChunks: asChunks)
    }

    /// Takes the connection out of HTTP's hands, for another protocol on it (RFC 9110, 7.8), with
    /// the bytes that came behind the request.
    ///
    /// `nil`, and still to be answered, when the connection is gone or something was answered
    /// already. The stream's closures are empty; it may be reading or paused: set them at once and
    /// call `resumeReading()`. Nothing has been answered: `101` is the taker's to write. The
    /// connection goes on to count as one of the server's until the stream is closed.
    public func takeStream() -> (stream: ByteStream, unread: [UInt8])? {
        guard case .waiting = state, let taken = exchange.detach(number) else { return nil }
        end()
        return taken
    }

    func becameWritable() {
        onWritable?()
    }

    func peerEnded() {
        onPeerEnded?()
    }

    func connectionClosed() {
        guard !isAnswered else { return }
        let closed = onClosed
        end(.gone)
        closed?()
    }

    /// Nothing that is written now would reach anybody.
    private var isAnswered: Bool {
        switch state {
        case .done, .gone: true
        case .waiting, .streaming: false
        }
    }

    private func end(_ end: State = .done) {
        state = end
        onWritable = nil
        onClosed = nil
        onPeerEnded = nil
    }
}
