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
    private static func measure(_ options: Options) throws -> (floor: Outcome, socket: Outcome) {
        let floorServer = try EchoFloor()
        let server = try SocketServer { EchoHandler() }
        let load = SocketLoad(
            connections: options.connections, rate: options.rate, seconds: options.seconds)
        let text = (0..<options.payloadBytes).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let message = SocketLoad.Message(
            bytes: SocketLoad.textFrame(text),
            replyByteCount: SocketLoad.replyFrameByteCount(text.count))
        var floor = Outcome()
        var socket = Outcome()
        for _ in 0..<options.rounds {
            floor.keepBest(
                of: Outcome(
                    try load.run(message.echoed, port: floorServer.port) { floorServer.counters() }
                ))
            socket.keepBest(
                of: Outcome(try load.run(message, port: server.port) { server.counters() }))
        }
        return (floor, socket)
    }
}

extension EchoBenchmark.Outcome {
    fileprivate init(_ cost: SocketLoad.Cost) {
        let times = cost.roundTripNanos
        messages = times.count
        cpuMicros = cost.cpuNanos / 1000
        p50Micros = Double(times[times.count / 2]) / 1000
        p99Micros = Double(times[times.count * 99 / 100]) / 1000
        allocations = cost.allocations
    }
}
