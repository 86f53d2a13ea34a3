import Net
import Testing

@Suite struct WebSocketHandshakeTests {
    static func request(
        method: String = "GET", version: HTTPVersion = .http11, without: String? = nil,
        _ changes: HTTPHeaders = HTTPHeaders()
    ) -> HTTPRequest {
        var headers: HTTPHeaders = [
            "Host": "localhost", "Upgrade": "WebSocket", "Connection": "keep-alive, upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        ]
        for field in changes { headers[field.name] = field.value }
        if let without { headers[without] = nil }
        return HTTPRequest(method: method, target: "/", version: version, headers: headers)
    }

    @Test func standardsExampleIsAccepted() throws {
        guard case .accept(let headers, nil) = WebSocketServerHandshake(Self.request()) else {
            Issue.record("refused")
            return
        }
        #expect(headers["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(headers.count == 1)
    }

    @Test(
        arguments: [
            (request(method: "POST"), 405, "Allow", "GET"),
            (request(without: "Upgrade"), 426, "Upgrade", "websocket"),
            (request(["Upgrade": "h2c"]), 426, "Upgrade", "websocket"),
            (request(without: "Connection"), 400, nil, nil),
            (request(version: .http10), 400, nil, nil),
            (request(without: "Sec-WebSocket-Version"), 426, "Sec-WebSocket-Version", "13"),
            (request(["Sec-WebSocket-Version": "8"]), 426, "Sec-WebSocket-Version", "13"),
            (request(without: "Sec-WebSocket-Key"), 400, nil, nil),
            (request(["Sec-WebSocket-Key": "c2hvcnQ="]), 400, nil, nil),
            (request(["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ!!"]), 400, nil, nil),
        ] as [(HTTPRequest, Int, String?, String?)])
    func othersAreRefused(request: HTTPRequest, status: Int, name: String?, value: String?) {
        guard case .reject(let response) = WebSocketServerHandshake(request) else {
            Issue.record("accepted")
            return
        }
        #expect(response.status == status)
        #expect(!response.body.isEmpty)
        if let name { #expect(response.headers[name] == value) }
    }

    @Test func firstKnownSubprotocolIsChosen() {
        let request = Self.request(["Sec-WebSocket-Protocol": "soap, audio.v2 ,audio.v1"])
        guard
            case .accept(let headers, let chosen) = WebSocketServerHandshake(
                request, subprotocols: ["audio.v1", "audio.v2"])
        else {
            Issue.record("refused")
            return
        }
        #expect(chosen == "audio.v2")
        #expect(headers["Sec-WebSocket-Protocol"] == "audio.v2")
        if case .accept(let headers, nil) = WebSocketServerHandshake(request) {
            #expect(headers["Sec-WebSocket-Protocol"] == nil)
        } else {
            Issue.record("refused")
        }
    }

    @Test func addressesAreTakenApart() throws {
        let plain = try WebSocketURL("ws://example.com/chat?x=1")
        #expect(plain.host == "example.com" && plain.port == 80 && !plain.isSecure)
        #expect(plain.target == "/chat?x=1" && plain.hostHeader == "example.com")
        let secure = try WebSocketURL("WSS://example.com")
        #expect(secure.port == 443 && secure.isSecure && secure.target == "/")
        let six = try WebSocketURL("ws://[::1]:8000?q")
        #expect(six.host == "::1" && six.port == 8000 && six.target == "/?q")
        #expect(six.hostHeader == "[::1]:8000")
        #expect(try WebSocketURL("wss://h:443/").hostHeader == "h")
        #expect(try WebSocketURL("ws://h:443/").hostHeader == "h:443")
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "ws://", "ws:///path", "ws://h:0", "ws://h:65536",
        "ws://h:8x", "ws://h:-1", "ws://[::1", "ws://[::1]x", "ws://u:p@h/", "ws://h/a b",
        "ws://h/#f", "ws://h/\r\nX: y", "://h",
    ])
    func malformedAddressesAreRefused(url: String) {
        #expect(throws: NetError.self) { try WebSocketURL(url) }
    }

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accepting =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    static func outcome(
        _ response: String, headers: HTTPHeaders = HTTPHeaders(), pieces: Int = .max
    ) throws -> WebSocketClientHandshake.Outcome {
        var handshake = try WebSocketClientHandshake(
            url: WebSocketURL("ws://h/"), headers: headers, key: key)
        let bytes = Array(response.utf8)
        var last = WebSocketClientHandshake.Outcome.needsInput
        for start in stride(from: 0, to: bytes.count, by: min(pieces, max(bytes.count, 1))) {
            let piece = bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]
            last = piece.withUnsafeBytes { handshake.receive($0) }
            if case .needsInput = last { continue }
            break
        }
        return last
    }

    @Test func clientRequestIsExact() throws {
        let handshake = try WebSocketClientHandshake(
            url: WebSocketURL("wss://h:8443/a?b=c"), headers: ["Authorization": "Bearer x"],
            key: Self.key)
        #expect(
            String(decoding: handshake.request, as: UTF8.self)
                == "GET /a?b=c HTTP/1.1\r\nHost: h:8443\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: \(Self.key)\r\n"
                + "Sec-WebSocket-Version: 13\r\nAuthorization: Bearer x\r\n\r\n")
    }

    @Test(
        arguments: [
            ["Upgrade": "x"], ["sec-websocket-key": "x"], ["A": "b\r\nC: d"], ["A b": "c"],
            ["": "c"],
        ] as [HTTPHeaders])
    func clientRefusesHeadersThatBreakTheRequest(headers: HTTPHeaders) throws {
        let url = try WebSocketURL("ws://h/")
        #expect(throws: NetError.self) {
            try WebSocketClientHandshake(url: url, headers: headers)
        }
    }

    @Test func clientAcceptsInAnyPieces() throws {
        let response = Self.accepting + "X: y\r\n\r\n"
        for pieces in 1...response.utf8.count {
            guard
                case .accepted(let headers, nil, let consumed) = try Self.outcome(
                    response, pieces: pieces)
            else {
                Issue.record("refused in pieces of \(pieces)")
                return
            }
            #expect(headers["x"] == "y")
            let rest = response.utf8.count % pieces
            #expect(consumed == (rest == 0 ? pieces : rest))
        }
    }

    @Test func bytesBehindTheHeadAreNotConsumed() throws {
        let response = Self.accepting + "\r\n"
        guard case .accepted(_, _, let consumed) = try Self.outcome(response + "\u{1}\u{2}") else {
            Issue.record("refused")
            return
        }
        #expect(consumed == response.utf8.count)
    }

    @Test(arguments: [
        ("wrong accept", accepting.replacing("s3pP", with: "S3pP") + "\r\n"),
        ("no accept", "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
        ("two accepts", accepting + "Sec-WebSocket-Accept: x\r\n\r\n"),
        ("no upgrade", accepting.replacing("Upgrade: websocket", with: "Upgrade: h2c") + "\r\n"),
        ("no connection", accepting.replacing("Connection: Upgrade", with: "A: b") + "\r\n"),
        ("extension", accepting + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        ("subprotocol", accepting + "Sec-WebSocket-Protocol: other\r\n\r\n"),
        ("200", "HTTP/1.1 200 OK\r\n\r\n"),
        ("401", "HTTP/1.1 401 Unauthorized\r\n\r\n"),
        ("302", "HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\n\r\n"),
        ("HTTP/1.0", "HTTP/1.0 101 X\r\n\r\n"),
        ("garbage", "\u{0}\u{1}garbage\r\n\r\n"),
        ("no colon", "HTTP/1.1 101 X\r\nnonsense\r\n\r\n"),
        ("endless", String(repeating: "x", count: 20_000)),
    ])
    func clientRefusesEverythingElse(name: String, response: String) throws {
        guard case .refused(let reason) = try Self.outcome(response) else {
            Issue.record("\(name) was not refused")
            return
        }
        #expect(!reason.isEmpty)
        if name == "302" { #expect(reason.contains("redirects are not followed")) }
        if name == "401" { #expect(reason.contains("401 Unauthorized")) }
    }

    @Test func offeredSubprotocolIsTaken() throws {
        let outcome = try Self.outcome(
            Self.accepting + "Sec-WebSocket-Protocol: b\r\n\r\n",
            headers: ["Sec-WebSocket-Protocol": "a, b"])
        guard case .accepted(_, "b", _) = outcome else {
            Issue.record("refused")
            return
        }
    }
}
