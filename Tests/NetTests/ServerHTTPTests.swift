import Foundation
import Glibc
import Net
import Synchronization
import TestSupport
import Testing

@Suite struct ServerHTTPTests {
    private let get = "GET /a/b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func aRequestIsAnsweredWithDateServerAndLength() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send(get)
        let response = try client.response()
        #expect(response.status == 200)
        #expect(response.text == "GET /a/b x=1 ")
        #expect(response.header("server") == "streamd")
        #expect(response.header("content-length") == "13")
        #expect(response.header("connection") == nil)
        let date = try #require(response.header("date"))
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let told = try #require(format.date(from: date))
        #expect(abs(told.timeIntervalSinceNow) < 60)
    }

    @Test func oneConnectionServesManyRequests() throws {
        let server = try TestServer()
        let client = try server.client()
        for index in 0..<200 {
            client.send("POST /n HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n\(1000 + index)")
            #expect(try client.response().text == "POST /n  \(1000 + index)")
        }
        #expect(server.server.requestCount == 200)
        #expect(server.server.connectionCount == 1)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        // The first of each three is answered last, were it not for the order.
        let server = try TestServer { loop in
            var timers: [LoopTimer] = []
            return { request, responder in
                let number = Int(request.path.dropFirst()) ?? 0
                let answer = HTTPResponse(status: 200, contentType: "text/plain", body: "\(number)")
                if number.isMultiple(of: 3) {
                    let timer = loop.makeTimer { responder.respond(answer) }
                    timer.set(afterMs: 2)
                    timers.append(timer)
                } else {
                    responder.respond(answer)
                }
            }
        }
        let client = try server.client()
        client.send((0..<30).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for index in 0..<30 {
            #expect(try client.response().text == "\(index)")
        }
        #expect(client.unread.isEmpty)
    }

    @Test func pipelinedAnswersTravelTogether() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send(String(repeating: get, count: 50))
        for _ in 0..<50 {
            #expect(try client.response().text == "GET /a/b x=1 ")
        }
    }

    @Test func theVersionAndTheClientDecideOnKeepAlive() throws {
        let server = try TestServer()
        let old = try server.client()
        old.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try old.response().header("connection") == "close")
        #expect(old.isEnded())
        let kept = try server.client()
        kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try kept.response().header("connection") == "keep-alive")
        kept.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(try kept.response().header("connection") == "close")
        #expect(kept.isEnded())
    }

    @Test func aClientThatEndsItsSideStillGetsItsAnswer() throws {
        let server = try TestServer { loop in
            { _, responder in
                loop.makeTimer {
                    responder.respond(HTTPResponse(status: 200, contentType: "a/b", body: "late"))
                }.set(afterMs: 10)
            }
        }
        let client = try server.client()
        client.send(get)
        client.endWriting()
        #expect(try client.response().text == "late")
        #expect(client.isEnded())
    }

    @Test func headHasTheLengthAndNoBody() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n\(get)")
        let head = try client.response(toHead: true)
        #expect(head.header("content-length") == "9")
        #expect(try client.response().text == "GET /a/b x=1 ")
    }

    @Test func statusesWithoutABodyHaveNone() throws {
        let server = try TestServer { _ in
            { request, responder in
                responder.respond(
                    HTTPResponse(
                        status: Int(request.path.dropFirst()) ?? 0, contentType: "text/plain",
                        body: "body"))
            }
        }
        let client = try server.client()
        for status in [204, 304] {
            client.send("GET /\(status) HTTP/1.1\r\nHost: h\r\n\r\n")
            let response = try client.response()
            #expect(response.status == status)
            #expect(response.header("content-length") == nil)
        }
        client.send("GET /418 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.response().text == "body")
        #expect(client.unread.isEmpty)
    }

    @Test func chunkedBodiesAreJoinedAndTrailersDropped() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send(
            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6;ext=\"1\"\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n" + get)
        #expect(try client.response().text == "POST /c  hello world")
        #expect(try client.response().text == "GET /a/b x=1 ")
    }

    @Test func continueIsSentWhenTheClientWaitsForIt() throws {
        let server = try TestServer()
        let client = try server.client()
        let head =
            "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        client.send(head)
        #expect(try client.response().status == 100)
        client.send("body")
        #expect(try client.response().text == "POST /e  body")
        // A body that is already there needs no invitation.
        client.send(head + "bodY")
        #expect(try client.response().text == "POST /e  bodY")
        client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 4\r\n\r\n")
        #expect(try client.response().status == 417)
    }

    @Test func targetsOfProxiesAreUnderstood() throws {
        let server = try TestServer()
        let client = try server.client()
        for (target, text) in [
            ("http://host:80/p?q", "GET /p q "), ("HTTPS://host", "GET /  "),
            ("http://host?q=1", "GET / q=1 "), ("/%41?a?b", "GET /%41 a?b "),
        ] {
            client.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.response().text == text)
        }
        client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.response().text == "OPTIONS *  ")
    }

    @Test func largeBodiesGoBothWays() throws {
        let size = 6_000_000
        let server = try TestServer({ $0.bodyBytesMax = 8_000_000 }) { _ in
            { request, responder in
                responder.respond(HTTPResponse(status: 200, body: request.body.reversed()))
            }
        }
        let client = try server.client()
        let seed: UInt64 = 42
        print("body seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var body = [UInt8](repeating: 0, count: size)
        for index in body.indices { body[index] = UInt8.random(in: 0...255, using: &generator) }
        for _ in 0..<2 {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
            #expect(client.send(body))
            let response = try client.response()
            #expect(response.body == body.reversed())
        }
    }

    @Test func responseFieldsCannotBeSplit() throws {
        let server = try TestServer { _ in
            { _, responder in
                responder.respond(
                    HTTPResponse(
                        status: 302,
                        headers: [
                            "Location": "/x\r\nSet-Cookie: evil=1", "X-A\r\nX-B": "1",
                            "Content-Length": "99", "Transfer-Encoding": "chunked",
                        ]))
            }
        }
        let client = try server.client()
        client.send(get)
        let response = try client.response()
        #expect(response.header("set-cookie") == nil)
        #expect(response.header("location") == "/xSet-Cookie: evil=1")
        #expect(response.header("x-ax-b") == "1")
        #expect(response.header("content-length") == "0")
        #expect(response.header("transfer-encoding") == nil)
    }

    @Test func aDroppedRequestIsAnswered500() throws {
        let server = try TestServer { _ in
            { request, responder in
                if request.path == "/elsewhere" {
                    let bound = LoopBound(responder, loop: responder.loop)
                    DispatchQueue.global().asyncAfter(deadline: .now() + 0.01) { _ = bound }
                }
            }
        }
        let client = try server.client()
        for path in ["/here", "/elsewhere", "/here"] {
            client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.response().status == 500)
        }
        #expect(server.events.all.map(\.status) == [500, 500, 500])
    }

    @Test func aThousandQuickConnectionsAreServed() throws {
        let server = try TestServer(loops: 2)
        for index in 0..<1_000 {
            let client = try server.client()
            client.send("GET /\(index) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            #expect(try client.response().text == "GET /\(index)  ")
        }
        #expect(server.server.requestCount == 1_000)
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.events.all.isEmpty)
    }

    @Test func connectionsSpreadOverTheLoops() throws {
        let seen = Gathered<String>()
        let server = try TestServer(loops: 2) { loop in
            { _, responder in
                seen.add(loop.isCurrent ? loop.label : "wrong loop")
                responder.respond(HTTPResponse(status: 204))
            }
        }
        let clients = try (0..<64).map { _ in try server.client() }
        for client in clients {
            client.send(get)
            #expect(try client.response().status == 204)
        }
        #expect(Set(seen.all) == ["test-0", "test-1"])
    }

    @Test func theStreamCanBeTakenForAnotherProtocol() throws {
        let closures = Gathered<ByteStreamClosure>()
        let server = try TestServer { _ in
            { request, responder in
                guard request.headers.contains(name: "connection", token: "upgrade"),
                    let (stream, unread) = responder.takeStream()
                else { return responder.respond(HTTPResponse(status: 426)) }
                #expect(!responder.isOpen)
                let hello = Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8) + unread
                stream.onRead = { stream.write($0) }
                stream.onClosed = { closures.add($0) }
                hello.withUnsafeBytes { _ = stream.write($0) }
                stream.resumeReading()
            }
        }
        let client = try server.client()
        client.send(get)
        #expect(try client.response().status == 426)
        client.send(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
                + "Upgrade: echo\r\n\r\nearly"
        )
        #expect(try client.response().status == 101)
        client.send(" late")
        while client.unread.count < 10, client.receive() {}
        #expect(String(decoding: client.unread, as: UTF8.self) == "early late")
        // The server's end of a stream that was handed over is not the server's any more.
        server.server.close()
        usleep(10_000)
        client.send("!")
        while client.unread.count < 11, client.receive() {}
        #expect(client.unread.last == UInt8(ascii: "!"))
        #expect(server.server.connectionCount == 1)
        client.endWriting()
        #expect(closures.wait { !$0.isEmpty })
        #expect(closures.all == [.peer])
        #expect(eventually { server.server.connectionCount == 0 })
    }
}
