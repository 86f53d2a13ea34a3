import CAllocationCounter
import CEchoFloor
import Glibc
import Net

/// What an echoed WebSocket message costs, against a bare epoll server under the same load in the
/// same run.
///
/// Frames of the size of Twilio's media messages arrive evenly spaced on many connections, as in
/// real calls. The cost is the CPU time of the server's thread divided by the messages; the two
/// servers take turns, and the smallest of the rounds counts, because other work on the machine can
/// only add to it.
enum EchoBenchmark {
    struct Options {
        var connections = 100
        var rate = 5_000
        var payloadBytes = 230
        var seconds = 1.0
        var rounds = 3
        var ratioMax = 2.0
    }

    struct Outcome {
        var messages = 0
        var cpuMicros = Double.infinity
        var p50Micros = Double.infinity
        var p99Micros = Double.infinity
        var allocations: Double?

        mutating func keepBest(of other: Outcome) {
            messages += other.messages
            cpuMicros = min(cpuMicros, other.cpuMicros)
            p50Micros = min(p50Micros, other.p50Micros)
            p99Micros = min(p99Micros, other.p99Micros)
            if let more = other.allocations { allocations = max(allocations ?? 0, more) }
        }
    }

    static let usage = """
        usage: streamd-bench echo [--connections N] [--rate MESSAGES_PER_SECOND] [--payload BYTES]
                                  [--seconds S] [--rounds N] [--ratio-max R]
        Exit code 1 when the WebSocket path costs more than R times the floor (default 2).
        """

    /// Runs with the arguments after `echo`. Returns the exit code.
    static func run(arguments: [String]) -> Int32 {
        guard let options = parse(arguments) else {
            print(usage)
            return 64
        }
        do {
            let (floor, socket) = try measure(options)
            report(options, floor, socket)
            return socket.cpuMicros <= floor.cpuMicros * options.ratioMax ? 0 : 1
        } catch {
            print("echo: \(error)")
            return 70
        }
    }

    private static func parse(_ arguments: [String]) -> Options? {
        var options = Options()
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst().flatMap(Double.init), value > 0 else { return nil }
            switch name {
            case "--connections": options.connections = Int(value)
            case "--rate": options.rate = Int(value)
            case "--payload" where value <= 65_535: options.payloadBytes = Int(value)
            case "--seconds": options.seconds = value
            case "--rounds": options.rounds = max(1, Int(value))
            case "--ratio-max": options.ratioMax = value
            default: return nil
            }
        }
        return options
    }

    private static func report(_ options: Options, _ floor: Outcome, _ socket: Outcome) {
        print(
            "echo: \(options.connections) connections, \(options.rate) messages/s of "
                + "\(options.payloadBytes) bytes, best of \(options.rounds) rounds of "
                + "\(options.seconds) s")
        print("                   CPU µs/message   RTT p50 µs   RTT p99 µs   allocations/message")
        for (name, outcome) in [("bare epoll", floor), ("WebSocket", socket)] {
            print(
                "  \(column(name, 16, left: true))\(column(outcome.cpuMicros, 15))"
                    + "\(column(outcome.p50Micros, 13))\(column(outcome.p99Micros, 13))"
                    + "   \(outcome.allocations.map { "\($0)" } ?? "not counted")")
        }
        let ratio = socket.cpuMicros / floor.cpuMicros
        print("  ratio\(column(ratio, 26)) (limit \(options.ratioMax))")
    }

    private static func column(_ value: Double, _ width: Int) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return column("\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)", width)
    }

    private static func column(_ text: String, _ width: Int, left: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + padding : padding + text
    }
}

// MARK: - Measuring

extension EchoBenchmark {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static func measure(_ options: Options) throws -> (floor: Outcome, socket: Outcome) {
        var floorPort: Int32 = 0
        guard let floorServer = streamd_echo_floor_start(&floorPort) else {
            throw Failure(description: "the bare server could not start")
        }
        defer { streamd_echo_floor_stop(floorServer) }
        let group = try EventLoopGroup(count: 1, label: "echo")
        defer { group.shutdown() }
        let server = try HTTPServer(
            group: group, options: HTTPServerOptions(host: "127.0.0.1")
        ) { _ in
            { _, responder in responder.acceptWebSocket(handler: EchoBenchmarkHandler()) }
        }
        defer { server.close() }
        var floor = Outcome()
        var socket = Outcome()
        for _ in 0..<options.rounds {
            floor.keepBest(
                of: try round(options, port: Int(floorPort), isWebSocket: false) {
                    (streamd_echo_floor_cpu_nanos(floorServer), nil)
                })
            socket.keepBest(
                of: try round(options, port: server.port, isWebSocket: true) {
                    counters(of: group.loops[0])
                })
        }
        return (floor, socket)
    }

    /// CPU time and allocations of a loop's thread so far.
    private static func counters(of loop: EventLoop) -> (cpuNanos: UInt64, allocations: UInt64?) {
        let box = CounterBox()
        loop.execute {
            box.put(
                streamd_thread_cpu_nanos(),
                streamd_allocations_are_counted() ? streamd_allocations_of_this_thread() : nil)
        }
        return box.take()
    }

    private static func round(
        _ options: Options, port: Int, isWebSocket: Bool,
        counters: () -> (cpuNanos: UInt64, allocations: UInt64?)
    ) throws -> Outcome {
        var load = streamd_echo_load(
            port: Int32(port), websocket: isWebSocket, connections: Int32(options.connections),
            rate: Int32(options.rate), payload_bytes: Int32(options.payloadBytes),
            duration_ms: 0)
        // A run without messages: what connecting and closing cost is taken off. It comes first, so
        // that buffers have their working size.
        func cost(milliseconds: Int32) throws -> (
            rtts: [UInt64], cpuNanos: UInt64, allocations: UInt64?
        ) {
            load.duration_ms = milliseconds
            var rtts = [UInt64](
                repeating: 0, count: options.rate * Int(milliseconds) / 1000 + 1)
            let before = counters()
            let count = streamd_echo_load_run(&load, &rtts, rtts.count)
            // The server still has to see the connections close.
            usleep(50_000)
            let after = counters()
            guard count >= 0 else { throw Failure(description: "the load generator failed") }
            rtts.removeLast(rtts.count - count)
            return (
                rtts, after.cpuNanos - before.cpuNanos,
                after.allocations.flatMap { now in before.allocations.map { now - $0 } }
            )
        }
        let base = try cost(milliseconds: 0)
        let full = try cost(milliseconds: Int32(options.seconds * 1000))
        let rtts = full.rtts.sorted()
        let expected = Int(Double(options.rate) * options.seconds)
        guard rtts.count >= expected - 1, !rtts.isEmpty else {
            throw Failure(description: "\(rtts.count) of \(expected) messages came back")
        }
        let count = Double(rtts.count)
        let cpuNanos = full.cpuNanos > base.cpuNanos ? full.cpuNanos - base.cpuNanos : 0
        return Outcome(
            messages: rtts.count, cpuMicros: Double(cpuNanos) / count / 1000,
            p50Micros: Double(rtts[rtts.count / 2]) / 1000,
            p99Micros: Double(rtts[rtts.count * 99 / 100]) / 1000,
            allocations: full.allocations.flatMap { now in
                base.allocations.map { Double(now > $0 ? now - $0 : 0) / count }
            })
    }
}

/// Sends every message back.
private final class EchoBenchmarkHandler: WebSocketHandler {
    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        _ = socket.send(text: bytes)
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

/// Carries counters from a loop to the main thread.
private final class CounterBox: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>
    private var values: (cpuNanos: UInt64, allocations: UInt64?) = (0, nil)

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

    func take() -> (cpuNanos: UInt64, allocations: UInt64?) {
        sem_wait(semaphore)
        return values
    }
}
