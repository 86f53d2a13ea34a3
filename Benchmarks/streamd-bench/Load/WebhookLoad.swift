import Foundation
import Realtime
import Twilio

/// Twilio's webhooks at a set rate over a pool of kept connections: an open loop. A request that
/// finds no free connection waits, and its latency counts from when it was due.
///
/// Blocks the thread it runs on; requests are made and signed beforehand.
final class WebhookLoad {
    struct Outcome {
        /// From when a request was sent, or was due where no connection was free, to the end of its
        /// answer.
        var latency = LatencyHistogram()
        /// How late requests left for reasons of this side: a tick that came late.
        var lateness = LatencyHistogram()
        var answered = 0
        var refused = 0
        var failed = 0
        var seconds = 0.0
        /// The first answer that was not what was asked for.
        var firstFault = ""
    }

    private struct Connection {
        var descriptor: Int32
        var sinceNanos: UInt64 = 0
        var received: [UInt8] = []
    }

    private let requests: [[UInt8]]
    private let marker: StaticString
    private var connections: [Connection] = []
    private var polls: [pollfd] = []
    private var free: [Int] = []
    private var hungUpCount = 0
    private var outcome = Outcome()
    private var sockets: [RawSocket] = []

    /// Requests due in the same millisecond are sent together.
    private static let tickNanos: UInt64 = 1_000_000
    /// Nobody waits longer for an answer.
    private static let patienceNanos: UInt64 = 5_000_000_000

    /// - Parameters:
    ///   - requests: whole requests, in the order they are due.
    ///   - marker: what a good answer has in its body.
    init(port: Int, poolSize: Int, requests: [[UInt8]], marker: StaticString) throws {
        self.requests = requests
        self.marker = marker
        for _ in 0..<poolSize {
            let socket = try RawSocket(port: port)
            sockets.append(socket)
            connections.append(Connection(descriptor: socket.descriptor))
            connections[connections.count - 1].received.reserveCapacity(4096)
            polls.append(pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0))
        }
        free = Array(connections.indices)
    }

    /// The webhook of an incoming call.
    /// - Parameters:
    ///   - signedURL: how the daemon says it is reached.
    ///   - token: what signs; the daemon must have the same.
    static func voiceRequest(number: Int, signedURL: String, token: String) -> [UInt8] {
        let digits = String(number, radix: 16)
        let sid = "CA" + String(repeating: "0", count: max(0, 32 - digits.count)) + digits
        let fields: [TwilioSignature.Parameter] = [
            ("AccountSid", "AC00000000000000000000000000000000"), ("ApiVersion", "2010-04-01"),
            ("CallSid", sid), ("CallStatus", "ringing"), ("Called", "+15551234567"),
            ("Caller", "+15550001111"), ("Direction", "inbound"), ("From", "+15550001111"),
            ("To", "+15551234567"),
        ]
        return SignedWebhook.bytes(
            path: "/twilio/voice", fields: fields, signedURL: signedURL, token: token)
    }

    /// Sends all of them at the rate and waits for the answers.
    func run(perSecond rate: Int) -> Outcome {
        let began = MonotonicClock.nowNanos()
        let interval = 1e9 / Double(rate)
        func due(_ number: Int) -> UInt64 {
            let nanos = UInt64(Double(number) * interval)
            return began + nanos / Self.tickNanos * Self.tickNanos
        }
        var next = 0
        var isStarved = false
        var lastProgress = began
        while next < requests.count || free.count + hungUpCount < connections.count {
            let now = MonotonicClock.nowNanos()
            while next < requests.count, due(next) <= now, let index = free.popLast() {
                // What waited for a connection is the server's delay, what waited for us is ours.
                if !isStarved { outcome.lateness.record(now - due(next)) }
                send(requests[next], on: index, sinceNanos: isStarved ? due(next) : now)
                next += 1
            }
            isStarved = next < requests.count && due(next) <= now
            let wait = next < requests.count && !isStarved ? due(next) - now : 50_000_000
            let answered = outcome.answered + outcome.refused + outcome.failed
            receive(waitMs: Int32((wait + 999_999) / 1_000_000))
            if outcome.answered + outcome.refused + outcome.failed > answered {
                lastProgress = MonotonicClock.nowNanos()
            } else if MonotonicClock.nowNanos() - lastProgress > Self.patienceNanos {
                outcome.failed += requests.count - answered
                note("no answer for 5 s")
                break
            }
        }
        outcome.seconds = Double(MonotonicClock.nowNanos() - began) / 1e9
        return outcome
    }

    private func send(_ request: [UInt8], on index: Int, sinceNanos: UInt64) {
        connections[index].sinceNanos = sinceNanos
        do {
            // A request fits into an empty socket buffer.
            try sockets[index].send(request)
        } catch {
            outcome.failed += 1
            note("\(error)")
            free.append(index)
        }
    }

    private func receive(waitMs: Int32) {
        guard poll(&polls, nfds_t(polls.count), waitMs) > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 16) { buffer in
            for index in polls.indices where polls[index].revents != 0 {
                let count = recv(connections[index].descriptor, buffer.baseAddress, buffer.count, 0)
                guard count > 0 else {
                    polls[index].fd = -1
                    hungUpCount += 1
                    if let idle = free.firstIndex(of: index) {
                        // No request was under way: servers end connections that stay unused.
                        free.remove(at: idle)
                    } else {
                        outcome.failed += 1
                        note("the server hung up")
                    }
                    connections[index].received.removeAll(keepingCapacity: true)
                    continue
                }
                connections[index].received.append(contentsOf: buffer[..<count])
                takeAnswer(index)
            }
        }
    }

    private func takeAnswer(_ index: Int) {
        guard let answer = HTTPAnswerScan(connections[index].received, marker: marker) else {
            return
        }
        switch answer.status {
        case 200 where answer.hasMarker:
            outcome.answered += 1
            outcome.latency.record(MonotonicClock.nowNanos() - connections[index].sinceNanos)
        case 429: outcome.refused += 1
        default:
            outcome.failed += 1
            note(String(decoding: connections[index].received.prefix(600), as: UTF8.self))
        }
        connections[index].received.removeAll(keepingCapacity: true)
        free.append(index)
    }

    private func note(_ fault: String) {
        if outcome.firstFault.isEmpty { outcome.firstFault = fault }
    }
}

/// One whole HTTP answer in a buffer.
private struct HTTPAnswerScan {
    let status: Int
    /// True when its body is what was asked for.
    let hasMarker: Bool

    /// Nil while something is missing.
    init?(_ bytes: [UInt8], marker: StaticString) {
        guard let end = Self.find("\r\n\r\n", in: bytes, from: 0),
            let field = Self.find("ontent-Length: ", in: bytes, from: 0)
        else { return nil }
        var length = 0
        var index = field
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
            length = length * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        guard bytes.count >= end + length else { return nil }
        status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        hasMarker = Self.find(marker, in: bytes, from: end) != nil
    }

    /// Where the text ends in the bytes.
    private static func find(_ text: StaticString, in bytes: [UInt8], from start: Int) -> Int? {
        let count = text.utf8CodeUnitCount
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = start
            while index + count <= bytes.count {
                if bytes[index] == text.utf8Start[0],
                    memcmp(base + index, text.utf8Start, count) == 0
                {
                    return index + count
                }
                index += 1
            }
            return nil
        }
    }
}
