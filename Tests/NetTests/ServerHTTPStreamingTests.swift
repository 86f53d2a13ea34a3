import Foundation
import Glibc
import Net
import Synchronization
import Testing

/// Streams a number of pieces, as fast as the client takes them.
private final class Pump {
    let responder: HTTPResponder
    let piece: [UInt8]
    var left: Int
    let refusals: Gathered<Int>

    init(_ responder: HTTPResponder, piece: [UInt8], count: Int, refusals: Gathered<Int>) {
        self.responder = responder
        self.piece = piece
        self.left = count
        self.refusals = refusals
    }

    func start() {
        responder.startStreaming(HTTPResponse(status: 200, headers: ["Content-Type": "a/b"]))
        responder.onWritable = { self.go() }
        responder.onClosed = { self.refusals.add(-1) }
        go()
    }

    func go() {
        while left > 0 {
            guard piece.withUnsafeBytes({ responder.write($0) }) else {
                return refusals.add(left)
            }
            left -= 1
        }
        responder.finish()
    }
}

@Suite struct ServerHTTPStreamingTests {
    private let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    private func server(
        pieces: Int, bytes: Int, refusals: Gathered<Int>,
        _ adjust: (inout HTTPServerOptions) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(adjust) { _ in
            { _, responder in
                let piece = (0..<bytes).map { UInt8(truncatingIfNeeded: $0) }
                Pump(responder, piece: piece, count: pieces, refusals: refusals).start()
            }
        }
    }

    @Test func piecesAreChunksAndTheConnectionGoesOn() throws {
        let server = try server(pieces: 3, bytes: 17, refusals: Gathered())
        let client = try server.client()
        for _ in 0..<3 {
            client.send(get)
            let response = try client.response()
            #expect(response.header("transfer-encoding") == "chunked")
            #expect(response.header("content-length") == nil)
            #expect(response.body == (0..<3).flatMap { _ in (0..<17).map { UInt8($0) } })
        }
    }

    @Test func anOldClientGetsTheBodyUpToTheEnd() throws {
        let server = try server(pieces: 4, bytes: 5, refusals: Gathered())
        let client = try server.client()
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let response = try client.response()
        #expect(response.header("transfer-encoding") == nil)
        #expect(response.header("connection") == "close")
        #expect(response.body.count == 20)
    }

    @Test func headOfAStreamHasNoBody() throws {
        let server = try server(pieces: 4, bytes: 5, refusals: Gathered())
        let client = try server.client()
        client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + get)
        #expect(try client.response(toHead: true).status == 200)
        #expect(try client.response().body.count == 20)
    }

    @Test func aSlowClientHoldsTheHandlerBackAndGetsEverything() throws {
        let refusals = Gathered<Int>()
        let server = try server(pieces: 400, bytes: 50_000, refusals: refusals) {
            $0.outboundBytesMax = 200_000
        }
        let client = try RawClient(port: server.server.port, receiveBufferBytes: 8_192)
        client.send(get)
        #expect(refusals.wait { !$0.isEmpty })
        let first = try #require(refusals.all.first)
        usleep(20_000)
        // While the client reads nothing, nothing more is taken.
        #expect(refusals.all == [first])
        let response = try client.response()
        #expect(response.body.count == 20_000_000)
        let isRight = response.body.enumerated().allSatisfy {
            $0.element == UInt8(truncatingIfNeeded: $0.offset % 50_000)
        }
        #expect(isRight)
    }

    @Test func aPieceLargerThanTheQueueIsSent() throws {
        let server = try server(pieces: 2, bytes: 300_000, refusals: Gathered()) {
            $0.outboundBytesMax = 100_000
        }
        let client = try server.client()
        client.send(get)
        #expect(try client.response().body.count == 600_000)
    }

    @Test func aClientThatStallsIsCutAndTheHandlerTold() throws {
        let refusals = Gathered<Int>()
        let server = try server(pieces: 400, bytes: 50_000, refusals: refusals) {
            $0.writeTimeoutMs = 100
            $0.outboundBytesMax = 200_000
        }
        let client = try RawClient(port: server.server.port, receiveBufferBytes: 8_192)
        client.send(get)
        let other = try server.client()
        #expect(refusals.wait { $0.last == -1 })
        #expect(server.events.all.map(\.what) == ["the client took nothing for 100 ms"])
        other.send(get)
        #expect(try other.response().body.count == 20_000_000)
    }

    @Test func aClientThatVanishesIsNoticed() throws {
        let refusals = Gathered<Int>()
        let server = try server(pieces: 400, bytes: 50_000, refusals: refusals)
        do {
            let client = try RawClient(port: server.server.port, receiveBufferBytes: 8_192)
            client.send(get)
            #expect(refusals.wait { !$0.isEmpty })
        }
        #expect(refusals.wait { $0.last == -1 })
        #expect(eventually { server.server.connectionCount == 0 })
    }

    @Test func largeResponsesAreKeptForASlowClient() throws {
        let server = try TestServer({ $0.outboundBytesMax = 100_000 }) { _ in
            { _, responder in
                responder.respond(
                    HTTPResponse(status: 200, body: [UInt8](repeating: 7, count: 5_000_000)))
            }
        }
        let client = try RawClient(port: server.server.port, receiveBufferBytes: 8_192)
        client.send(get + get)
        usleep(5_000)
        for _ in 0..<2 {
            let body = try client.response().body
            #expect(body.count == 5_000_000 && body.allSatisfy { $0 == 7 })
        }
    }
}
