import CAllocationCounter
import Foundation
import Net
import Testing

/// The client side: against our server, and against raw servers that do wrong.
@Suite struct WebSocketClientTests {
    /// A loop for clients.
    private func withLoop(_ body: (EventLoop) throws -> Void) throws {
        let group = try EventLoopGroup(count: 1, label: "ws-client")
        defer { group.shutdown() }
        try body(group.loops[0])
    }

    private func connect(
        _ loop: EventLoop, _ url: String, _ handler: RecordingHandler,
        headers: HTTPHeaders = HTTPHeaders(), limits: WebSocketLimits = WebSocketLimits(),
        tls: TLSClientOptions? = nil
    ) throws -> LoopBound<WebSocket> {
        let made = Mailbox<LoopBound<WebSocket>>()
        loop.execute {
            let socket = WebSocket.connect(
                loop: loop, url: url, headers: headers, limits: limits, tls: tls, handler: handler)
            made.put(LoopBound(socket, loop: loop))
        }
        return try #require(made.take())
    }

    @Test(arguments: [false, true])
    func messagesOfEverySizeComeBackInOrder(isSecure: Bool) throws {
        let certificate = try #require(TestCertificate.paths)
        var limits = WebSocketLimits()
        limits.messageBytesMax = 200_000
        let server = try WebSocketTestServer(
            limits: limits,
            tls: isSecure
                ? TLSServerOptions(
                    certificateChainPath: certificate.certificate, privateKeyPath: certificate.key)
                : nil)
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            let sizes = [0, 1, 125, 126, 127, 4000, 4096, 20_000, 65_535, 65_536, 150_000]
            handler.onOpened = { socket in
                for size in sizes {
                    let bytes = (0..<size).map { UInt8(0x20 + $0 % 90) }
                    bytes.withUnsafeBytes {
                        #expect(socket.send(text: $0))
                        #expect(socket.send(binary: $0))
                    }
                }
            }
            let url = "\(isSecure ? "wss" : "ws")://localhost:\(server.server.port)/echo"
            let socket = try connect(
                loop, url, handler, limits: limits,
                tls: TLSClientOptions(caFile: certificate.certificate))
            #expect(handler.heard.take() == .opened)
            for size in sizes {
                let bytes = (0..<size).map { UInt8(0x20 + $0 % 90) }
                #expect(handler.heard.take() == .text(String(decoding: bytes, as: UTF8.self)))
                #expect(handler.heard.take() == .binary(bytes))
            }
            loop.execute { socket.value.close() }
            #expect(handler.heard.take() == .closed(1000, ""))
        }
    }

    @Test func untrustedCertificateIsRefused() throws {
        let certificate = try #require(TestCertificate.paths)
        let server = try WebSocketTestServer(
            tls: TLSServerOptions(
                certificateChainPath: certificate.certificate, privateKeyPath: certificate.key))
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            _ = try connect(loop, "wss://localhost:\(server.server.port)/echo", handler)
            let heard = try #require(handler.heard.take())
            #expect(
                heard.closeCode == 1006 && heard.closeReason.contains("certificate"), "\(heard)")
        }
    }

    @Test func headersSubprotocolAndServersCloseArrive() throws {
        let server = try WebSocketTestServer(subprotocols: ["b"]) { handler in
            handler.onOpened = { $0.close(code: 4001, reason: "not you") }
        }
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            let socket = try connect(
                loop, "ws://127.0.0.1:\(server.server.port)/other", handler,
                headers: ["Authorization": "Bearer t", "Sec-WebSocket-Protocol": "a, b"])
            #expect(handler.heard.take() == .opened)
            #expect(handler.heard.take() == .closed(4001, "not you"))
            let serverSide = try #require(server.sockets.take())
            #expect(
                try server.onLoop { serverSide.value.handshakeHeaders["authorization"] }
                    == "Bearer t")
            let chosen = Mailbox<String?>()
            loop.execute { chosen.put(socket.value.subprotocol) }
            #expect(chosen.take() == .some("b"))
        }
    }

    static let accepting: @Sendable (RawPeer) -> Void = { peer in
        let head = peer.receiveHead()
        let key =
            head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?
            .dropFirst(19) ?? ""
        peer.send(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(WebSocketKey.accept(for: String(key)))\r\n\r\n")
    }

    @Test(arguments: [
        ("no route", "404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ("redirect", "redirects", "HTTP/1.1 302 Found\r\nLocation: http://h/\r\n\r\n"),
        ("unauthorized", "401", "HTTP/1.1 401 Unauthorized\r\n\r\n"),
        ("garbage", "not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ("nothing", "ended during the handshake", ""),
        ("half", "ended during the handshake", "HTTP/1.1 101 Switching"),
        (
            "stolen accept", "does not answer the key",
            "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        ),
    ])
    func failedHandshakeIsOne1006(name: String, reason: String, response: String) throws {
        let server = try FaultServer { peer in
            _ = peer.receiveHead()
            peer.send(response)
        }
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            _ = try connect(loop, "ws://127.0.0.1:\(server.port)/", handler)
            let heard = try #require(handler.heard.take())
            #expect(heard.closeCode == 1006 && heard.closeReason.contains(reason), "\(heard)")
            #expect(handler.heard.take(seconds: 0.02) == nil)
        }
    }

    @Test func silentServerRefusedPortAndBadAddressEnd() throws {
        let server = try FaultServer { peer in
            _ = peer.receiveToEnd()
        }
        defer { server.close() }
        let (closedDescriptor, closedPort) = try RawPeer.listen()
        Glibc.close(closedDescriptor)
        try withLoop { loop in
            var limits = WebSocketLimits()
            limits.handshakeTimeoutMs = 30
            let silent = RecordingHandler()
            _ = try connect(loop, "ws://127.0.0.1:\(server.port)/", silent, limits: limits)
            let first = try #require(silent.heard.take())
            #expect(first.closeCode == 1006 && first.closeReason.contains("within 30 ms"))

            // A TLS handshake that nobody answers belongs to connecting.
            limits.handshakeTimeoutMs = 60_000
            limits.connectTimeoutMs = 30
            let mute = RecordingHandler()
            _ = try connect(loop, "wss://127.0.0.1:\(server.port)/", mute, limits: limits)
            let other = try #require(mute.heard.take())
            #expect(other.closeCode == 1006 && other.closeReason.contains("30 ms"), "\(other)")

            let refused = RecordingHandler()
            _ = try connect(loop, "ws://127.0.0.1:\(closedPort)/", refused)
            let second = try #require(refused.heard.take())
            #expect(second.closeCode == 1006 && second.closeReason.contains("cannot connect"))

            let malformed = RecordingHandler()
            _ = try connect(loop, "http//nonsense", malformed)
            let third = try #require(malformed.heard.take())
            #expect(third.closeCode == 1006 && third.closeReason.contains("ws://"))
        }
    }

    @Test func closeBeforeOpenIsReportedOnceAndLater() throws {
        let server = try FaultServer { _ = $0.receiveToEnd() }
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            let duringCall = Mailbox<Heard?>()
            let port = server.port
            loop.execute {
                let socket = WebSocket.connect(
                    loop: loop, url: "ws://127.0.0.1:\(port)/", handler: handler)
                socket.close()
                socket.close()
                #expect(!socket.send("no"))
                duringCall.put(handler.heard.peek())
            }
            #expect(duringCall.take() == .some(nil))
            #expect(handler.heard.take()?.closeCode == 1006)
            #expect(handler.heard.take(seconds: 0.02) == nil)
        }
    }

    @Test(arguments: [
        ("masked", Wire.text("x"), UInt16(1002)),
        ("reserved bit", Wire.frame(1, [65], rsv: 2, masked: false), 1002),
        ("not UTF-8", Wire.frame(1, [0xFF], masked: false), 1007),
        ("too big", Wire.frame(2, [UInt8](repeating: 0, count: 70_000), masked: false), 1009),
    ])
    func serversViolationsEndTheConnection(name: String, bytes: [UInt8], code: UInt16) throws {
        let answer = Mailbox<[UInt8]>()
        let server = try FaultServer { peer in
            Self.accepting(peer)
            peer.send(Wire.text("fine", masked: false) + bytes)
            // First byte, length and mask, then the code.
            let frame = peer.receive(exactly: 8)
            answer.put(
                frame.count == 8 ? [frame[0], frame[6] ^ frame[2], frame[7] ^ frame[3]] : frame)
        }
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            _ = try connect(loop, "ws://127.0.0.1:\(server.port)/", handler)
            #expect(handler.heard.take() == .opened)
            #expect(handler.heard.take() == .text("fine"))
            #expect(handler.heard.take()?.closeCode == code)
            #expect(answer.take() == [0x88, UInt8(code >> 8), UInt8(code & 0xFF)])
        }
    }

    @Test func serverThatResetsIs1006() throws {
        let server = try FaultServer { peer in
            Self.accepting(peer)
            _ = peer.receive(exactly: 1)
            peer.reset()
        }
        defer { server.close() }
        try withLoop { loop in
            let handler = RecordingHandler()
            handler.onOpened = { $0.send("hello") }
            _ = try connect(loop, "ws://127.0.0.1:\(server.port)/", handler)
            #expect(handler.heard.take() == .opened)
            #expect(handler.heard.take()?.closeCode == 1006)
        }
    }
}

/// Plays one message back and forth and counts what the loop's thread allocates meanwhile.
private final class PingPong: WebSocketHandler, @unchecked Sendable {
    let done = Mailbox<UInt64>()
    private let message: [UInt8]
    private let warmUpCount: Int
    private let count: Int
    private var received = 0
    private var allocationsBefore: UInt64 = 0

    init(messageBytes: Int, warmUpCount: Int, count: Int) {
        message = [UInt8](repeating: 0x61, count: messageBytes)
        self.warmUpCount = warmUpCount
        self.count = count
    }

    func webSocketOpened(_ socket: WebSocket) {
        message.withUnsafeBytes { _ = socket.send(text: $0) }
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        received += 1
        if received == warmUpCount { allocationsBefore = streamd_allocations_of_this_thread() }
        if received == warmUpCount + count {
            done.put(streamd_allocations_of_this_thread() - allocationsBefore)
        } else {
            _ = socket.send(text: bytes)
        }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

@Suite struct WebSocketAllocationTests {
    /// Server and client on one loop, so that one thread's counter sees both halves. OpenSSL 3.0 makes four small allocations of its
    /// own for each record it writes, which are the only ones over TLS.
    @Test(arguments: [(220, false), (3000, false), (220, true)])
    func tenThousandEchoesAllocateNothing(messageBytes: Int, isSecure: Bool) throws {
        guard streamd_allocations_are_counted() else { return }
        let certificate = try #require(TestCertificate.paths)
        let server = try WebSocketTestServer(
            tls: isSecure
                ? TLSServerOptions(
                    certificateChainPath: certificate.certificate, privateKeyPath: certificate.key)
                : nil)
        defer { server.close() }
        let handler = PingPong(messageBytes: messageBytes, warmUpCount: 100, count: 10_000)
        let url = "\(isSecure ? "wss" : "ws")://127.0.0.1:\(server.server.port)/echo"
        let loop = server.loop
        loop.execute {
            WebSocket.connect(
                loop: loop, url: url, tls: TLSClientOptions(verifiesPeer: false), handler: handler)
        }
        let allocations = try #require(handler.done.take(seconds: 30))
        #expect(allocations <= (isSecure ? 2 * 4 * 10_000 : 0))
    }

    @Test func theCounterCounts() {
        guard streamd_allocations_are_counted() else { return }
        let before = streamd_allocations_of_this_thread()
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
        let made = streamd_allocations_of_this_thread() - before
        memory.deallocate()
        #expect(made == 1)
    }
}
