import Foundation
import Net
import Testing

/// Everything one transfer told.
private final class Transfer: @unchecked Sendable {
    let ended = Mailbox<Result<HTTPClientSummary, NetError>>()
    let pieces = Mailbox<[UInt8]>()
    private(set) var heads: [HTTPClientHead] = []
    private(set) var body: [UInt8] = []
    private(set) var endCount = 0
    private(set) var task: HTTPClientTask?

    func start(
        _ client: HTTPClient, _ request: HTTPClientRequest,
        onHead: ((Transfer) -> Void)? = nil, onBody: ((Transfer) -> Void)? = nil,
        onEnd: ((Transfer) -> Void)? = nil
    ) {
        task = client.send(
            request,
            onHead: { [self] in
                heads.append($0)
                onHead?(self)
            },
            onBody: { [self] in
                body.append(contentsOf: $0)
                pieces.put(Array($0))
                onBody?(self)
            },
            onEnd: { [self] in
                endCount += 1
                onEnd?(self)
                ended.put($0)
            })
    }
}

@Suite struct HTTPClientTests {
    /// A client on a loop of its own, without a proxy.
    private func withClient(
        _ change: (inout HTTPClientOptions) -> Void = { _ in }, _ body: (HTTPClient) throws -> Void
    ) throws {
        let group = try EventLoopGroup(count: 1, label: "http-client")
        defer { group.shutdown() }
        var options = HTTPClientOptions()
        options.proxy = ""
        change(&options)
        let loop = group.loops[0]
        let made = Mailbox<HTTPClient?>()
        loop.execute { [options] in made.put(try? HTTPClient(loop: loop, options: options)) }
        try body(try #require(made.take() ?? nil))
    }

    private func run(_ client: HTTPClient, _ request: HTTPClientRequest) throws -> (
        Transfer, Result<HTTPClientSummary, NetError>
    ) {
        let transfer = Transfer()
        client.loop.execute { transfer.start(client, request) }
        return (transfer, try #require(transfer.ended.take()))
    }

    /// Our own server: says what it got.
    private func withServer(tls: TLSServerOptions? = nil, _ body: (Int) throws -> Void) throws {
        let group = try EventLoopGroup(count: 1, label: "http-test")
        defer { group.shutdown() }
        var options = HTTPServerOptions(host: "127.0.0.1")
        options.tls = tls
        let server = try HTTPServer(group: group, options: options) { _ in
            { request, responder in
                if request.path == "/pieces" {
                    responder.startStreaming(HTTPResponse(status: 200))
                    for index in 0..<3 {
                        Array("piece \(index);".utf8).withUnsafeBytes { _ = responder.write($0) }
                    }
                    responder.finish()
                    return
                }
                let line = "\(request.method) \(request.target) \(request.headers["X-Test"] ?? "-")"
                var response = HTTPResponse(
                    status: request.path == "/missing" ? 404 : 200,
                    contentType: "text/plain; charset=utf-8",
                    body: line + "\n" + String(decoding: request.body, as: UTF8.self))
                response.headers.add(
                    name: "X-Type", value: request.headers["Content-Type"] ?? "none")
                responder.respond(response)
            }
        }
        defer { server.close() }
        try body(server.port)
    }

    @Test func methodsHeadersAndBodiesArrive() throws {
        try withServer { port in
            try withClient { client in
                let base = "http://127.0.0.1:\(port)"
                let cases: [(HTTPClientRequest, String)] = [
                    (HTTPClientRequest(url: "\(base)/a?b=c"), "GET /a?b=c yes\n"),
                    (
                        HTTPClientRequest(
                            method: "POST", url: base + "/", body: .bytes([65, 0x0A])),
                        "POST / yes\nA\n"
                    ),
                    (HTTPClientRequest(method: "POST", url: base + "/"), "POST / yes\n"),
                    (
                        HTTPClientRequest(method: "PUT", url: base + "/x", body: .bytes([66])),
                        "PUT /x yes\nB"
                    ),
                    (HTTPClientRequest(method: "DELETE", url: base + "/x"), "DELETE /x yes\n"),
                    (HTTPClientRequest(url: base + "/pieces"), "piece 0;piece 1;piece 2;"),
                ]
                for (request, expected) in cases {
                    var request = request
                    request.headers["X-Test"] = "yes"
                    let (transfer, result) = try run(client, request)
                    let summary = try result.get()
                    #expect(summary.status == 200)
                    #expect(String(decoding: transfer.body, as: UTF8.self) == expected)
                    #expect(summary.bodyByteCount == expected.utf8.count)
                    #expect(transfer.heads.count == 1 && transfer.endCount == 1)
                    if request.url.hasSuffix("/pieces") { continue }
                    #expect(transfer.heads.first?.headers["x-type"] == "none")
                }
                let (missing, result) = try run(client, HTTPClientRequest(url: base + "/missing"))
                #expect(try result.get().status == 404)
                #expect(missing.heads.first?.status == 404)
                let (head, headResult) = try run(
                    client, HTTPClientRequest(method: "HEAD", url: base + "/"))
                #expect(try headResult.get().status == 200)
                #expect(head.body.isEmpty)
            }
        }
    }

    @Test func warmConnectionIsReused() throws {
        try withServer { port in
            try withClient { client in
                let warmed = Mailbox<Bool?>()
                client.loop.execute {
                    client.warm(url: "http://127.0.0.1:\(port)/") {
                        warmed.put((try? $0.get())?.reusedConnection)
                    }
                }
                #expect(warmed.take() == .some(false))
                for _ in 0..<3 {
                    let (_, result) = try run(
                        client, HTTPClientRequest(url: "http://127.0.0.1:\(port)/"))
                    #expect(try result.get().reusedConnection)
                }
            }
        }
    }

    @Test func streamedRequestBodyArrivesAndTheAnswerCanComeFirst() throws {
        try withServer { port in
            try withClient { client in
                let transfer = Transfer()
                let long = [UInt8](repeating: 0x62, count: 300_000)
                client.loop.execute {
                    transfer.start(
                        client,
                        HTTPClientRequest(
                            method: "POST", url: "http://127.0.0.1:\(port)/up", body: .streamed))
                    [UInt8(0x61)].withUnsafeBytes { _ = transfer.task?.write($0) }
                }
                // Later, when the transfer waits for more.
                usleep(20_000)
                client.loop.execute {
                    let taken = long.withUnsafeBytes { transfer.task?.write($0) }
                    #expect(taken == true)
                }
                usleep(5_000)
                client.loop.execute {
                    [UInt8(0x63)].withUnsafeBytes { _ = transfer.task?.write($0) }
                    transfer.task?.finish()
                    let late = [UInt8(0x64)].withUnsafeBytes { transfer.task?.write($0) }
                    #expect(late == false)
                }
                let summary = try #require(transfer.ended.take()).get()
                #expect(summary.status == 200)
                #expect(transfer.body == Array("POST /up -\na".utf8) + long + [0x63])
            }
        }
    }

    @Test func uploadQueueIsBounded() throws {
        let server = try FaultServer { peer in
            _ = peer.receiveHead(); usleep(50_000)
        }
        defer { server.close() }
        try withClient({ $0.uploadBytesMax = 1000 }) { client in
            let transfer = Transfer()
            let taken = Mailbox<(Bool?, Bool?)>()
            let port = server.port
            client.loop.execute {
                transfer.start(
                    client,
                    HTTPClientRequest(
                        method: "POST", url: "http://127.0.0.1:\(port)/", body: .streamed))
                let piece = [UInt8](repeating: 0, count: 600)
                let first = piece.withUnsafeBytes { transfer.task?.write($0) }
                taken.put((first, piece.withUnsafeBytes { transfer.task?.write($0) }))
                transfer.task?.cancel()
            }
            let (first, second) = try #require(taken.take())
            #expect(first == true && second == false)
        }
    }

    @Test func secureServerIsCheckedAgainstTheCAFile() throws {
        let certificate = try #require(TestCertificate.paths)
        let tls = TLSServerOptions(
            certificateChainPath: certificate.certificate, privateKeyPath: certificate.key)
        try withServer(tls: tls) { port in
            let request = HTTPClientRequest(url: "https://localhost:\(port)/")
            try withClient({ $0.tls.caFile = certificate.certificate }) { client in
                let (_, result) = try run(client, request)
                #expect(try result.get().status == 200)
            }
            try withClient { client in
                let (transfer, result) = try run(client, request)
                guard case .failure(.tls) = result else {
                    Issue.record("\(result)")
                    return
                }
                #expect(transfer.heads.isEmpty)
            }
            try withClient({ $0.tls.verifiesPeer = false }) { client in
                let (_, result) = try run(client, request)
                #expect(try result.get().status == 200)
            }
        }
    }

    @Test func timeOutsAreToldApart() throws {
        let server = try FaultServer { peer in
            let head = peer.receiveHead()
            if head.hasPrefix("GET /slow-body") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            }
            _ = peer.receiveToEnd()
        }
        defer { server.close() }
        try withClient { client in
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/silent")
            request.firstByteTimeoutMs = 30
            #expect(
                try run(client, request).1
                    == .failure(.firstByteTimedOut(url: request.url, afterMs: 30)))
            request.url = "http://127.0.0.1:\(server.port)/slow-body"
            request.totalTimeoutMs = 60
            let (transfer, result) = try run(client, request)
            #expect(result == .failure(.totalTimedOut(url: request.url, afterMs: 60)))
            #expect(transfer.body == Array("half".utf8))
            // A TLS handshake that nobody answers belongs to connecting.
            request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/")
            request.connectTimeoutMs = 30
            #expect(
                try run(client, request).1
                    == .failure(.connectTimedOut(url: request.url, afterMs: 30)))
        }
    }

    @Test func faultsAreNamed() throws {
        let server = try FaultServer { peer in
            let head = peer.receiveHead()
            if head.hasPrefix("GET /half") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            } else if head.hasPrefix("GET /garbage") {
                peer.send("\u{1}\u{2}\u{3} this is not HTTP\r\n\r\n")
            } else if head.hasPrefix("GET /redirect") {
                peer.send(
                    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                        + "Content-Length: 0\r\n\r\n")
            } else if head.hasPrefix("GET /interim") {
                peer.send("HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n")
                peer.send("HTTP/1.1 200 OK\r\nX-B: late\r\nContent-Length: 2\r\n\r\nok")
            } else if head.hasPrefix("GET /big") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                peer.send([UInt8](repeating: 65, count: 5000))
            } else if head.hasPrefix("GET /headers") {
                peer.send("HTTP/1.1 200 OK\r\n")
                for index in 0..<100 {
                    peer.send("X-\(index): \(String(repeating: "y", count: 50))\r\n")
                }
                peer.send("\r\n")
            }
        }
        defer { server.close() }
        let (closedDescriptor, closedPort) = try RawPeer.listen()
        Glibc.close(closedDescriptor)
        try withClient({ $0.responseHeadBytesMax = 2000 }) { client in
            func fetch(_ path: String) throws -> (Transfer, Result<HTTPClientSummary, NetError>) {
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
                request.responseBytesMax = 1000
                return try run(client, request)
            }
            let (half, halfResult) = try fetch("/half")
            guard case .failure(.io) = halfResult else { throw Unexpected("\(halfResult)") }
            #expect(half.body == Array("half".utf8))
            let (_, garbage) = try fetch("/garbage")
            guard case .failure(.badResponse) = garbage else { throw Unexpected("\(garbage)") }
            let (redirect, redirectResult) = try fetch("/redirect")
            #expect(try redirectResult.get().status == 302)
            #expect(redirect.heads.first?.headers["Location"] == "http://127.0.0.1:1/")
            let (interim, interimResult) = try fetch("/interim")
            #expect(try interimResult.get().status == 200)
            #expect(interim.heads.count == 1 && interim.heads[0].headers["X-A"] == nil)
            #expect(interim.heads[0].headers["X-B"] == "late")
            let (big, bigResult) = try fetch("/big")
            guard case .failure(.badResponse) = bigResult else { throw Unexpected("\(bigResult)") }
            #expect(big.body.count <= 1000)
            let (_, headers) = try fetch("/headers")
            guard case .failure(.badResponse) = headers else { throw Unexpected("\(headers)") }
            let (_, empty) = try fetch("/nothing")
            guard case .failure(.io) = empty else { throw Unexpected("\(empty)") }
            let (_, refused) = try run(
                client, HTTPClientRequest(url: "http://127.0.0.1:\(closedPort)/"))
            guard case .failure(.connect(let host, let port, _)) = refused else {
                throw Unexpected("\(refused)")
            }
            #expect(host == "127.0.0.1" && port == closedPort)
        }
    }

    @Test func badRequestsEndWithInvalidLater() throws {
        try withClient { client in
            let requests = [
                HTTPClientRequest(url: "nonsense://x/"), HTTPClientRequest(url: "http://a b/"),
                HTTPClientRequest(url: ""), HTTPClientRequest(method: "get", url: "http://h/"),
                HTTPClientRequest(url: "http://h/", headers: ["A": "b\r\nC: d"]),
                HTTPClientRequest(url: "file:///etc/passwd"),
            ]
            for request in requests {
                let (transfer, result) = try run(client, request)
                guard case .failure(.invalid) = result else {
                    throw Unexpected("\(request.url): \(result)")
                }
                #expect(transfer.endCount == 1 && transfer.heads.isEmpty)
            }
        }
    }

    @Test func nothingIsHeardAfterCancel() throws {
        let server = try FaultServer { peer in
            _ = peer.receiveHead()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in 0..<100 { peer.send([UInt8](repeating: 65, count: 1000)) }
        }
        defer { server.close() }
        try withClient { client in
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/")
            for place in ["at once", "head", "body"] {
                let transfer = Transfer()
                let done = Mailbox<Bool>()
                client.loop.execute {
                    let cancel: (Transfer) -> Void = {
                        $0.task?.cancel()
                        $0.task?.cancel()
                        done.put(true)
                    }
                    transfer.start(
                        client, request, onHead: place == "head" ? cancel : nil,
                        onBody: place == "body" ? cancel : nil)
                    if place == "at once" { cancel(transfer) }
                }
                #expect(done.take() == true)
                #expect(transfer.ended.take(seconds: 0.03) == nil)
                let counts = Mailbox<(Int, Int, Int)>()
                client.loop.execute {
                    counts.put((transfer.heads.count, transfer.body.count, client.activeCount))
                }
                let (heads, body, active) = try #require(counts.take())
                #expect(active == 0)
                #expect(heads == (place == "at once" ? 0 : 1))
                #expect(place == "body" ? body > 0 : body == 0)
            }
        }
    }

    @Test func requestsMayBeStartedAndTheClientClosedInsideCallbacks() throws {
        try withServer { port in
            try withClient { client in
                let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/pieces")
                let outer = Transfer()
                let inner = Transfer()
                let last = Transfer()
                client.loop.execute {
                    outer.start(
                        client, request, onHead: { _ in inner.start(client, request) },
                        onEnd: { _ in last.start(client, request) })
                }
                for transfer in [outer, inner, last] {
                    let summary = try #require(transfer.ended.take()).get()
                    #expect(summary.status == 200)
                    #expect(transfer.endCount == 1)
                }
                let closing = Transfer()
                client.loop.execute {
                    closing.start(client, request, onBody: { _ in client.close() })
                }
                #expect(closing.ended.take() == .failure(.closed))
                let late = Transfer()
                client.loop.execute { late.start(client, request) }
                #expect(late.ended.take() == .failure(.closed))
            }
        }
    }

    @Test func asyncFetchCollectsAndCancels() async throws {
        let group = try EventLoopGroup(count: 1, label: "http-async")
        defer { group.shutdown() }
        let loop = group.loops[0]
        let server = try HTTPServer(group: group, options: HTTPServerOptions(host: "127.0.0.1")) {
            _ in
            { request, responder in
                if request.path == "/never" {
                    // Kept, not answered.
                    responder.onClosed = { _ = responder.isOpen }
                    return
                }
                responder.respond(
                    HTTPResponse(status: 201, contentType: "text/plain", body: "async"))
            }
        }
        let client = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                var options = HTTPClientOptions()
                options.proxy = ""
                continuation.resume(with: Result { try HTTPClient(loop: loop, options: options) })
            }
        }
        let base = "http://127.0.0.1:\(server.port)"
        let response = try await client.data(for: HTTPClientRequest(url: base + "/"))
        #expect(response.status == 201 && response.body == Array("async".utf8))
        #expect(response.headers["content-type"] == "text/plain")
        let task = Task { try await client.data(for: HTTPClientRequest(url: base + "/never")) }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: NetError.cancelled) { try await task.value }
        let cancelledBefore = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.data(for: HTTPClientRequest(url: base + "/"))
        }
        await #expect(throws: NetError.cancelled) { try await cancelledBefore.value }
    }
}

private struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
