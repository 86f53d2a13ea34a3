import Foundation
import Net
import Realtime
import Wire

/// Thousands of WebSocket connections that say nothing: what they cost the daemon in memory and in
/// processor time.
///
/// The connections are upgraded at the stream's address and have not sent `start`: open lines, no
/// calls. Pings are answered. They come from several addresses of the loopback, each with ports of
/// its own.
enum IdleBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("serve", nil, "configuration of the daemon to start"),
        ("key", "", "KEY=VALUE, a key of that file set anew; may be repeated"),
        ("connections", "10000", "connections"),
        ("seconds", "10", "how long they are held, 2…50"), ("json", "", "file for the figures"),
    ]

    /// A connection says `start` within this, or is closed: the largest that the daemon allows.
    private static let startTimeoutMs = 60_000
    private static let perAddress = 20_000

    struct Figures {
        var connections = 0
        var survivors = 0
        var openSeconds = 0.0
        var idleKiB = 0
        var heldKiB = 0
        var proportionalKiB: Int?
        var cpuSecondsPerSecond = 0.0

        var kibPerConnection: Double { Double(heldKiB - idleKiB) / Double(max(1, connections)) }
    }

    static func run(arguments: [String]) -> Int32 {
        do {
            let options = try BenchOptions(arguments, known: known)
            let figures = try measure(options)
            print(text(figures))
            try options.write(benchmark: "idle", members(figures))
            return figures.survivors == figures.connections ? 0 : 1
        } catch {
            print("idle: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Figures {
        let count = try options.integer("connections")
        let seconds = min(50, max(2, try options.integer("seconds")))
        try raiseDescriptorLimit(to: count + 256)
        let settings =
            try options.settings("key") + [
                (key: "limits.startTimeoutMs", value: "\(startTimeoutMs)"),
                (key: "server.connectionsMax", value: "\(max(1, count) + 100)"),
            ]
        let daemon = try DaemonProcess.ready(configFile: options["serve"], settings: settings)
        defer { daemon.stop() }
        var figures = Figures(connections: count)
        // Let what the start itself took settle.
        usleep(300_000)
        figures.idleKiB = daemon.process.residentKiB ?? 0
        let began = MonotonicClock.nowNanos()
        var sockets: [RawSocket] = []
        sockets.reserveCapacity(count)
        for number in 0..<count {
            let socket = try RawSocket(
                port: daemon.port, source: UInt8(2 + number / perAddress))
            try socket.upgrade()
            sockets.append(socket)
        }
        figures.openSeconds = Double(MonotonicClock.nowNanos() - began) / 1e9
        usleep(300_000)
        let before = daemon.process.cpuSeconds ?? 0
        let heldFrom = MonotonicClock.nowNanos()
        var polls = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while MonotonicClock.nowNanos() - heldFrom < UInt64(seconds) * 1_000_000_000 {
            answerPings(&polls, sockets)
        }
        let heldSeconds = Double(MonotonicClock.nowNanos() - heldFrom) / 1e9
        figures.cpuSecondsPerSecond = ((daemon.process.cpuSeconds ?? 0) - before) / heldSeconds
        figures.heldKiB = daemon.process.residentKiB ?? 0
        figures.proportionalKiB = daemon.process.proportionalKiB
        figures.survivors = polls.count { $0.fd >= 0 }
        return figures
    }

    /// Waits up to a second; takes connections that were closed out of the list.
    private static func answerPings(_ polls: inout [pollfd], _ sockets: [RawSocket]) {
        guard poll(&polls, nfds_t(polls.count), 1000) > 0 else { return }
        for index in polls.indices where polls[index].fd >= 0 && polls[index].revents != 0 {
            if case .ping? = try? sockets[index].receive(),
                (try? sockets[index].sendFrame(opcode: 10, [])) != nil
            {
                continue
            }
            polls[index].fd = -1
        }
    }

    /// The daemon gets the limit from us.
    private static func raiseDescriptorLimit(to count: Int) throws {
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(count)))
        guard setrlimit(resource, &limit) == 0, limit.rlim_cur >= rlim_t(count) else {
            throw BenchOptions.Fault(
                description: "only \(limit.rlim_max) files may be open here, \(count) are needed; "
                    + "raise the hard limit (ulimit -Hn)")
        }
    }

    private static func text(_ figures: Figures) -> String {
        """
        \(figures.connections) WebSocket connections, upgraded and silent, opened in \
        \(Format.fixed(figures.openSeconds, 1)) s; \(figures.survivors) still open at the end
        server memory: \(figures.idleKiB) KiB before, \(figures.heldKiB) KiB with them \
        (PSS \(figures.proportionalKiB.map { "\($0)" } ?? "unknown") KiB), \
        \(Format.fixed(figures.kibPerConnection, 2)) KiB a connection
        server: \(Format.fixed(figures.cpuSecondsPerSecond * 100, 2)) % of a core while idle
        """
    }

    private static func members(_ figures: Figures) -> [JSONValue.Member] {
        [
            .init("connections", .integer(figures.connections)),
            .init("survivors", .integer(figures.survivors)),
            .init("openSeconds", .number(figures.openSeconds)),
            .init("memoryIdleKiB", .integer(figures.idleKiB)),
            .init("memoryHeldKiB", .integer(figures.heldKiB)),
            .init("memoryHeldMB", .number(Double(figures.heldKiB) * 1024 / 1e6)),
            .init("memoryPssKiB", .optional(figures.proportionalKiB.map(Double.init))),
            .init("memoryKiBPerConnection", .number(figures.kibPerConnection)),
            .init("cpuSecondsPerSecond", .number(figures.cpuSecondsPerSecond)),
        ]
    }
}
