import CAllocationCounter
import CEchoFloor
import Glibc
import Net

/// Evenly spaced messages on many connections to a server of this process, and what they cost the
/// server's thread.
struct SocketLoad {
    /// What a server's thread spent on the messages of one round.
    struct Cost {
        var cpuNanos: Double
        /// Per message; nil where they are not counted.
        var allocations: Double?
        /// From sending a message until its reply is complete, sorted.
        var roundTripNanos: [UInt64]
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What a message is made of, as it goes on the wire.
    struct Message {
        var bytes: [UInt8]
        var replyByteCount: Int
        /// Sent once by each connection; nothing comes back.
        var opening: [UInt8] = []
        /// Where a number of so many digits stands that counts the messages.
        var counter: (at: Int, digits: Int, first: Int)?
        var isWebSocket = true

        /// The same bytes, for the server that only echoes.
        var echoed: Message {
            Message(bytes: bytes, replyByteCount: bytes.count, counter: counter, isWebSocket: false)
        }
    }

    typealias Counters = (cpuNanos: UInt64, allocations: UInt64?)

    var connections = 100
    /// Messages a second, on all connections together.
    var rate = 5_000
    var seconds = 1.0

    /// Each masking byte of ``textFrame(_:)``. One value for all four, so that a number inside can
    /// be changed without knowing where it stands.
    static let mask: UInt8 = 0x5A

    /// A masked text frame (RFC 6455, section 5.2) of at most 65,535 bytes.
    static func textFrame(_ text: [UInt8]) -> [UInt8] {
        var frame: [UInt8] = [0x81]
        if text.count < 126 {
            frame.append(0x80 | UInt8(text.count))
        } else {
            frame += [0x80 | 126, UInt8(text.count >> 8), UInt8(text.count & 0xFF)]
        }
        return frame + [mask, mask, mask, mask] + text.map { $0 ^ mask }
    }

    /// The length of an unmasked frame with so many bytes.
    static func replyFrameByteCount(_ count: Int) -> Int { count + (count < 126 ? 2 : 4) }

    /// One round against the server on `port`, whose thread `counters` asks.
    func run(_ message: Message, port: Int, counters: () -> Counters) throws -> Cost {
        // A run without messages: what connecting and closing cost is taken off. It comes first, so
        // that buffers have their working size.
        let base = try play(message, port, milliseconds: 0, counters)
        let full = try play(message, port, milliseconds: Int(seconds * 1000), counters)
        let expected = Int(Double(rate) * seconds)
        guard full.roundTrips.count >= expected - 1, !full.roundTrips.isEmpty else {
            throw Failure(description: "\(full.roundTrips.count) of \(expected) messages came back")
        }
        let count = Double(full.roundTrips.count)
        let cpuNanos = full.cpuNanos > base.cpuNanos ? full.cpuNanos - base.cpuNanos : 0
        return Cost(
            cpuNanos: Double(cpuNanos) / count,
            allocations: full.allocations.flatMap { now in
                base.allocations.map { Double(now > $0 ? now - $0 : 0) / count }
            }, roundTripNanos: full.roundTrips.sorted())
    }

    private func play(
        _ message: Message, _ port: Int, milliseconds: Int, _ counters: () -> Counters
    ) throws -> (roundTrips: [UInt64], cpuNanos: UInt64, allocations: UInt64?) {
        var roundTrips = [UInt64](repeating: 0, count: rate * milliseconds / 1000 + 1)
        let before = counters()
        let count = message.bytes.withUnsafeBufferPointer { bytes in
            message.opening.withUnsafeBufferPointer { opening in
                var load = streamd_echo_load(
                    port: Int32(port), websocket: message.isWebSocket,
                    connections: Int32(connections), rate: Int32(rate),
                    duration_ms: Int32(milliseconds), opening: opening.baseAddress,
                    opening_bytes: opening.count, message: bytes.baseAddress,
                    message_bytes: bytes.count, counter_at: message.counter?.at ?? 0,
                    counter_digits: Int32(message.counter?.digits ?? 0),
                    counter_first: UInt(message.counter?.first ?? 0), counter_mask: Self.mask,
                    reply_bytes: message.replyByteCount)
                return streamd_echo_load_run(&load, &roundTrips, roundTrips.count)
            }
        }
        // The server still has to see the connections close.
        usleep(50_000)
        let after = counters()
        guard count >= 0 else { throw Failure(description: "the load generator failed") }
        roundTrips.removeLast(roundTrips.count - count)
        return (
            roundTrips, after.cpuNanos - before.cpuNanos,
            after.allocations.flatMap { now in before.allocations.map { now - $0 } }
        )
    }

    /// CPU time and allocations of a loop's thread so far. Waits for the loop.
    static func counters(of loop: EventLoop) -> Counters {
        let box = CounterBox()
        loop.execute {
            box.put(
                streamd_thread_cpu_nanos(),
                streamd_allocations_are_counted() ? streamd_allocations_of_this_thread() : nil)
        }
        return box.take()
    }
}

/// A bare epoll server on a thread of its own, until it is let go.
final class EchoFloor {
    let port: Int
    private let server: OpaquePointer

    init() throws {
        var port: Int32 = 0
        guard let server = streamd_echo_floor_start(&port) else {
            throw SocketLoad.Failure(description: "the bare server could not start")
        }
        self.server = server
        self.port = Int(port)
    }

    deinit { streamd_echo_floor_stop(server) }

    func counters() -> SocketLoad.Counters { (streamd_echo_floor_cpu_nanos(server), nil) }
}

/// A WebSocket server on one loop, until it is let go.
final class SocketServer {
    let port: Int
    private let group: EventLoopGroup
    private let server: HTTPServer

    init(_ makeHandler: @escaping @Sendable () -> any WebSocketHandler) throws {
        group = try EventLoopGroup(count: 1, label: "echo")
        do {
            server = try HTTPServer(
                group: group, options: HTTPServerOptions(host: "127.0.0.1")
            ) { _ in
                { _, responder in responder.acceptWebSocket(handler: makeHandler()) }
            }
        } catch {
            group.shutdown()
            throw error
        }
        port = server.port
    }

    deinit {
        server.close()
        group.shutdown()
    }

    func counters() -> SocketLoad.Counters { SocketLoad.counters(of: group.loops[0]) }
}

extension WebSocket {
    /// Room for the answers to all that one read can bring, as a call of the daemon has room for all
    /// that it sends at once. Without it, the first time that the server comes late makes the room
    /// grow, and the count would be one of the machine's other work.
    func reserveForOneRead() { reserveOutbound(65_536) }
}

/// Sends every message back.
final class EchoHandler: WebSocketHandler {
    func webSocketOpened(_ socket: WebSocket) { socket.reserveForOneRead() }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        _ = socket.send(text: bytes)
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

/// Carries counters from a loop to the main thread.
private final class CounterBox: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>
    // Written by the loop before the post, read after the wait.
    private var values: SocketLoad.Counters = (0, nil)

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func put(_ cpuNanos: UInt64, _ allocations: UInt64?) {
        values = (cpuNanos, allocations)
        sem_post(semaphore)
    }

    func take() -> SocketLoad.Counters {
        sem_wait(semaphore)
        return values
    }
}
