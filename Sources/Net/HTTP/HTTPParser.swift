import CHTTPParser

/// The limits of one request.
package struct HTTPRequestLimits: Sendable {
    /// Bytes from the first of the request line to the empty line, both included.
    package var headerBytesMax: Int
    /// Header fields.
    package var headerCountMax: Int
    /// Bytes of the body, its transfer coding removed.
    package var bodyBytesMax: Int

    package init(headerBytesMax: Int, headerCountMax: Int, bodyBytesMax: Int) {
        self.headerBytesMax = headerBytesMax
        self.headerCountMax = headerCountMax
        self.bodyBytesMax = bodyBytesMax
    }
}

/// Why a request is refused, and the status to say it with.
package struct HTTPRequestFailure: Error, Sendable, Equatable {
    package let status: Int
    package let reason: String
}

/// Reads HTTP/1 requests from bytes that come in any portions, with no I/O of its own.
///
/// The only file that knows http_parser. The library takes more than the standard allows; what
/// matters for safety is checked here and in `HTTPLineRules`. Not thread-safe.
package final class HTTPRequestParser {
    /// How far the bytes led.
    package enum Outcome: Equatable {
        /// All bytes were taken; the request goes on.
        case needsMore
        /// The head is complete. Call `feed` with what was not taken for the body, also when
        /// nothing is left.
        case head
        /// The request is complete: `takeRequest`, then go on with what was not taken.
        case complete
        /// The request is refused, and nothing more can be read from this connection.
        case failed(HTTPRequestFailure)
    }

    /// Where the request stands.
    package enum Stage {
        case idle, head, body, complete, failed
    }

    package private(set) var stage = Stage.idle
    /// The client waits for `100 Continue` before it sends the body. From `.head` on.
    package private(set) var expectsContinue = false
    /// The connection may be used for another request. From `.head` on.
    package private(set) var keepsAlive = false

    private let limits: HTTPRequestLimits
    private let parser: UnsafeMutablePointer<http_parser>
    private let settings: UnsafeMutablePointer<http_parser_settings>
    private var headByteCount = 0
    private var bodyWireByteCount = 0
    private var rules = HTTPLineRules()
    private var failure: HTTPRequestFailure?
    private var headIsComplete = false
    private var messageIsComplete = false
    /// Where the lines of a chunked body go on in the bytes being fed.
    private var lineStart: UnsafeRawPointer?

    private var method = ""
    private var target: [UInt8] = []
    private var name: [UInt8] = []
    private var value: [UInt8] = []
    private var nameIsComplete = false
    private var version = HTTPVersion.http11
    private var headers = HTTPHeaders()
    private var body: [UInt8] = []

    package init(limits: HTTPRequestLimits) {
        self.limits = limits
        parser = .allocate(capacity: 1)
        settings = .allocate(capacity: 1)
        http_parser_settings_init(settings)
        setCallbacks()
        begin()
    }

    deinit {
        parser.deallocate()
        settings.deallocate()
    }

    private func begin() {
        http_parser_init(parser, HTTP_REQUEST)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        stage = .idle
        expectsContinue = false
        keepsAlive = false
        headByteCount = 0
        bodyWireByteCount = 0
        rules = HTTPLineRules()
        headIsComplete = false
        messageIsComplete = false
        nameIsComplete = false
        target.removeAll(keepingCapacity: true)
        name.removeAll(keepingCapacity: true)
        value.removeAll(keepingCapacity: true)
        headers.removeAll(keepingCapacity: false)
    }

    /// Reads on. Returns how many of the bytes were taken, and what came of it.
    package func feed(_ bytes: UnsafeRawBufferPointer) -> (taken: Int, outcome: Outcome) {
        precondition(stage != .complete, "feed() before takeRequest()")
        if let failure { return (0, .failed(failure)) }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return (0, .needsMore) }
        let inHead = stage == .idle || stage == .head
        lineStart = start
        var taken = http_parser_execute(
            parser, settings, start.assumingMemoryBound(to: CChar.self), bytes.count)
        taken = min(taken, bytes.count)
        check(inHead: inHead, end: start + taken, taken: taken)
        if let failure {
            stage = .failed
            return (taken, .failed(failure))
        }
        http_parser_pause(parser, 0)
        if messageIsComplete {
            stage = .complete
            return (taken, .complete)
        }
        if inHead, headIsComplete {
            stage = .body
            return (taken, .head)
        }
        return (taken, .needsMore)
    }

    /// The complete request; the parser is ready for the next.
    package func takeRequest(
        remoteAddress: String, remotePort: Int, isSecure: Bool
    ) -> HTTPRequest {
        precondition(stage == .complete, "takeRequest() before the request is complete")
        let request = HTTPRequest(
            method: method, target: String(decoding: target, as: UTF8.self), version: version,
            headers: headers, body: body, remoteAddress: remoteAddress, remotePort: remotePort,
            isSecure: isSecure)
        body = []
        begin()
        return request
    }

    // MARK: - Rules

    private func refuse(_ status: Int, _ reason: String) {
        if failure == nil {
            failure = HTTPRequestFailure(status: status, reason: reason)
        }
    }

    private func check(inHead: Bool, end: UnsafeRawPointer, taken: Int) {
        let error = http_errno(UInt32(parser.pointee.http_errno))
        if error != HPE_OK, error != HPE_PAUSED {
            refuse(status(for: error), String(cString: http_errno_description(error)))
        }
        if inHead {
            // The library stops before the last line feed of the head.
            headByteCount += taken + (headIsComplete ? 1 : 0)
            if headByteCount > limits.headerBytesMax {
                let inTarget = headers.isEmpty && name.isEmpty
                refuse(
                    inTarget ? 414 : 431, "the head is larger than \(limits.headerBytesMax) bytes")
            }
        } else {
            bodyWireByteCount += taken
            // Chunks of one byte take six; more overhead than that is not an honest body.
            if bodyWireByteCount > 8 * limits.bodyBytesMax + 65_536 {
                refuse(413, "the chunks are mostly overhead")
            }
        }
        checkLines(upTo: end)
    }

    private func checkLines(upTo end: UnsafeRawPointer) {
        guard let start = lineStart, start < end else { return }
        if !rules.accept(UnsafeRawBufferPointer(start: start, count: end - start)) {
            refuse(400, "a line is folded, ends without CR LF or holds NUL")
        }
        lineStart = end
    }

    private func status(for error: http_errno) -> Int {
        switch error {
        case HPE_HEADER_OVERFLOW: 431
        case HPE_INVALID_VERSION: 505
        case HPE_INVALID_TRANSFER_ENCODING: 501
        default: 400
        }
    }

    fileprivate func finishField() {
        defer {
            name.removeAll(keepingCapacity: true)
            value.removeAll(keepingCapacity: true)
            nameIsComplete = false
        }
        guard !name.isEmpty else { return }
        guard name.allSatisfy(Self.isTokenByte) else {
            return refuse(400, "a header name holds a character that is not allowed there")
        }
        guard headers.count < limits.headerCountMax else {
            return refuse(431, "more than \(limits.headerCountMax) header fields")
        }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        headers.add(
            name: String(decoding: name, as: UTF8.self),
            value: String(decoding: value, as: UTF8.self))
    }

    private func finishHead() {
        finishField()
        headIsComplete = true
        switch (parser.pointee.http_major, parser.pointee.http_minor) {
        case (1, 0): version = .http10
        case (1, 1): version = .http11
        default: return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
        }
        method = String(cString: http_method_str(http_method(UInt32(parser.pointee.method))))
        keepsAlive = http_should_keep_alive(parser) != 0
        checkTarget()
        checkHost()
        checkLength()
        checkExpectation()
    }

    private func checkTarget() {
        guard method != "CONNECT" else {
            return refuse(501, "this is not a proxy")
        }
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return refuse(400, "the request target holds a character that must be escaped")
        }
        let isStar = target == [UInt8(ascii: "*")] && method == "OPTIONS"
        let isAbsolute =
            target.starts(with: "http://".utf8, by: { asciiLowercase($0) == $1 })
            || target.starts(with: "https://".utf8, by: { asciiLowercase($0) == $1 })
        guard target.first == UInt8(ascii: "/") || isStar || isAbsolute else {
            return refuse(400, "the request target is neither a path nor a URL")
        }
    }

    private func checkHost() {
        let hosts = headers.values(of: "host").count
        if hosts > 1 || (hosts == 0 && version == .http11) {
            refuse(400, hosts == 0 ? "the Host header is missing" : "more than one Host header")
        }
    }

    /// One way only of saying where the body ends (RFC 9112, 6.1 and 6.3).
    private func checkLength() {
        let codings = headers.values(of: "transfer-encoding")
        let lengths = headers.values(of: "content-length")
        if !codings.isEmpty {
            guard lengths.isEmpty, version == .http11 else {
                return refuse(400, "Transfer-Encoding with Content-Length or HTTP/1.0")
            }
            guard codings.count == 1, HTTPHeaders.same(codings[0], "chunked") else {
                return refuse(501, "the only transfer coding read here is chunked")
            }
        } else if let length = lengths.first {
            guard lengths.count == 1, let count = Int(length),
                length.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
            else { return refuse(400, "Content-Length is not one number") }
            guard count <= limits.bodyBytesMax else {
                return refuse(413, "the body is larger than \(limits.bodyBytesMax) bytes")
            }
            body.reserveCapacity(min(count, 65_536))
        }
    }

    private func checkExpectation() {
        guard let expectation = headers["expect"] else { return }
        guard HTTPHeaders.same(expectation, "100-continue") else {
            return refuse(417, "the only expectation met here is 100-continue")
        }
        let hasBody =
            headers["transfer-encoding"] != nil || (headers["content-length"] ?? "0") != "0"
        expectsContinue = version == .http11 && hasBody
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    // MARK: - Callbacks

    private static func from(_ parser: UnsafeMutablePointer<http_parser>?) -> HTTPRequestParser? {
        (parser?.pointee.data).map {
            Unmanaged<HTTPRequestParser>.fromOpaque($0).takeUnretainedValue()
        }
    }

    private func setCallbacks() {
        settings.pointee.on_message_begin = { parser in
            // Empty lines before a request do not begin it.
            HTTPRequestParser.from(parser)?.stage = .head
            return 0
        }
        settings.pointee.on_url = { parser, bytes, count in
            HTTPRequestParser.from(parser)?.didReadTarget(bytes, count) ?? 1
        }
        settings.pointee.on_header_field = { parser, bytes, count in
            HTTPRequestParser.from(parser)?.didReadName(bytes, count) ?? 1
        }
        settings.pointee.on_header_value = { parser, bytes, count in
            HTTPRequestParser.from(parser)?.didReadValue(bytes, count) ?? 1
        }
        settings.pointee.on_headers_complete = { parser in
            guard let me = HTTPRequestParser.from(parser) else { return 1 }
            me.finishHead()
            http_parser_pause(parser, 1)
            return 0
        }
        settings.pointee.on_body = { parser, bytes, count in
            HTTPRequestParser.from(parser)?.didReadBody(bytes, count) ?? 1
        }
        settings.pointee.on_message_complete = { parser in
            guard let me = HTTPRequestParser.from(parser) else { return 1 }
            me.messageIsComplete = true
            http_parser_pause(parser, 1)
            return 0
        }
    }

    private func didReadTarget(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
        target.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    }

    private func didReadValue(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
        guard !headIsComplete else { return 0 }
        nameIsComplete = true
        value.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    }

    private func didReadName(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
        // Fields behind a chunked body (trailers) are read and dropped.
        guard !headIsComplete else { return 0 }
        if nameIsComplete {
            finishField()
        }
        name.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return failure == nil ? 0 : 1
    }

    private func didReadBody(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
        guard let bytes, count > 0 else { return 0 }
        let start = UnsafeRawPointer(bytes)
        checkLines(upTo: start)
        lineStart = start + count
        rules.skipData()
        guard body.count + count <= limits.bodyBytesMax else {
            refuse(413, "the body is larger than \(limits.bodyBytesMax) bytes")
            return 1
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        return failure == nil ? 0 : 1
    }
}
