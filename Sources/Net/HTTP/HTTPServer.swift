import Glibc
import Synchronization

/// An HTTP/1.1 server on all loops of a group.
///
/// Connections are kept alive, pipelined requests answered in order, one at a time. May be used
/// from any thread; nothing here waits for the loops.
public final class HTTPServer: Sendable {
    /// The port it listens on.
    public let port: Int
    private let shared: HTTPServerShared
    private let parts: [(loop: EventLoop, part: LoopBound<HTTPServerLoop>)]

    /// Listens. `handler` is called once for each loop, on that loop, to make its handler.
    /// `onEvent` hears of what a log should tell, on the loop where it happened.
    public init(
        group: EventLoopGroup, options: HTTPServerOptions,
        onEvent: @escaping @Sendable (HTTPServerEvent) -> Void = { _ in },
        handler: @escaping @Sendable (EventLoop) -> HTTPHandler
    ) throws(NetError) {
        let identity: TLSServerIdentity?
        if let tls = options.tls {
            identity = try TLSServerIdentity(tls)
        } else {
            identity = nil
        }
        var sockets: [Int32] = []
        var port = options.port
        for _ in group.loops {
            do throws(NetError) {
                let made = try TCPListener.makeSocket(
                    host: options.host, port: port, backlog: options.backlog,
                    isFirst: sockets.isEmpty)
                sockets.append(made.socket)
                port = made.port
            } catch {
                for socket in sockets {
                    Glibc.close(socket)
                }
                throw error
            }
        }
        self.port = port
        let shared = HTTPServerShared(options: options, identity: identity, onEvent: onEvent)
        self.shared = shared
        parts = zip(group.loops, sockets).map { loop, socket in
            let part = LoopBound(HTTPServerLoop(loop: loop, shared: shared), loop: loop)
            loop.execute { part.value.start(socket: socket, handler: handler(loop)) }
            return (loop, part)
        }
    }

    /// Connections that are open now, those of WebSockets included.
    public var connectionCount: Int {
        shared.connectionCount.load(ordering: .relaxed)
    }

    /// Requests that have been handed to handlers since the start.
    public var requestCount: UInt64 {
        shared.requestCount.load(ordering: .relaxed)
    }

    /// Counts, loop by loop, the bytes that are kept for clients: answers that they have not taken
    /// and requests that wait. `completion` gets the count of one loop, on that loop.
    package func countHeldBytes(_ completion: @escaping @Sendable (Int) -> Void) {
        for (loop, part) in parts {
            loop.execute { completion(part.value.heldByteCount) }
        }
    }

    /// Takes no new connections, closes those without a request at once and the others behind the
    /// response they wait for. Streams that were handed over (WebSockets) stay.
    public func stopAccepting() {
        for (loop, part) in parts {
            loop.execute { part.value.drain() }
        }
    }

    /// Takes no new connections and cuts all that there are, but for streams handed over.
    public func close() {
        for (loop, part) in parts {
            loop.execute { part.value.closeAll() }
        }
    }

    /// Reads certificate and key again for new connections. On an error the old ones stay in use.
    /// Does nothing without TLS. Blocks on the files.
    public func reloadCertificate() throws(NetError) {
        try shared.identity?.reload()
    }
}

/// The state that the loops of one server share.
final class HTTPServerShared: Sendable {
    let options: HTTPServerOptions
    let identity: TLSServerIdentity?
    let onEvent: @Sendable (HTTPServerEvent) -> Void
    let connectionCount = Atomic<Int>(0)
    let requestCount = Atomic<UInt64>(0)

    init(
        options: HTTPServerOptions, identity: TLSServerIdentity?,
        onEvent: @escaping @Sendable (HTTPServerEvent) -> Void
    ) {
        self.options = options
        self.identity = identity
        self.onEvent = onEvent
    }
}

/// The part of a server that lives on one loop.
final class HTTPServerLoop {
    let loop: EventLoop
    let shared: HTTPServerShared
    let options: HTTPServerOptions
    private(set) var isDraining = false
    private(set) var handler: HTTPHandler = { _, _ in }
    let writer: HTTPHeadWriter
    private var listener: TCPListener?
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]

    init(loop: EventLoop, shared: HTTPServerShared) {
        self.loop = loop
        self.shared = shared
        options = shared.options
        writer = HTTPHeadWriter(serverName: shared.options.serverName)
    }

    func start(socket: Int32, handler: @escaping HTTPHandler) {
        self.handler = handler
        guard !isDraining else {
            Glibc.close(socket)
            return
        }
        let onEvent = shared.onEvent
        let place = (options.host, options.port)
        listener = TCPListener(
            loop: loop, socket: socket, backlog: options.backlog,
            onAccept: { [weak self] stream in
                if let self { accept(stream) } else { stream.abort() }
            },
            onError: { what in
                onEvent(
                    HTTPServerEvent(
                        remoteAddress: place.0, remotePort: place.1, status: nil, what: what))
            })
    }

    private func accept(_ stream: ByteStream) {
        let shared = shared
        let count = shared.connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
        stream.onReleased = {
            shared.connectionCount.wrappingSubtract(1, ordering: .relaxed)
        }
        stream.outboundBytesMax = options.outboundBytesMax
        if let identity = shared.identity {
            do throws(NetError) {
                stream.startTLS(try TLSSession(serverContext: identity.context))
            } catch {
                stream.onClosed = { [weak self] _ in
                    self?.report(stream, status: nil, what: error.description)
                }
                return stream.abort()
            }
        }
        let connection = HTTPConnection(stream: stream, server: self)
        connections[ObjectIdentifier(connection)] = connection
        connection.start(isOverLimit: count > options.connectionsMax)
    }

    var heldByteCount: Int { connections.values.reduce(0) { $0 + $1.heldByteCount } }

    func remove(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    func report(_ stream: ByteStream, status: Int?, what: String) {
        shared.onEvent(
            HTTPServerEvent(
                remoteAddress: stream.remoteAddress, remotePort: stream.remotePort,
                status: status, what: what))
    }

    func drain() {
        isDraining = true
        listener?.close()
        listener = nil
        for connection in Array(connections.values) {
            connection.closeIfIdle()
        }
    }

    func closeAll() {
        drain()
        for connection in Array(connections.values) {
            connection.abort()
        }
        // Handlers may hold on to responders, which hold on to this.
        handler = { _, _ in }
    }
}
