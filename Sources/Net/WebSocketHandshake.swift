import Glibc
import Wire

/// The key and its answer in the opening handshake (RFC 6455 §4.1 and §4.2.2).
package enum WebSocketKey {
    /// A fresh key: 16 random bytes in base64.
    static func make() throws(NetError) -> String {
        var random = [UInt8](repeating: 0, count: 16)
        guard getentropy(&random, random.count) == 0 else {
            throw .io(what: "reading random bytes", reason: String(cString: strerror(errno)))
        }
        return Base64.text(random)
    }

    /// True when a client's key is 16 bytes in base64.
    package static func isValid(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        guard bytes.count == 24, bytes.suffix(2) == [0x3D, 0x3D] else { return false }
        return bytes.dropLast(2).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// What the server must answer to a key: SHA-1 over the key and the standard's GUID, in base64.
    package static func accept(for key: String) -> String {
        Base64.text(Digest.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }
}

/// The answer of a server to a request that asks for a WebSocket (RFC 6455 §4.2).
package enum WebSocketServerHandshake {
    /// Switch protocols with these fields beside `Upgrade` and `Connection`.
    case accept(headers: HTTPHeaders, subprotocol: String?)
    /// The request is not a handshake that can be accepted.
    case reject(HTTPResponse)

    /// Judges a request. The first of the client's subprotocols that is in `subprotocols` is
    /// chosen; none is an accepted connection without one.
    package init(_ request: HTTPRequest, subprotocols: [String] = []) {
        func refuse(_ status: Int, _ text: String, _ headers: HTTPHeaders = HTTPHeaders()) -> Self {
            var response = HTTPResponse(
                status: status, contentType: "text/plain; charset=utf-8", body: text + "\n")
            for field in headers { response.headers.add(name: field.name, value: field.value) }
            return .reject(response)
        }
        let headers = request.headers
        guard request.method == "GET" else {
            self = refuse(405, "a WebSocket handshake is a GET request", ["Allow": "GET"])
            return
        }
        guard headers.contains(name: "Upgrade", token: "websocket") else {
            self = refuse(426, "this address speaks WebSocket only", ["Upgrade": "websocket"])
            return
        }
        guard request.version == .http11, headers.contains(name: "Connection", token: "upgrade")
        else {
            self = refuse(400, "a WebSocket handshake needs HTTP/1.1 and Connection: Upgrade")
            return
        }
        guard headers["Sec-WebSocket-Version"] == "13" else {
            self = refuse(
                426, "only version 13 of the WebSocket protocol is spoken here",
                ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
            return
        }
        let keys = headers.values(of: "Sec-WebSocket-Key")
        guard keys.count == 1, let key = keys.first, WebSocketKey.isValid(key) else {
            self = refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64")
            return
        }
        var answer: HTTPHeaders = ["Sec-WebSocket-Accept": WebSocketKey.accept(for: key)]
        let chosen = headers.values(of: "Sec-WebSocket-Protocol")
            .flatMap { $0.split(separator: ",") }
            .map { String(HTTPHeaders.trimmed($0)) }
            .first { subprotocols.contains($0) }
        if let chosen { answer["Sec-WebSocket-Protocol"] = chosen }
        self = .accept(headers: answer, subprotocol: chosen)
    }
}

/// The client's half of the handshake (RFC 6455 §4.1), without I/O.
package struct WebSocketClientHandshake {
    /// The outcome of the bytes so far.
    package enum Outcome {
        case needsInput
        /// Open; `consumed` bytes of the input belonged to the response.
        case accepted(headers: HTTPHeaders, subprotocol: String?, consumed: Int)
        case refused(reason: String)
    }

    /// A response head longer than this is refused.
    package static let responseBytesMax = 16_384

    /// What is to be sent.
    package let request: [UInt8]
    private let key: String
    private let offered: [String]
    private var response: [UInt8] = []

    /// Headers that the handshake itself sets.
    private static let reserved = [
        "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-extensions", "content-length", "transfer-encoding",
    ]

    /// A handshake for `url`. `headers` may hold anything else, such as `Authorization` or
    /// `Sec-WebSocket-Protocol`. `key` is for tests.
    package init(url: WebSocketURL, headers: HTTPHeaders, key: String? = nil) throws(NetError) {
        if let key { self.key = key } else { self.key = try WebSocketKey.make() }
        var text = "GET \(url.target) HTTP/1.1\r\nHost: \(url.hostHeader)\r\n"
        text += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Key: \(self.key)\r\nSec-WebSocket-Version: 13\r\n"
        for field in headers {
            try HTTPFieldRules.check(name: field.name, value: field.value)
            guard !Self.reserved.contains(where: { HTTPHeaders.same($0, field.name) }) else {
                throw .invalid(
                    what: "WebSocket header \(field.name)", reason: "it is set by the handshake")
            }
            text += "\(field.name): \(field.value)\r\n"
        }
        text += "\r\n"
        request = Array(text.utf8)
        offered = headers.values(of: "Sec-WebSocket-Protocol")
            .flatMap { $0.split(separator: ",") }.map { String(HTTPHeaders.trimmed($0)) }
    }

    /// Takes the next bytes of the response.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let before = response.count
        let from = max(0, before - 3)
        response.append(contentsOf: bytes)
        guard let end = Self.headEnd(response, from: from) else {
            return response.count > Self.responseBytesMax
                ? .refused(
                    reason: "the response's head is longer than \(Self.responseBytesMax) bytes")
                : .needsInput
        }
        let head = response.prefix(end)
        return judge(String(decoding: head, as: UTF8.self), consumed: end - before)
    }

    private static func headEnd(_ bytes: [UInt8], from: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in from...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13
            && bytes[index + 3] == 10
        {
            return index + 4
        }
        return nil
    }

    private func judge(_ head: String, consumed: Int) -> Outcome {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        let words = (lines.first ?? "").split(
            separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == "HTTP/1.1", words[1].utf8.count == 3,
            let status = Int(words[1])
        else { return .refused(reason: "the answer is not HTTP/1.1") }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                return .refused(reason: "the answer has a malformed header")
            }
            headers.add(
                name: String(line[..<colon]),
                value: String(HTTPHeaders.trimmed(line[line.index(after: colon)...])))
        }
        guard status == 101 else {
            if (300...399).contains(status), let location = headers["Location"] {
                return .refused(
                    reason: "HTTP \(status): redirects are not followed (to \(location))")
            }
            return .refused(reason: "HTTP \(status)\(words.count > 2 ? " \(words[2])" : "")")
        }
        guard headers.contains(name: "Upgrade", token: "websocket"),
            headers.contains(name: "Connection", token: "upgrade")
        else { return .refused(reason: "HTTP 101 without an upgrade to WebSocket") }
        guard headers.values(of: "Sec-WebSocket-Accept") == [WebSocketKey.accept(for: key)] else {
            return .refused(reason: "Sec-WebSocket-Accept does not answer the key")
        }
        guard headers["Sec-WebSocket-Extensions"] == nil else {
            return .refused(reason: "an extension was chosen that was not offered")
        }
        let chosen = headers["Sec-WebSocket-Protocol"]
        if let chosen, !offered.contains(chosen) {
            return .refused(reason: "subprotocol \(chosen) was chosen but not offered")
        }
        return .accepted(headers: headers, subprotocol: chosen, consumed: consumed)
    }
}
