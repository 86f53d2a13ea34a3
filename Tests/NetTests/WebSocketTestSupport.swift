import Foundation
import Glibc
import Net
import Synchronization
import Testing

/// Passes values from a loop to a waiting test.
final class Mailbox<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var values: [Value] = []

    func put(_ value: Value) {
        condition.lock()
        values.append(value)
        condition.signal()
        condition.unlock()
    }

    /// The next value; nil after the time-out, which only a failing test reaches.
    func take(seconds: Double = 10) -> Value? {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while values.isEmpty {
            guard condition.wait(until: limit) else { return nil }
        }
        return values.removeFirst()
    }

    /// A value that is there already.
    func peek() -> Value? {
        condition.lock()
        defer { condition.unlock() }
        return values.first
    }
}

/// What a handler was told.
enum Heard: Equatable, Sendable {
    case opened
    case text(String)
    case binary([UInt8])
    case writable
    case closed(UInt16, String)

    /// The close code, whatever the reason.
    var closeCode: UInt16? {
        if case .closed(let code, _) = self { code } else { nil }
    }

    var closeReason: String {
        if case .closed(_, let reason) = self { reason } else { "" }
    }
}

/// Writes down all it is told, and does what the test wants on the loop.
final class RecordingHandler: WebSocketHandler, @unchecked Sendable {
    let heard = Mailbox<Heard>()
    var onOpened: ((WebSocket) -> Void)?
    var onMessage: ((WebSocket, UnsafeRawBufferPointer) -> Void)?
    var onWritable: ((WebSocket) -> Void)?

    func webSocketOpened(_ socket: WebSocket) {
        heard.put(.opened)
        onOpened?(socket)
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        heard.put(.text(String(decoding: bytes, as: UTF8.self)))
        onMessage?(socket, bytes)
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        heard.put(.binary(Array(bytes)))
        onMessage?(socket, bytes)
    }

    func webSocketWritable(_ socket: WebSocket) {
        heard.put(.writable)
        onWritable?(socket)
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        heard.put(.closed(code, reason))
    }
}

/// Sends back what it gets, and writes nothing down.
final class EchoHandler: WebSocketHandler {
    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        _ = socket.send(text: bytes)
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        _ = socket.send(binary: bytes)
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

extension WebSocket {
    @discardableResult
    func send(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { send(text: $0) }
    }
}

/// An HTTP server on one loop that hands every request for a WebSocket to a handler of the test.
final class WebSocketTestServer: @unchecked Sendable {
    let group: EventLoopGroup
    let server: HTTPServer
    /// Handlers of the connections, in the order they were accepted.
    let accepted = Mailbox<RecordingHandler>()
    let sockets = Mailbox<LoopBound<WebSocket>>()

    init(
        limits: WebSocketLimits = WebSocketLimits(), tls: TLSServerOptions? = nil,
        subprotocols: [String] = [],
        setUp: @escaping @Sendable (RecordingHandler) -> Void = { _ in }
    ) throws {
        group = try EventLoopGroup(count: 1, label: "ws-test")
        var options = HTTPServerOptions(host: "127.0.0.1")
        options.tls = tls
        let accepted = self.accepted
        let sockets = self.sockets
        server = try HTTPServer(group: group, options: options) { loop in
            { request, responder in
                let handler: any WebSocketHandler
                if request.path == "/echo" {
                    handler = EchoHandler()
                } else {
                    let recorder = RecordingHandler()
                    setUp(recorder)
                    accepted.put(recorder)
                    handler = recorder
                }
                if let socket = responder.acceptWebSocket(
                    limits: limits, subprotocols: subprotocols, handler: handler)
                {
                    sockets.put(LoopBound(socket, loop: loop))
                }
            }
        }
    }

    var loop: EventLoop { group.loops[0] }

    func close() {
        server.close()
        group.shutdown()
    }

    /// Runs on the loop and waits for the result.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () -> Value) throws -> Value {
        let box = Mailbox<Value>()
        loop.execute { box.put(body()) }
        return try #require(box.take())
    }
}

/// A blocking TCP socket that knows nothing of WebSocket: for peers that misbehave.
final class RawPeer: @unchecked Sendable {
    let descriptor: Int32
    private let isOpen = Atomic<Bool>(true)

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Connects to a port of this machine. A small receive buffer makes a stalled reader felt soon.
    convenience init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBufferBytes {
            setsockopt(made, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = RawPeer.localhost(port: port)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        self.init(descriptor: made)
    }

    /// A listening socket of this machine and its port.
    static func listen() throws -> (descriptor: Int32, port: Int) {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = localhost(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, length) == 0 && Glibc.listen(made, 16) == 0
                    ? getsockname(made, $0, &length) : -1
            }
        }
        try #require(code == 0)
        return (made, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func localhost(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Whatever comes next; empty at the end of the stream.
    func receive(_ capacity: Int = 65536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: capacity)
        let count = recv(descriptor, &buffer, capacity, 0)
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    /// Exactly that many bytes, fewer at the end of the stream.
    func receive(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = receive(count - bytes.count)
            guard !more.isEmpty else { break }
            bytes += more
        }
        return bytes
    }

    func receiveToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = receive()
            guard !more.isEmpty else { return bytes }
            bytes += more
        }
    }

    /// Up to and including the empty line of an HTTP head.
    func receiveHead() -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let more = receive(1)
            guard !more.isEmpty else { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next frame of a server: first byte, and payload.
    func receiveFrame() -> (first: UInt8, payload: [UInt8]) {
        let head = receive(exactly: 2)
        guard head.count == 2 else { return (0, []) }
        var count = Int(head[1])
        if count == 126 { count = receive(exactly: 2).reduce(0) { $0 << 8 | Int($1) } }
        if count == 127 { count = receive(exactly: 8).reduce(0) { $0 << 8 | Int($1) } }
        return (head[0], receive(exactly: count))
    }

    /// Shakes hands as a client, with the key of RFC 6455 §1.3.
    func upgrade(path: String = "/", with frames: [UInt8] = []) throws {
        send(
            Array(
                """
                GET \(path) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r
                Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r\n\r\n
                """.utf8) + frames)
        let head = receiveHead()
        try #require(head.hasPrefix("HTTP/1.1 101 "), "\(head)")
        #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset, as a machine that was switched off and on.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Closes once: a second close would hit whatever got the descriptor's number since.
    func close() {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        Glibc.close(descriptor)
    }
}

/// A server that does with each connection what the test says, on a thread of its own.
final class FaultServer: @unchecked Sendable {
    let port: Int
    private let descriptor: Int32

    init(_ serve: @escaping @Sendable (RawPeer) -> Void) throws {
        (descriptor, port) = try RawPeer.listen()
        let descriptor = self.descriptor
        Thread.detachNewThread {
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else {
                    // Closed here, where nothing can accept from its number's next owner.
                    Glibc.close(descriptor)
                    return
                }
                Thread.detachNewThread {
                    let peer = RawPeer(descriptor: accepted)
                    serve(peer)
                    peer.close()
                }
            }
        }
    }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// A certificate for `localhost` and 127.0.0.1 that signs itself, made once with openssl.
enum TestCertificate {
    static let paths: (certificate: String, key: String)? = {
        let folder = NSTemporaryDirectory() + "streamd-test-\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out",
            "\(folder)/certificate.pem",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return ("\(folder)/certificate.pem", "\(folder)/key.pem")
    }()
}
