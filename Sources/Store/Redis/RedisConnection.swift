// The only file that talks to hiredis.
import CHiredis
import Glibc

/// A server's answer to one command.
enum RedisReply: Sendable, Equatable {
    case none
    case status(String)
    case integer(Int64)
    case bytes([UInt8])
    /// Refused by the server; its reason.
    case refused(String)
}

/// One blocking connection to Redis. Confined to one thread at a time by its owner.
final class RedisConnection {
    /// Why a connection could not be made, or is lost.
    struct Fault: Error { var reason: String }

    private let context: UnsafeMutablePointer<redisContext>

    /// Connects, signs in, and chooses the database. Blocks for `timeoutMs` at most, and so does every
    /// later exchange that makes no progress.
    init(_ address: RedisAddress, timeoutMs: Int) throws(Fault) {
        let limit = timeval(
            tv_sec: timeoutMs / 1000, tv_usec: suseconds_t(timeoutMs % 1000 * 1000))
        let made =
            switch address.endpoint {
            case .host(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .socket(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let made else { throw Fault(reason: "out of memory") }
        context = made
        guard made.pointee.err == 0, redisSetTimeout(made, limit) == REDIS_OK else {
            throw Fault(reason: Self.reason(made))
        }
        if case .host = address.endpoint { redisEnableKeepAlive(made) }
        var greetings: [[[UInt8]]] = []
        if !address.password.isEmpty {
            let words = ["AUTH"] + (address.user.isEmpty ? [] : [address.user]) + [address.password]
            greetings.append(words.map { Array($0.utf8) })
        }
        if address.databaseNumber != 0 {
            greetings.append([Array("SELECT".utf8), Array(String(address.databaseNumber).utf8)])
        }
        greetings.append([Array("PING".utf8)])
        for reply in try exchange(greetings) {
            if case .refused(let reason) = reply { throw Fault(reason: reason) }
        }
    }

    deinit { redisFree(context) }

    /// True when the server has not left; asks the socket, not the server. Nothing but its end
    /// comes unasked.
    var isAlive: Bool {
        var byte: UInt8 = 0
        let count = recv(context.pointee.fd, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    /// Sends commands together and waits for their answers.
    func exchange(_ commands: [[[UInt8]]]) throws(Fault) -> [RedisReply] {
        try send(commands.flatMap(Self.formatted))
        var replies: [RedisReply] = []
        for _ in commands {
            var answer: UnsafeMutableRawPointer?
            guard redisGetReply(context, &answer) == REDIS_OK, let answer else {
                throw Fault(reason: Self.reason(context))
            }
            replies.append(Self.reply(answer.assumingMemoryBound(to: redisReply.self).pointee))
            freeReplyObject(answer)
        }
        return replies
    }

    /// The library's own writing would end the process by SIGPIPE where the server has left.
    private func send(_ bytes: [UInt8]) throws(Fault) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    context.pointee.fd, buffer.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw Fault(
                    reason: errno == EAGAIN
                        ? "it takes nothing" : String(cString: strerror(errno)))
            }
            sent += count
        }
    }

    /// A command as the protocol writes it: the count of its words, and each behind its length.
    private static func formatted(_ words: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.count)\r\n".utf8)
            bytes += word
            bytes += [0x0D, 0x0A]
        }
        return bytes
    }

    private static func reply(_ reply: redisReply) -> RedisReply {
        let bytes = UnsafeRawBufferPointer(
            start: reply.str, count: reply.str == nil ? 0 : reply.len)
        switch reply.type {
        case REDIS_REPLY_NIL: return .none
        case REDIS_REPLY_INTEGER: return .integer(reply.integer)
        case REDIS_REPLY_STRING: return .bytes(Array(bytes))
        case REDIS_REPLY_ERROR: return .refused(String(decoding: bytes, as: UTF8.self))
        default: return .status(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func reason(_ context: UnsafeMutablePointer<redisContext>) -> String {
        guard context.pointee.err != 0 else { return "it gave no answer" }
        let text = withUnsafeBytes(of: &context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // What a time-out of the socket is called by the system.
        return text == "Resource temporarily unavailable" ? "it gave no answer in time" : text
    }
}
