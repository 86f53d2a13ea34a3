import Foundation
import Glibc
import Net
import Synchronization
import Testing

/// Values gathered from any thread. Made so that ThreadSanitizer understands it: it does not see
/// the standard library's Mutex, nor the reference counts that guard an array shared by two
/// threads.
final class Gathered<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    func add(_ value: Value) {
        lock.withLock { values.append(value) }
    }

    var all: [Value] {
        lock.withLock {
            var copy: [Value] = []
            copy.reserveCapacity(values.count)
            for value in values { copy.append(value) }
            return copy
        }
    }

    /// Waits until the values satisfy the condition; false after five seconds.
    func wait(_ isEnough: ([Value]) -> Bool) -> Bool {
        for _ in 0..<5_000 {
            if isEnough(all) { return true }
            usleep(1_000)
        }
        return false
    }
}

/// Waits up to five seconds for a condition.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<5_000 {
        if condition() { return true }
        usleep(1_000)
    }
    return false
}

/// Runs the body on the loop and waits for it.
func onLoop<Result: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable () -> Result
) -> Result {
    let results = Gathered<Result>()
    loop.execute { results.add(body()) }
    guard results.wait({ !$0.isEmpty }) else { fatalError("the loop does not answer") }
    return results.all[0]
}

/// A response as a test sees it.
struct RawResponse: Equatable {
    var status: Int
    var head: String
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        for line in head.components(separatedBy: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}

/// Nobody listens.
struct ConnectionRefused: Error {}

/// A client of plain system calls that shares no code with what is tested.
/// Sending and receiving may be done by two threads.
final class RawClient: @unchecked Sendable {
    let socket: Int32
    private(set) var unread: [UInt8] = []

    init(port: Int, receiveBufferBytes: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBufferBytes {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { throw ConnectionRefused() }
    }

    deinit {
        close(socket)
    }

    /// Sends all of it; false when the connection is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    func endWriting() {
        shutdown(socket, Int32(SHUT_WR))
    }

    /// Reads some more; false at the end, after an error or after five seconds.
    func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &chunk, chunk.count, 0)
        if count > 0 {
            unread.append(contentsOf: chunk[0..<count])
        }
        return count > 0
    }

    /// True when the server ends the connection in an orderly way, nothing being left to read.
    func isEnded() -> Bool {
        var byte: UInt8 = 0
        return unread.isEmpty && recv(socket, &byte, 1, 0) == 0
    }

    /// Everything up to the end.
    func readToEnd() -> [UInt8] {
        while receive() {}
        defer { unread = [] }
        return unread
    }

    /// One response, by Content-Length, by chunks or without a body.
    func response(toHead isHead: Bool = false) throws -> RawResponse {
        let end = Array("\r\n\r\n".utf8)
        var headEnd = unread.firstRange(of: end)
        while headEnd == nil {
            try #require(receive(), "the connection ended inside a head: \(unread.count) bytes")
            headEnd = unread.firstRange(of: end)
        }
        let range = try #require(headEnd)
        let head = String(decoding: unread[..<range.lowerBound], as: UTF8.self)
        unread.removeSubrange(..<range.upperBound)
        let parts = head.split(separator: " ", maxSplits: 2)
        try #require(parts.count >= 2 && parts[0] == "HTTP/1.1")
        var response = RawResponse(status: try #require(Int(parts[1])), head: head, body: [])
        if isHead || response.status < 200 || response.status == 204 || response.status == 304 {
            return response
        }
        if response.header("transfer-encoding") == "chunked" {
            response.body = try chunks()
        } else if let length = response.header("content-length").flatMap(Int.init) {
            while unread.count < length {
                try #require(receive(), "the connection ended inside a body")
            }
            response.body = Array(unread[..<length])
            unread.removeSubrange(..<length)
        } else {
            response.body = readToEnd()
        }
        return response
    }

    private func line() throws -> String {
        while unread.firstRange(of: [13, 10]) == nil {
            try #require(receive(), "the connection ended inside a line")
        }
        let range = try #require(unread.firstRange(of: [13, 10]))
        defer { unread.removeSubrange(..<range.upperBound) }
        return String(decoding: unread[..<range.lowerBound], as: UTF8.self)
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try #require(Int(try line(), radix: 16))
            while unread.count < size + 2 {
                try #require(receive(), "the connection ended inside a chunk")
            }
            body.append(contentsOf: unread[..<size])
            try #require(Array(unread[size..<size + 2]) == [13, 10])
            unread.removeSubrange(..<(size + 2))
            if size == 0 { return body }
        }
    }
}

/// A server on its own loops, shut down with the test.
final class TestServer {
    let group: EventLoopGroup
    let server: HTTPServer
    let events = Gathered<HTTPServerEvent>()

    init(
        loops: Int = 1, _ adjust: (inout HTTPServerOptions) -> Void = { _ in },
        handler: @escaping @Sendable (EventLoop) -> HTTPHandler
    ) throws {
        var options = HTTPServerOptions(host: "127.0.0.1")
        adjust(&options)
        group = try EventLoopGroup(count: loops, label: "test")
        let events = events
        do {
            server = try HTTPServer(
                group: group, options: options, onEvent: { events.add($0) }, handler: handler)
        } catch {
            group.shutdown()
            throw error
        }
    }

    /// A server that says what it was asked.
    convenience init(loops: Int = 1, _ adjust: (inout HTTPServerOptions) -> Void = { _ in }) throws
    {
        try self.init(loops: loops, adjust) { _ in
            { request, responder in
                let text = "\(request.method) \(request.path) \(request.query) "
                responder.respond(
                    HTTPResponse(
                        status: 200, headers: ["Content-Type": "text/plain"],
                        body: Array(text.utf8) + request.body))
            }
        }
    }

    deinit {
        server.close()
        group.shutdown()
    }

    func client() throws -> RawClient {
        try RawClient(port: server.port)
    }
}
