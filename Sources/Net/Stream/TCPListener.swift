import CUV
import Glibc

/// A listening socket of one loop. The kernel spreads connections over the loops' sockets, which
/// share the port (SO_REUSEPORT).
final class TCPListener {
    private let loop: EventLoop
    private let tcp: UnsafeMutablePointer<uv_tcp_t>
    private var isClosed = false
    private let onAccept: (ByteStream) -> Void
    private let onError: (String) -> Void

    /// Listens on a socket from `makeSocket` from now on. Loop only.
    init(
        loop: EventLoop, socket: Int32, backlog: Int,
        onAccept: @escaping (ByteStream) -> Void, onError: @escaping (String) -> Void
    ) {
        precondition(loop.isCurrent, "TCPListener made off its loop")
        self.loop = loop
        self.onAccept = onAccept
        self.onError = onError
        tcp = .allocate(capacity: 1)
        var code = uv_tcp_init(loop.uvLoop, tcp)
        precondition(code == 0, "uv_tcp_init without a socket cannot fail")
        tcp.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.add(self)
        guard !isClosed else {
            Glibc.close(socket)
            return
        }
        code = uv_tcp_open(tcp, socket)
        if code == 0 {
            code = uv_listen(stream, Int32(backlog)) { handle, status in
                guard let data = handle?.pointee.data else { return }
                Unmanaged<TCPListener>.fromOpaque(data).takeUnretainedValue().accept(status)
            }
        } else {
            Glibc.close(socket)
        }
        if code != 0 {
            onError("listening failed: \(uvReason(code))")
        }
    }

    deinit {
        tcp.deallocate()
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> {
        UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_stream_t.self)
    }

    private func accept(_ status: Int32) {
        guard status == 0 else { return onError("accepting failed: \(uvReason(status))") }
        let accepted = ByteStream(loop: loop)
        let code = uv_accept(stream, accepted.uvStream)
        guard code == 0 else {
            accepted.abort()
            return onError("accepting failed: \(uvReason(code))")
        }
        accepted.didConnect()
        onAccept(accepted)
    }

    /// Takes no more connections.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.remove(self)
        uv_close(UnsafeMutableRawPointer(tcp).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = handle?.pointee.data else { return }
            Unmanaged<TCPListener>.fromOpaque(data).release()
        }
    }

    /// A bound socket that listens; the port that it has. Any thread.
    ///
    /// The first socket of a server is bound alone, so that a port that anybody else listens on is
    /// refused, whoever it is; connections that linger from an earlier run (TIME_WAIT) do not count.
    /// Once it listens, it lets the others of its server in.
    /// - Parameter isFirst: of its server's sockets.
    static func makeSocket(
        host: String, port: Int, backlog: Int, isFirst: Bool
    ) throws(NetError) -> (socket: Int32, port: Int) {
        let place = "\(host):\(port)"
        guard let address = SocketAddress(host: host, port: port) else {
            throw .listen(address: place, reason: "not a numeric IP address and port")
        }
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(family, type, 0)
        guard socket >= 0 else {
            throw .listen(address: place, reason: String(cString: strerror(errno)))
        }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, size)
        // Between binding and listening a second server could still slip in, so sharing is allowed
        // only afterwards: the kernel looks for conflicts again when the socket begins to listen.
        guard isFirst || setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, size) == 0,
            address.withSystemAddress({ bind(socket, $0, address.length) }) == 0,
            listen(socket, Int32(backlog)) == 0,
            !isFirst || setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, size) == 0
        else {
            let code = errno
            Glibc.close(socket)
            let holder = code == EADDRINUSE ? PortHolder.describe(port: port) : nil
            throw .listen(
                address: place,
                reason: String(cString: strerror(code)) + (holder.map { " by \($0)" } ?? ""))
        }
        return (socket, boundPort(of: socket) ?? port)
    }

    private static func boundPort(of socket: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return code == 0 ? SocketAddress(storage)?.port : nil
    }
}

extension TCPListener: LoopResource {
    func loopWillStop() {
        close()
    }
}
