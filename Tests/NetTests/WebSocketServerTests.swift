import Foundation
import Net
import Testing

/// The server side, driven by a raw socket so that every byte is the test's own.
@Suite struct WebSocketServerTests {
    @Test func echoesWhatComesWithTheHandshakeAndAfter() throws {
        let server = try WebSocketTestServer()
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade(path: "/echo", with: Wire.text("early"))
        #expect(peer.receiveFrame() == (0x81, Array("early".utf8)))
        peer.send(Wire.frame(1, Array("Hel".utf8), fin: false))
        peer.send(Wire.frame(9, [1, 2]) + Wire.frame(0, Array("lo".utf8)))
        #expect(peer.receiveFrame() == (0x8A, [1, 2]))
        #expect(peer.receiveFrame() == (0x81, Array("Hello".utf8)))
        let long = [UInt8](repeating: 7, count: 65_536)
        peer.send(Wire.frame(2, long))
        #expect(peer.receiveFrame() == (0x82, long))
        for byte in Wire.text("slow") { peer.send([byte]) }
        #expect(peer.receiveFrame() == (0x81, Array("slow".utf8)))
    }

    @Test func closingHandshakeForEveryCode() throws {
        let server = try WebSocketTestServer()
        defer { server.close() }
        for code: UInt16 in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 4999] {
            // The peer begins.
            let peer = try RawPeer(port: server.server.port)
            try peer.upgrade()
            let handler = try #require(server.accepted.take())
            peer.send(Wire.close(code, "why \(code)") + Wire.text("too late"))
            #expect(peer.receiveFrame() == (0x88, [UInt8(code >> 8), UInt8(code & 0xFF)]))
            #expect(handler.heard.take() == .opened)
            #expect(handler.heard.take() == .closed(code, "why \(code)"))
            peer.finishSending()
            #expect(peer.receiveToEnd().isEmpty)
            peer.close()
            #expect(handler.heard.peek() == nil)
        }
        for code: UInt16 in [1000, 1001, 1011, 4000] {
            // The server begins.
            let peer = try RawPeer(port: server.server.port)
            _ = server.sockets.peek()
            while server.sockets.peek() != nil { _ = server.sockets.take() }
            try peer.upgrade()
            let handler = try #require(server.accepted.take())
            let socket = try #require(server.sockets.take())
            server.loop.execute { socket.value.close(code: code, reason: "done") }
            #expect(
                peer.receiveFrame()
                    == (0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array("done".utf8)))
            // Messages that were on their way are dropped; the peer's code is what counts.
            peer.send(Wire.text("crossing") + Wire.close(1000))
            #expect(peer.receiveToEnd().isEmpty)
            peer.close()
            #expect(handler.heard.take() == .opened)
            #expect(handler.heard.take() == .closed(1000, ""))
        }
    }

    @Test(arguments: [
        ("unmasked", Wire.text("x", masked: false), UInt16(1002)),
        ("reserved bit", Wire.frame(1, [65], rsv: 4), 1002),
        ("unknown opcode", Wire.frame(5, [65]), 1002),
        ("no message to continue", Wire.frame(0, [65]), 1002),
        ("not UTF-8", Wire.frame(1, [0xC3, 0x28]), 1007),
        ("too big", Wire.frame(2, [UInt8](repeating: 0, count: 2001)), 1009),
        ("HTTP", Array("GET / HTTP/1.1\r\n\r\n".utf8), 1002),
        ("close code 1005", Wire.close(1005), 1002),
    ])
    func violationEndsTheConnectionWithItsCode(name: String, bytes: [UInt8], code: UInt16) throws {
        var limits = WebSocketLimits()
        limits.messageBytesMax = 2000
        let server = try WebSocketTestServer(limits: limits)
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade()
        let handler = try #require(server.accepted.take())
        peer.send(Wire.text("fine") + bytes)
        let (first, payload) = peer.receiveFrame()
        #expect(first == 0x88)
        #expect(payload.prefix(2) == [UInt8(code >> 8), UInt8(code & 0xFF)])
        #expect(payload.count > 2, "a reason is given")
        peer.finishSending()
        #expect(peer.receiveToEnd().isEmpty)
        #expect(handler.heard.take() == .opened)
        #expect(handler.heard.take() == .text("fine"))
        #expect(handler.heard.take()?.closeCode == code)
    }

    @Test func binaryIsRefusedWith1003WhereNobodyTakesIt() throws {
        final class TextOnly: WebSocketHandler {
            func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {}
            func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
        }
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let server = try HTTPServer(group: group, options: HTTPServerOptions(host: "127.0.0.1")) {
            _ in { _, responder in responder.acceptWebSocket(handler: TextOnly()) }
        }
        let peer = try RawPeer(port: server.port)
        defer { peer.close() }
        try peer.upgrade(with: Wire.frame(2, [1]))
        let (first, payload) = peer.receiveFrame()
        #expect(first == 0x88 && payload.prefix(2) == [0x03, 0xEB])
    }

    @Test func vanishedPeerIs1006() throws {
        let server = try WebSocketTestServer()
        defer { server.close() }
        for way in ["reset", "end", "half frame"] {
            let peer = try RawPeer(port: server.server.port)
            try peer.upgrade()
            let handler = try #require(server.accepted.take())
            #expect(handler.heard.take() == .opened)
            switch way {
            case "reset": peer.reset()
            case "end": peer.close()
            default:
                peer.send(Array(Wire.text("hello").dropLast(2)))
                peer.close()
            }
            let last = try #require(handler.heard.take())
            #expect(last.closeCode == 1006 && !last.closeReason.isEmpty, "\(way): \(last)")
        }
    }

    @Test func silentPeerIsPingedAndGivenUp() throws {
        var limits = WebSocketLimits()
        limits.pingIntervalMs = 20
        limits.pongTimeoutMs = 30
        let server = try WebSocketTestServer(limits: limits)
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade()
        let handler = try #require(server.accepted.take())
        // Pings that are answered keep it open, and come again and again.
        for _ in 0..<3 {
            #expect(peer.receiveFrame() == (0x89, []))
            peer.send(Wire.frame(0xA))
        }
        #expect(peer.receiveFrame() == (0x89, []))
        #expect(peer.receiveToEnd().isEmpty)
        #expect(handler.heard.take() == .opened)
        let last = try #require(handler.heard.take())
        #expect(last.closeCode == 1006 && last.closeReason.contains("silent"))
    }

    @Test func peerThatIgnoresTheCloseFrameIsGivenUp() throws {
        var limits = WebSocketLimits()
        limits.closeTimeoutMs = 30
        let server = try WebSocketTestServer(limits: limits) { handler in
            handler.onOpened = { $0.close(code: 1001, reason: "going") }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade()
        let handler = try #require(server.accepted.take())
        #expect(handler.heard.take() == .opened)
        let last = try #require(handler.heard.take())
        #expect(last.closeCode == 1006 && last.closeReason.contains("close frame"))
    }

    @Test func stalledReaderIsRefusedMoreAndNothingIsLostOrCut() throws {
        var limits = WebSocketLimits()
        limits.outboundBytesMax = 100_000
        limits.lowWaterBytes = 20_000
        limits.pingIntervalMs = 0
        let counts = Mailbox<(sent: Int, refused: Int, queued: Int)>()
        let server = try WebSocketTestServer(limits: limits) { handler in
            handler.onOpened = { socket in
                // The kernel's buffers come first, then the queue fills up.
                let message = [UInt8](repeating: 0x61, count: 1000)
                var sent = 0
                while message.withUnsafeBytes({ socket.send(text: $0) }) { sent += 1 }
                let again = message.withUnsafeBytes { socket.send(text: $0) }
                #expect(!again)
                counts.put((sent, socket.refusedSendCount, socket.queuedByteCount))
            }
            handler.onWritable = { socket in
                #expect(socket.queuedByteCount <= 20_000)
                socket.send("writable again")
                socket.close()
            }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port, receiveBufferBytes: 4096)
        defer { peer.close() }
        try peer.upgrade()
        let handler = try #require(server.accepted.take())
        let (sent, refused, queued) = try #require(counts.take())
        #expect(refused == 2)
        #expect(queued <= 100_000 && queued > 98_000)
        for index in 0..<sent {
            let frame = peer.receiveFrame()
            if frame.first != 0x81 || frame.payload.count != 1000 {
                Issue.record("message \(index) of \(sent) is broken")
                break
            }
        }
        #expect(peer.receiveFrame() == (0x81, Array("writable again".utf8)))
        #expect(peer.receiveFrame() == (0x88, [0x03, 0xE8]))
        peer.send(Wire.close(1000))
        #expect(handler.heard.take() == .opened)
        #expect(handler.heard.take() == .writable)
        #expect(handler.heard.take() == .closed(1000, ""))
    }

    @Test func pingFloodOfAStalledReaderIsBounded() throws {
        var limits = WebSocketLimits()
        limits.outboundBytesMax = 20_000
        let fill: @Sendable (WebSocket) -> Void = { socket in
            let message = [UInt8](repeating: 0x61, count: 1000)
            while message.withUnsafeBytes({ socket.send(text: $0) }) {}
        }
        let server = try WebSocketTestServer(limits: limits) { handler in
            handler.onOpened = fill
            // The kernel may take more after a while; the queue is kept full.
            handler.onWritable = fill
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port, receiveBufferBytes: 4096)
        defer { peer.close() }
        try peer.upgrade()
        let socket = try #require(server.sockets.take())
        let ping = Wire.frame(9, [UInt8](repeating: 1, count: 100))
        for _ in 0..<2000 { peer.send(ping) }
        peer.send(Wire.text("done"))
        let handler = try #require(server.accepted.take())
        #expect(handler.heard.take() == .opened)
        var heard = try #require(handler.heard.take())
        while heard == .writable { heard = try #require(handler.heard.take()) }
        #expect(heard == .text("done"))
        let (queued, unanswered) = try server.onLoop {
            (socket.value.queuedByteCount, socket.value.unansweredPingCount)
        }
        #expect(queued <= 20_000 && unanswered > 0)
    }

    @Test func corkedMessagesLeaveTogether() throws {
        let server = try WebSocketTestServer { handler in
            handler.onOpened = { socket in
                socket.cork()
                socket.cork()
                for index in 0..<10 { socket.send("message \(index)") }
                socket.uncork()
                #expect(socket.queuedByteCount == 110)
                socket.uncork()
                #expect(socket.queuedByteCount == 0)
            }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade()
        // One write of the server is one read here.
        #expect(peer.receive().count == 110)
    }

    @Test func answersToOneReadLeaveTogether() throws {
        let server = try WebSocketTestServer()
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade(path: "/echo")
        peer.send((0..<10).flatMap { Wire.text("message \($0)") })
        #expect(peer.receive().count == 110)
    }

    @Test func closingInsideACallbackEndsDelivery() throws {
        let server = try WebSocketTestServer { handler in
            handler.onMessage = { socket, _ in
                socket.close(code: 1008, reason: "enough")
                #expect(!socket.send("after close"))
                #expect(!socket.isOpen)
            }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade(with: Wire.text("one") + Wire.text("two") + Wire.text("three"))
        let handler = try #require(server.accepted.take())
        #expect(peer.receiveFrame() == (0x88, [0x03, 0xF0] + Array("enough".utf8)))
        peer.send(Wire.close(1008))
        #expect(handler.heard.take() == .opened)
        #expect(handler.heard.take() == .text("one"))
        #expect(handler.heard.take() == .closed(1008, ""))
    }

    @Test func abortingInsideACallbackIs1006() throws {
        let server = try WebSocketTestServer { handler in
            handler.onMessage = { socket, _ in socket.abort() }
        }
        defer { server.close() }
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade(with: Wire.text("one") + Wire.text("two") + Wire.close(1000))
        let handler = try #require(server.accepted.take())
        #expect(handler.heard.take() == .opened)
        #expect(handler.heard.take() == .text("one"))
        #expect(handler.heard.take() == .closed(1006, "dropped here"))
    }

    @Test func stoppingTheLoopReportsTheEnd() throws {
        let server = try WebSocketTestServer()
        let peer = try RawPeer(port: server.server.port)
        defer { peer.close() }
        try peer.upgrade()
        let handler = try #require(server.accepted.take())
        #expect(handler.heard.take() == .opened)
        server.close()
        #expect(handler.heard.take()?.closeCode == 1006)
    }
}
