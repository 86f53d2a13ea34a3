import Foundation
import Twilio

struct PeerFault: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}

/// What an HTTP server answered.
struct HTTPAnswer: Sendable {
    var status = 0
    var head = ""
    var body = ""
}

/// A WebSocket frame from the daemon.
struct PeerFrame {
    var opcode: UInt8
    var payload: [UInt8]
}

/// The end of a stream as its peer sees it.
struct PeerClose: Sendable, Equatable {
    var code: UInt16
    var reason: String
}

/// The other end of a socket that may misbehave as it likes: blocking calls on a bare descriptor,
/// with WebSocket frames put together by hand. For one thread at a time.
final class RawPeer: @unchecked Sendable {
    // Used by the one thread that made it.

    private let descriptor: Int32
    private var unread: [UInt8] = []
    private var isOpen = true
    private var writer = TwilioSideWriter(StreamStart(streamSid: "MZ0", callSid: "CA0"))
    private var chunk: UInt64 = 0

    /// - Parameter receiveBytes: size of a receive buffer that is soon full; nil for the system's.
    init(port: Int, receiveBytes: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = receiveBytes {
            // Small segments keep the sender's kernel from buffering megabytes.
            var segment: Int32 = 536
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, size)
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_MAXSEG, &segment, size)
        }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw PeerFault(what: "connect: errno \(errno)") }
    }

    deinit { if isOpen { close(descriptor) } }

    // MARK: Bytes

    /// False when the other side is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Reads more; false at the end, or after 30 s without anything.
    private func fill() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        unread.append(contentsOf: bytes[..<count])
        return true
    }

    /// Vanishes with a reset, as a machine that lost its state.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger,
            socklen_t(MemoryLayout.size(ofValue: linger)))
        close(descriptor)
        isOpen = false
    }

    // MARK: HTTP

    /// Reads to the connection's end.
    func answer() -> HTTPAnswer {
        while fill() {}
        let text = String(decoding: unread, as: UTF8.self)
        guard let range = text.range(of: "\r\n\r\n") else { return HTTPAnswer(head: text) }
        let head = String(text[..<range.lowerBound])
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return HTTPAnswer(status: status, head: head, body: String(text[range.upperBound...]))
    }

    /// Asks for a WebSocket; returns the status.
    func upgrade(headers: [String] = []) -> Int {
        let lines: [String] =
            [
                "GET /twilio/stream HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket",
                "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + headers
        send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        while true {
            let text = String(decoding: unread, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                unread.removeFirst(text[..<end.upperBound].utf8.count)
                return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            }
            guard fill() else { return 0 }
        }
    }

    // MARK: WebSocket

    /// One whole frame, masked with zeros.
    @discardableResult
    func frame(_ opcode: UInt8, _ payload: [UInt8]) -> Bool {
        var bytes: [UInt8] = [0x80 | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536:
            bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        default:
            bytes.append(0x80 | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        return send(bytes + [0, 0, 0, 0] + payload)
    }

    @discardableResult
    func text(_ text: String) -> Bool { frame(1, Array(text.utf8)) }

    /// The next frame; nil when the connection has ended.
    func next() -> PeerFrame? {
        while true {
            if let frame = takeFrame() { return frame }
            guard fill() else { return nil }
        }
    }

    private func takeFrame() -> PeerFrame? {
        guard unread.count >= 2 else { return nil }
        var count = Int(unread[1] & 0x7f)
        var start = 2
        let sizeBytes = count == 126 ? 2 : count == 127 ? 8 : 0
        if sizeBytes > 0 {
            guard unread.count >= 2 + sizeBytes else { return nil }
            count = unread[2..<2 + sizeBytes].reduce(0) { $0 << 8 | Int($1) }
            start += sizeBytes
        }
        guard unread.count >= start + count else { return nil }
        let frame = PeerFrame(
            opcode: unread[0] & 0x0f, payload: Array(unread[start..<start + count]))
        unread.removeFirst(start + count)
        return frame
    }

    /// Reads on to the close frame and answers it; nil when there was none.
    func closing() -> PeerClose? {
        while let frame = next() {
            guard frame.opcode == 8, frame.payload.count >= 2 else { continue }
            self.frame(8, frame.payload)
            return PeerClose(
                code: UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]),
                reason: String(decoding: frame.payload[2...], as: UTF8.self))
        }
        return nil
    }

    // MARK: Twilio's messages

    /// `connected` and `start` of the call.
    func begin(_ sid: String, parameters: [String: String] = [:]) {
        writer = TwilioSideWriter(
            StreamStart(
                streamSid: "MZ" + sid, callSid: "CA" + sid, accountSid: "AC1",
                customParameters: parameters))
        frame(1, writer.connected())
        start()
    }

    func start() { frame(1, writer.start(sequenceNumber: 1)) }
    func stop() { frame(1, writer.stop(sequenceNumber: 99)) }

    /// One frame of silence.
    @discardableResult
    func media() -> Bool {
        chunk += 1
        var message = [UInt8](repeating: 0, count: 1024)
        let silence = [UInt8](repeating: 0xff, count: 160)
        let count = message.withUnsafeMutableBytes { target in
            silence.withUnsafeBytes {
                writer.writeMedia(
                    $0, sequenceNumber: chunk + 1, chunk: chunk, timestampMs: chunk * 20,
                    into: target)
            }
        }
        return frame(1, Array(message[..<(count ?? 0)]))
    }
}
