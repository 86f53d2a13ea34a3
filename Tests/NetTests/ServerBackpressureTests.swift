import Foundation
import Glibc
import Net
import Synchronization
import Testing

/// Clients that ask for much and take little.
@Suite struct ServerBackpressureTests {
    static let bodyBytes = 12_000

    /// A server whose every answer is its path, filled up.
    static func server(_ adjust: (inout HTTPServerOptions) -> Void) throws -> TestServer {
        try TestServer(adjust) { _ in
            { request, responder in
                responder.respond(
                    HTTPResponse(
                        status: 200, contentType: "text/plain", body: body(request.path)))
            }
        }
    }

    static func body(_ path: String) -> String {
        path + String(repeating: "x", count: bodyBytes - path.utf8.count)
    }

    static func requests(_ count: Int) -> [UInt8] {
        Array((0..<count).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined().utf8)
    }

    /// What the server keeps for its clients now.
    static func heldBytes(_ server: TestServer) -> Int {
        let counts = Gathered<Int>()
        server.server.countHeldBytes { counts.add($0) }
        guard counts.wait({ $0.count == 1 }) else { fatalError("the loop does not answer") }
        return counts.all[0]
    }

    /// More than the kernel takes of answers, were they all given: a gigabyte.
    static let floodCount = 80_000

    @Test func aClientThatDoesNotReadIsNotServedOn() throws {
        let server = try Self.server { $0.writeTimeoutMs = 1_000 }
        let client = try RawClient(port: server.server.port, receiveBufferBytes: 16_384)
        let flood = Thread { client.send(Self.requests(Self.floodCount)) }
        flood.start()
        let other = try server.client()
        var heldMax = 0
        var servedCount = 0
        // From the flood's first answers to its end others are served, and no heap piles up.
        while server.events.all.isEmpty {
            other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try other.response().text == Self.body("/other"))
            servedCount += 1
            heldMax = max(heldMax, Self.heldBytes(server))
            usleep(5_000)
            if heldMax > 50_000_000 { break }
        }
        #expect(heldMax < 400_000, "held \(heldMax) bytes for one client")
        #expect(server.events.all.map(\.what) == ["the client took nothing for 1000 ms"])
        #expect(server.server.requestCount < UInt64(servedCount + Self.floodCount / 20))
        #expect(eventually { server.server.connectionCount == 1 })
        while !flood.isFinished { usleep(1_000) }
    }

    @Test func aSlowReaderGetsEverythingInOrder() throws {
        let server = try Self.server { $0.writeTimeoutMs = 2_000 }
        let client = try RawClient(port: server.server.port, receiveBufferBytes: 16_384)
        let count = 1_500
        let flood = Thread {
            client.send(Self.requests(count))
            client.endWriting()
        }
        flood.start()
        for index in 0..<count {
            if index % 50 == 0 { usleep(10_000) }
            #expect(try client.response().text == Self.body("/\(index)"))
        }
        #expect(client.isEnded())
        #expect(server.events.all.isEmpty)
        while !flood.isFinished { usleep(1_000) }
    }

    /// Requests that are answered later let no more of a flood in than those that are at once.
    @Test func aFloodThatIsAnsweredLaterIsHeldBackToo() throws {
        let heldMax = Gathered<Int>()
        let server = try TestServer { loop in
            { request, responder in
                let bound = LoopBound(responder, loop: loop)
                loop.execute { bound.value.respond(HTTPResponse(status: 204)) }
            }
        }
        let client = try server.client()
        let count = 60_000
        let flood = Thread { client.send(Self.requests(count)) }
        flood.start()
        for index in 0..<count {
            #expect(try client.response().status == 204)
            if index % 500 == 0 { heldMax.add(Self.heldBytes(server)) }
        }
        #expect(heldMax.all.max() ?? 0 < 400_000)
        while !flood.isFinished { usleep(1_000) }
    }

    /// The same over TLS, where bytes wait in more places.
    @Test func aClientThatDoesNotReadOverTLS() throws {
        let certificates = try Certificates.shared.get()
        let server = try Self.server {
            $0.tls = certificates.options("one")
            $0.writeTimeoutMs = 1_000
        }
        let client = try connected(
            server.group.loops[0], port: server.server.port, tls: .init(verifiesPeer: false),
            reads: false)
        client.on { $0.outboundBytesMax = 1 << 30 }
        #expect(client.write(Self.requests(Self.floodCount)))
        var heldMax = 0
        #expect(
            eventually {
                heldMax = max(heldMax, Self.heldBytes(server))
                return !server.events.all.isEmpty || heldMax > 50_000_000
            })
        #expect(heldMax < 400_000, "held \(heldMax) bytes for one client")
        #expect(server.events.all.map(\.what) == ["the client took nothing for 1000 ms"])
        client.on { $0.abort() }
    }

    @Test func aSlowReaderOverTLSGetsEverythingInOrder() throws {
        let certificates = try Certificates.shared.get()
        let server = try Self.server { $0.tls = certificates.options("one") }
        let client = try connected(
            server.group.loops[0], port: server.server.port, tls: .init(verifiesPeer: false),
            reads: false)
        let count = 1000
        client.on { $0.outboundBytesMax = 1 << 30 }
        #expect(client.write(Self.requests(count)))
        // A little at a time, with pauses.
        client.on { [read = client.read] stream in
            stream.onRead = { [unowned stream] in
                read.add(Array($0))
                stream.pauseReading()
            }
        }
        let gap = Array("\r\n\r\n".utf8)
        var bytes: [UInt8] = []
        var start = 0
        var paths: [String] = []
        var pieceCount = 0
        while paths.count < count {
            client.on { $0.resumeReading() }
            try #require(client.read.wait { $0.count > pieceCount })
            let pieces = client.read.all
            for piece in pieces[pieceCount...] { bytes += piece }
            pieceCount = pieces.count
            while let end = bytes[start...].prefix(400).firstRange(of: gap)?.upperBound,
                bytes.count >= end + Self.bodyBytes
            {
                start = end + Self.bodyBytes
                let body = Array(bytes[end..<start])
                let path = String(decoding: body.prefix { $0 != UInt8(ascii: "x") }, as: UTF8.self)
                #expect(body == Array(Self.body(path).utf8))
                paths.append(path)
            }
        }
        #expect(paths == (0..<count).map { "/\($0)" } && start == bytes.count)
        #expect(server.events.all.isEmpty)
        client.on { $0.abort() }
    }
}
