import Synchronization

/// One connection of the server: reads requests, one after the other, and sends their answers.
final class HTTPConnection: HTTPExchange {
    let stream: ByteStream
    let server: HTTPServerLoop
    let parser: HTTPRequestParser
    var phase = Phase.reading
    var timer: LoopTimer?
    /// Bytes that came while a request was being answered.
    private var held: [UInt8] = []
    /// Bytes of the portion being read that the parser has not taken.
    private var unparsed = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isRunning = false
    private var isCorked = false
    private var peerEnded = false
    private(set) var hasServed = false
    var deadline = Deadline.none
    var deadlineNumber: UInt64 = 0

    /// The request that is being answered: told apart from later ones by its number.
    private(set) var requestNumber: UInt64 = 0
    private(set) var version = HTTPVersion.http11
    private(set) var isHead = false
    private(set) var keepsAlive = true
    private weak var responder: HTTPResponder?
    /// A large body on its way, as far as it has not been queued.
    private var rest: (bytes: [UInt8], offset: Int)?
    var sentAtCheck: UInt64 = 0
    /// Of the stream, while a queue is waited for to be empty.
    private var lowWaterBytes = 0

    enum Phase {
        case reading, answering
        /// The answer is given, but the client has not taken all of it: the next request is neither
        /// read nor parsed until it has.
        case draining
        case closing, detached
    }

    enum Deadline {
        case none, idle, head, body, progress
    }

    /// Bytes that are kept while a request is being answered; then the client has to wait.
    private static let heldBytesMax = 65_536
    /// Answers to pipelined requests that are gathered before they are sent together.
    private static let corkedBytesMax = 65_536
    private static let portionBytes = 131_072

    init(stream: ByteStream, server: HTTPServerLoop) {
        self.stream = stream
        self.server = server
        let options = server.options
        parser = HTTPRequestParser(
            limits: HTTPRequestLimits(
                headerBytesMax: options.headerBytesMax, headerCountMax: options.headerCountMax,
                bodyBytesMax: options.bodyBytesMax))
    }

    func start(isOverLimit: Bool) {
        timer = server.loop.makeTimer { [unowned self] in timeIsUp() }
        stream.onRead = { [unowned self] in received($0) }
        stream.onReadEnd = { [unowned self] in peerDidEnd() }
        stream.onWritable = { [unowned self] in didBecomeWritable() }
        stream.onClosed = { [self] in didClose($0) }
        stream.resumeReading()
        if isOverLimit {
            refuse(503, "more than \(server.options.connectionsMax) connections")
        } else {
            setDeadline()
        }
    }

    // MARK: - Reading

    private func received(_ bytes: UnsafeRawBufferPointer) {
        switch phase {
        case .reading: run(bytes)
        case .answering:
            held.append(contentsOf: bytes)
            if held.count >= Self.heldBytesMax {
                stream.pauseReading()
            }
        case .draining: held.append(contentsOf: bytes)
        case .closing, .detached: break
        }
    }

    private func run(_ bytes: UnsafeRawBufferPointer) {
        isRunning = true
        unparsed = bytes
        while !unparsed.isEmpty, phase == .reading {
            step()
        }
        isRunning = false
        if phase == .answering || phase == .draining {
            held.append(contentsOf: unparsed)
        }
        unparsed = UnsafeRawBufferPointer(start: nil, count: 0)
        uncork()
        if phase == .reading { drainIfUnsent() }
        setDeadline()
    }

    private func step() {
        let (taken, outcome) = parser.feed(unparsed)
        unparsed = UnsafeRawBufferPointer(rebasing: unparsed[taken...])
        switch outcome {
        case .needsMore: break
        case .head:
            // One byte of the head (its last LF) is always left: more means the body is on its way.
            if parser.expectsContinue, unparsed.count <= 1 {
                write("HTTP/1.1 100 Continue\r\n\r\n")
            }
        case .complete: answer()
        case .failed(let failure): refuse(failure.status, failure.reason)
        }
    }

    private func answer() {
        phase = .answering
        requestNumber &+= 1
        hasServed = true
        keepsAlive = parser.keepsAlive
        let request = parser.takeRequest(
            remoteAddress: stream.remoteAddress, remotePort: stream.remotePort,
            isSecure: stream.isSecure)
        version = request.version
        isHead = request.method == "HEAD"
        server.shared.requestCount.wrappingAdd(1, ordering: .relaxed)
        if !unparsed.isEmpty, !isCorked {
            // More requests are here already: their answers go out together.
            isCorked = true
            stream.cork()
        }
        let responder = HTTPResponder(connection: self, request: request)
        self.responder = responder
        server.handler(request, responder)
    }

    private func peerDidEnd() -> Bool {
        peerEnded = true
        switch phase {
        case .answering, .draining:
            // Whoever ends its side behind a request may still wait for the answer.
            responder?.peerEnded()
            return true
        case .reading where parser.stage != .idle:
            server.report(stream, status: nil, what: "the client left inside a request")
            return false
        case .reading, .closing, .detached: return false
        }
    }

    // MARK: - Answering

    var isOpen: Bool { stream.isOpen }

    private func write(_ text: StaticString) {
        stream.writeBeyondLimit(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func writeHead() {
        server.writer.bytes.withUnsafeBytes { stream.writeBeyondLimit($0) }
    }

    /// Whether the connection may go on behind the response, which says so to the client.
    private func decideKeepAlive(_ response: HTTPResponse) {
        keepsAlive =
            keepsAlive && !server.isDraining && !peerEnded
            && !response.headers.contains(name: "connection", token: "close")
    }

    private static func allowsBody(_ status: Int) -> Bool {
        status != 204 && status != 304 && status >= 200
    }

    /// Sends a complete response.
    func respond(_ response: HTTPResponse) {
        guard phase == .answering, stream.isOpen else { return }
        decideKeepAlive(response)
        let allowsBody = Self.allowsBody(response.status)
        server.writer.begin(
            response, framing: allowsBody ? .length(response.body.count) : .none,
            version: version, keepsAlive: keepsAlive)
        let sendsBody = allowsBody && !isHead && !response.body.isEmpty
        if sendsBody, response.body.count <= 16_384 {
            server.writer.append(response.body)
            writeHead()
            finishAnswer()
        } else {
            writeHead()
            if sendsBody {
                rest = (response.body, 0)
                sendRest()
            } else {
                finishAnswer()
            }
        }
    }

    private func sendRest() {
        guard let (bytes, start) = rest else { return }
        var offset = start
        while offset < bytes.count, stream.isOpen {
            let end = min(offset + Self.portionBytes, bytes.count, offset + stream.roomByteCount)
            let isTaken = bytes.withUnsafeBytes {
                stream.write(UnsafeRawBufferPointer(rebasing: $0[offset..<end]))
            }
            guard isTaken, end > offset else { break }
            offset = end
        }
        if offset == bytes.count {
            rest = nil
            finishAnswer()
        } else {
            rest?.offset = offset
            stream.callWhenWritable()
            setDeadline()
        }
    }

    /// Sends the head of a response that comes in pieces; says whether the pieces are chunks.
    func beginStreaming(_ response: HTTPResponse) -> Bool {
        guard phase == .answering, stream.isOpen else { return false }
        decideKeepAlive(response)
        let framing: HTTPHeadWriter.Framing
        if !Self.allowsBody(response.status) {
            framing = .none
        } else if version == .http10 {
            framing = .untilClose
            keepsAlive = false
        } else {
            framing = .chunked
        }
        server.writer.begin(response, framing: framing, version: version, keepsAlive: keepsAlive)
        writeHead()
        if case .chunked = framing { return !isHead }
        return false
    }

    /// True when nothing of a streamed body may be sent.
    func dropsBody(_ status: Int) -> Bool {
        isHead || !Self.allowsBody(status)
    }

    /// A piece of a streamed body; false when it has to wait for `onWritable`.
    func writePiece(_ bytes: UnsafeRawBufferPointer, asChunk: Bool) -> Bool {
        guard phase == .answering, stream.isOpen else { return false }
        // A piece larger than the whole queue goes when the queue is empty, or it would never go.
        guard stream.roomByteCount >= bytes.count + 24 || stream.queuedByteCount == 0 else {
            stream.callWhenWritable()
            return false
        }
        if asChunk {
            stream.cork()
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { line in
                let start = Self.writeChunkSize(bytes.count, into: line)
                stream.writeBeyondLimit(
                    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(line)[start...]))
            }
            stream.writeBeyondLimit(bytes)
            write("\r\n")
            stream.uncork()
        } else {
            stream.writeBeyondLimit(bytes)
        }
        setDeadline()
        return true
    }

    /// Writes the size and line end at the buffer's end; returns where they begin.
    private static func writeChunkSize(
        _ size: Int, into line: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var index = line.count - 2
        line[index] = 0x0D
        line[index + 1] = 0x0A
        var rest = size
        repeat {
            index -= 1
            let digit = UInt8(rest & 15)
            line[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            rest >>= 4
        } while rest > 0
        return index
    }

    func finishStreaming(asChunks: Bool) {
        guard phase == .answering, stream.isOpen else { return }
        if asChunks {
            write("0\r\n\r\n")
        }
        finishAnswer()
    }

    private func finishAnswer() {
        server.writer.trim()
        responder = nil
        guard stream.isOpen else { return }
        guard keepsAlive, !peerEnded else {
            phase = .closing
            return closeStream()
        }
        phase = .reading
        if stream.queuedByteCount >= Self.corkedBytesMax { uncork() }
        if !isCorked { drainIfUnsent() }
        if !isRunning, phase == .reading {
            runHeld()
        }
    }

    private func uncork() {
        guard isCorked else { return }
        isCorked = false
        stream.uncork()
    }

    /// A client that does not take its answers gets no others, and is not read from: what it would
    /// ask for meanwhile waits on its own side.
    private func drainIfUnsent() {
        guard stream.isOpen, stream.queuedByteCount > 0 else { return }
        phase = .draining
        stream.pauseReading()
        lowWaterBytes = stream.lowWaterBytes
        stream.lowWaterBytes = 0
        stream.callWhenWritable()
        setDeadline()
    }

    private func didDrain() {
        phase = .reading
        stream.lowWaterBytes = lowWaterBytes
        guard held.isEmpty else { return runHeld() }
        stream.resumeReading()
        setDeadline()
        if server.isDraining || peerEnded { closeIfIdle() }
    }

    private func runHeld() {
        let taken = held
        held = []
        taken.withUnsafeBytes { run($0) }
        if phase == .reading || (phase == .answering && held.count < Self.heldBytesMax) {
            stream.resumeReading()
        }
    }

    /// The responder of the numbered request went away without finishing.
    func abandoned(_ number: UInt64, didBegin: Bool) {
        guard number == requestNumber, phase == .answering, stream.isOpen else { return }
        if didBegin {
            server.report(stream, status: nil, what: "the handler dropped a streamed response")
            stream.abort()
        } else {
            server.report(stream, status: 500, what: "the handler dropped the request unanswered")
            respond(HTTPResponse(status: 500))
        }
    }

    /// Hands the stream over, with what has been read beyond the request.
    func detach(_ number: UInt64) -> (stream: ByteStream, unread: [UInt8])? {
        guard number == requestNumber, phase == .answering, stream.isOpen, !peerEnded else {
            return nil
        }
        phase = .detached
        uncork()
        stream.onRead = nil
        stream.onReadEnd = nil
        stream.onWritable = nil
        stream.onClosed = nil
        timer?.close()
        timer = nil
        server.remove(self)
        let unread = isRunning ? Array(unparsed) : held
        held = []
        return (stream, unread)
    }

    // MARK: - Ends

    /// Answers a request that cannot be served, and closes.
    func refuse(_ status: Int, _ what: String) {
        guard stream.tls?.isEstablished != false else {
            server.report(stream, status: nil, what: what)
            return stream.abort()
        }
        server.report(stream, status: status, what: what)
        let response = HTTPResponse(
            status: status, contentType: "text/plain; charset=utf-8", body: what + "\n")
        server.writer.begin(
            response, framing: .length(response.body.count), version: .http11, keepsAlive: false)
        server.writer.append(response.body)
        phase = .closing
        writeHead()
        closeStream()
    }

    func closeStream() {
        uncork()
        timer?.cancel()
        deadline = .none
        if stream.queuedByteCount > 0 {
            stream.closeTimeoutMs = max(stream.closeTimeoutMs, server.options.writeTimeoutMs)
        }
        stream.close()
    }

    /// Bytes that are kept for this client: answers it has not taken, requests that wait.
    var heldByteCount: Int {
        stream.queuedByteCount + held.count + (rest.map { $0.bytes.count - $0.offset } ?? 0)
    }

    func closeIfIdle() {
        if phase == .reading, parser.stage == .idle {
            phase = .closing
            closeStream()
        }
    }

    func abort() {
        stream.abort()
    }

    private func didBecomeWritable() {
        if phase == .draining { return didDrain() }
        guard phase == .answering else { return }
        if rest != nil {
            sendRest()
        } else {
            responder?.becameWritable()
        }
    }

    private func didClose(_ closure: ByteStreamClosure) {
        if case .failed(let error) = closure {
            server.report(stream, status: nil, what: error.description)
        }
        timer?.close()
        timer = nil
        server.remove(self)
        let waiting = phase == .answering ? responder : nil
        phase = .closing
        rest = nil
        waiting?.connectionClosed()
    }
}
