import Foundation
import Twilio

/// A blocking connection to a server on the loopback, with as little between the benchmark and the
/// kernel as can be: HTTP requests, and a WebSocket client that can say what is needed. For one
/// thread at a time.
final class RawSocket: @unchecked Sendable {
    // Used by one thread at a time.

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    struct Answer {
        var status: Int
        var head: String
        var body: String
    }

    /// What a server said over a WebSocket.
    enum Message {
        case text([UInt8])
        case ping
        case close(code: Int)
    }

    let descriptor: Int32
    private var unread: [UInt8] = []

    /// Connects.
    /// - Parameter source: the last byte of the address in 127.0.0.0/24 to come from: each has
    ///   ports of its own.
    init(port: Int, source: UInt8 = 1, timeoutSeconds: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Fault(description: "socket: \(Self.reason)") }
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        // The port is chosen when connecting, by the whole tuple.
        setsockopt(descriptor, Int32(IPPROTO_IP), 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, size)
        var own = Self.loopback(port: 0, host: source)
        var target = Self.loopback(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &own) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        let connected = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length)
            }
        }
        // `deinit` closes it: all that is stored is there.
        guard bound == 0, connected == 0 else {
            throw Fault(description: "connecting to port \(port): \(Self.reason)")
        }
    }

    deinit { close(descriptor) }

    static func loopback(port: Int, host: UInt8 = 1) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.\(host)")
        return address
    }

    private static var reason: String { String(cString: strerror(errno)) }

    // MARK: Bytes

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Fault(description: "sending: \(Self.reason)") }
            sent += count
        }
    }

    private func fill() throws {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else {
            throw Fault(
                description: count == 0 ? "the server hung up" : "receiving: \(Self.reason)")
        }
        unread.append(contentsOf: bytes[..<count])
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count { try fill() }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }

    // MARK: HTTP

    /// One request and its answer, whose length must be told.
    func request(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: String = ""
    ) throws -> Answer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
        return try exchange(Array((text + "\r\n" + body).utf8))
    }

    /// A request as it is, and its answer, whose length must be told.
    func exchange(_ request: [UInt8]) throws -> Answer {
        try send(request)
        let head = try takeHead()
        let lines = head.split(separator: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) }
        return Answer(
            status: Self.status(head), head: head,
            body: String(decoding: try take(length ?? 0), as: UTF8.self))
    }

    private func takeHead() throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = unread.firstRange(of: end) {
                return String(decoding: try take(range.upperBound), as: UTF8.self)
            }
            try fill()
        }
    }

    private static func status(_ head: String) -> Int {
        head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    // MARK: WebSocket

    /// Asks for a WebSocket; throws where it is refused.
    func upgrade(path: String = "/twilio/stream") throws {
        try send(
            Array(
                ("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: c3RyZWFtZC1iZW5jaC0wMA==\r\n\r\n").utf8))
        let head = try takeHead()
        guard Self.status(head) == 101 else {
            throw Fault(description: "the handshake was answered with \(head.prefix(60))")
        }
    }

    /// Sends one frame, masked with noughts: the mask protects proxies, of which there are none.
    func sendFrame(opcode: UInt8, _ payload: [UInt8]) throws {
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        }
        try send(frame + [0, 0, 0, 0] + payload)
    }

    /// Waits for the next message.
    func receive() throws -> Message {
        let head = try take(2)
        var count = Int(head[1] & 0x7f)
        if count == 126 {
            let more = try take(2)
            count = Int(more[0]) << 8 | Int(more[1])
        } else if count == 127 {
            count = try take(8).reduce(0) { $0 << 8 | Int($1) }
        }
        let payload = try take(count)
        switch head[0] & 15 {
        case 8:
            return .close(code: payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]))
        case 9: return .ping
        default: return .text(payload)
        }
    }

    /// Sends what Twilio sends first: `connected` and `start`.
    func begin(callSid: String, streamSid: String) throws {
        let writer = TwilioSideWriter(StreamStart(streamSid: streamSid, callSid: callSid))
        try sendFrame(opcode: 1, writer.connected())
        try sendFrame(opcode: 1, writer.start(sequenceNumber: 1))
    }
}
