import CUV
import Glibc

/// Why a byte stream is closed.
public enum ByteStreamClosure: Sendable, Equatable, CustomStringConvertible {
    /// `close()` or `abort()` was called here, or the loop stopped.
    case local
    /// The peer ended the connection in an orderly way.
    case peer
    /// The connection broke, or TLS was refused.
    case failed(NetError)

    public var description: String {
        switch self {
        case .local: "closed here"
        case .peer: "closed by the peer"
        case .failed(let error): error.description
        }
    }
}

/// A connected byte stream, plain or TLS, on one loop.
///
/// Everything here is for the loop's thread only. A stream begins with reading paused: set the
/// closures, then call `resumeReading()`. It keeps itself alive until `onClosed` has been called;
/// that happens exactly once, whatever closed it, and never inside another call on the stream.
/// After it all closures are dropped. Neither reading nor writing allocates in the usual case.
public final class ByteStream {
    /// The loop the stream lives on.
    public let loop: EventLoop
    /// The peer's IP address without its port; IPv4 that came over IPv6 is written as IPv4.
    public internal(set) var remoteAddress = ""
    /// The peer's port.
    public internal(set) var remotePort = 0
    /// True when the bytes travel over TLS.
    public var isSecure: Bool { tls != nil }

    /// Bytes that came in; valid during the call only, because the buffer belongs to the whole
    /// loop.
    public var onRead: ((UnsafeRawBufferPointer) -> Void)?
    /// The peer will send no more. Return true to go on writing (half-closed); without this
    /// closure, or with false, the stream closes as `.peer`.
    public var onReadEnd: (() -> Bool)?
    /// The queue, which had been above `lowWaterBytes` or refused bytes, is below it again.
    public var onWritable: (() -> Void)?
    /// The stream is closed; called exactly once.
    public var onClosed: ((ByteStreamClosure) -> Void)?

    /// The most bytes that wait to be sent; a write that would go above it is refused.
    public var outboundBytesMax = 1_048_576
    /// Where `onWritable` is called after the queue had been above it.
    public var lowWaterBytes = 65_536
    /// How long `close()` waits for the queue to empty and the peer to finish.
    public var closeTimeoutMs = 2_000

    /// For the server's count of connections: called before `onClosed`, outlives hand-overs.
    var onReleased: (() -> Void)?
    /// The end of a TLS handshake: `nil` or the error that the stream closes with.
    var onHandshake: ((NetError?) -> Void)?

    let tcp: UnsafeMutablePointer<uv_tcp_t>
    let writeRequest: UnsafeMutablePointer<uv_write_t>
    var tls: TLSSession?
    var phase = Phase.open
    var isReading = false
    var peerEnded = false
    var corkDepth = 0
    /// Bytes written while corked, in the clear.
    var corked = OutboundBuffer()
    /// Bytes for the wire that wait behind those in flight.
    var waiting = OutboundBuffer()
    /// Bytes that libuv writes from; not touched until it is done.
    var inFlight = OutboundBuffer()
    var isWriting = false
    var owesWritable = false
    var wireByteCount: UInt64 = 0
    /// Of the bytes that wait, those that TLS has answered by itself.
    var unreadTLSByteCount: UInt64 = 0
    private var closure = ByteStreamClosure.local
    private var closeTimer: LoopTimer?
    private var catchUp: LoopWakeup?

    /// Writes that were refused because the queue was full.
    public internal(set) var refusedWriteCount = 0

    enum Phase {
        case open
        /// `close()` was called; what is queued still goes out.
        case flushing
        /// All is sent; waiting for the peer to end, lest unread bytes turn into a reset that
        /// destroys our last words.
        case lingering
        case closed
    }

    /// A stream without a connection yet.
    init(loop: EventLoop) {
        precondition(loop.isCurrent, "ByteStream made off its loop")
        self.loop = loop
        tcp = .allocate(capacity: 1)
        writeRequest = .allocate(capacity: 1)
        let code = uv_tcp_init(loop.uvLoop, tcp)
        precondition(code == 0, "uv_tcp_init without a socket cannot fail")
        // The handle keeps the stream alive until libuv has let go of it.
        tcp.pointee.data = Unmanaged.passRetained(self).toOpaque()
        writeRequest.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        loop.add(self)
    }

    deinit {
        tcp.deallocate()
        writeRequest.deallocate()
    }

    /// True until `close()`, `abort()`, the peer or an error ends the stream.
    public var isOpen: Bool { phase == .open }

    var uvStream: UnsafeMutablePointer<uv_stream_t> {
        UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_stream_t.self)
    }

    static func from(_ data: UnsafeMutableRawPointer?) -> ByteStream? {
        data.map { Unmanaged<ByteStream>.fromOpaque($0).takeUnretainedValue() }
    }

    /// To be called once the socket is connected: small writes at once, and who the peer is.
    func didConnect() {
        uv_tcp_nodelay(tcp, 1)
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                uv_tcp_getpeername(tcp, $0, &length)
            }
        }
        if code == 0, let peer = SocketAddress(storage) {
            remoteAddress = peer.host
            remotePort = peer.port
        }
    }

    // MARK: - Closing

    /// Sends what is queued, tells the peer that no more comes, and closes. Bytes that still come
    /// in are dropped. Gives up after `closeTimeoutMs`.
    public func close() {
        guard phase == .open else { return }
        phase = .flushing
        startCloseTimer()
        if let tls {
            flushCorked()
            tls.sendCloseNotify()
            flushTLS()
        } else {
            flushCorked()
        }
        finishFlushing()
    }

    /// Closes at once; what is queued here is lost.
    public func abort() {
        finish(.local)
    }

    func fail(_ what: String, code: Int32) {
        fail(.io(what: what, reason: uvReason(code)))
    }

    func fail(_ error: NetError) {
        finish(.failed(error))
    }

    /// Goes on with closing when the queue is empty.
    func finishFlushing() {
        guard phase == .flushing, !isWriting else { return }
        guard !peerEnded else { return finish(.local) }
        var descriptor: uv_os_fd_t = -1
        let handle = UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_handle_t.self)
        guard uv_fileno(handle, &descriptor) == 0, shutdown(descriptor, Int32(SHUT_WR)) == 0 else {
            return finish(.local)
        }
        phase = .lingering
        startReading()
    }

    private func startCloseTimer() {
        let timer = loop.makeTimer { [unowned self] in finish(.local) }
        timer.set(afterMs: closeTimeoutMs)
        closeTimer = timer
    }

    func finish(_ closure: ByteStreamClosure) {
        guard phase != .closed else { return }
        phase = .closed
        self.closure = closure
        closeTimer?.close()
        closeTimer = nil
        catchUp?.close()
        catchUp = nil
        loop.remove(self)
        uv_close(UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<ByteStream>.fromOpaque(data).takeRetainedValue().didClose()
        }
    }

    private func didClose() {
        tls = nil
        let handshake = onHandshake
        let released = onReleased
        let closed = onClosed
        onRead = nil
        onReadEnd = nil
        onWritable = nil
        onClosed = nil
        onReleased = nil
        onHandshake = nil
        if case .failed(let error) = closure {
            handshake?(error)
        } else {
            handshake?(.tls(what: "handshake", reason: "the peer closed the connection"))
        }
        released?()
        closed?(closure)
    }

    /// Does soon what must not be done inside the caller: decrypting uses the read buffer that the
    /// caller may be reading from, and `onWritable` would surprise a writer.
    func scheduleCatchUp() {
        let wakeup =
            catchUp
            ?? loop.makeWakeup { [unowned self] in
                pumpTLS()
                reportWritable()
            }
        catchUp = wakeup
        wakeup.signal()
    }
}

extension ByteStream: LoopResource {
    func loopWillStop() {
        finish(.local)
    }
}
