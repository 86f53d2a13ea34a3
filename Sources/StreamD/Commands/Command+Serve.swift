import CommandArguments
import Configuration
import Daemon
import Dispatch
import Foundation
import Options
import Telemetry

extension Command {
    static let serve = Command(
        name: "serve", usage: "streamd serve [--config FILE] [--log-level LEVEL] [--now TIME]",
        summary: "Run the daemon until SIGTERM.",
        options: [configOption, logLevelOption, nowOption],
        run: { arguments in
            try arguments.expect(positionalCount: 0, usage: "streamd serve [--config FILE]")
            // Signals are taken from a queue instead of interrupting whatever thread they hit.
            for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
            let loaded = try LoadedConfiguration(arguments)
            let settings = loaded.configuration
            let now = try clock(arguments)
            let log = Logger(level: settings.log.level, format: settings.log.format)
            defer { log.close() }
            if let text = arguments["now"] {
                log.warning("dialogues and records go by another clock", ["now": .text(text)])
            }
            let daemon: StreamDaemon
            do {
                daemon = try StreamDaemon(
                    configuration: settings, secrets: loaded.secrets, log: log, now: now)
            } catch {
                throw CommandFailure(
                    code: ExitCode.of(error) ?? ExitCode.unavailable,
                    description: "can't start: \(error)")
            }
            if isatty(1) == 1 { print(welcome(daemon, settings)) }
            do { try daemon.waitUntilPrepared() } catch {
                daemon.stop()
                throw CommandFailure(
                    code: ExitCode.of(error) ?? ExitCode.unavailable,
                    description: "can't start: \(error)")
            }
            let signals = SignalWaiter([SIGTERM, SIGINT, SIGHUP])
            while signals.next() == SIGHUP {
                do {
                    try daemon.reload(LoadedConfiguration(arguments).configuration)
                } catch {
                    for line in complaints(of: error) {
                        log.error(
                            "configuration not reloaded; the old one stays", ["why": .text(line)])
                    }
                }
            }
            daemon.drain()
            // A second signal to end ends the wait; one to reload comes too late to be taken.
            let idle = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                daemon.waitUntilIdle()
                idle.signal()
            }
            signals.onNext { if $0 != SIGHUP { idle.signal() } }
            idle.wait()
            daemon.stop()
        })

    private static let nowOption = CommandOption(
        name: "now", value: "TIME",
        summary: "Begin the dialogues' clock at 2026-11-25T20:00:00Z; for trying out.")

    /// The time of day for dialogues and records: the system's, or one that goes on from `--now`.
    private static func clock(_ arguments: Arguments) throws -> @Sendable () -> Date {
        guard let text = arguments["now"] else { return { Date() } }
        guard let instant = try? Date(text, strategy: .iso8601) else {
            throw UsageError(
                description: "--now '\(text)' is not a time; write one like 2026-11-25T20:00:00Z")
        }
        let ahead = instant.timeIntervalSince(Date())
        return { Date().addingTimeInterval(ahead) }
    }

    private static func welcome(_ daemon: StreamDaemon, _ settings: Configuration) -> String {
        let base = "http://localhost:\(daemon.port)"
        return """

            streamd answers on port \(daemon.port).
              Try it without a telephone:  make demo
              With Twilio:  make this port reachable by https (a tunnel will do), set
                twilio.publicURL and TWILIO_AUTH_TOKEN, and give your number the voice webhook
                https://YOUR-HOST/twilio/voice
              Health:   \(base)/twilio/health
              Metrics:  \(base)/metrics
              Stop it with Ctrl-C; live calls are let finish.

            """
    }
}

/// Hands over signals one by one.
final class SignalWaiter: @unchecked Sendable {
    // All state is used on the queue only, but for the semaphore.

    private let queue = DispatchQueue(label: "signals")
    private let arrived = DispatchSemaphore(value: 0)
    private var received: [Int32] = []
    private var handler: ((Int32) -> Void)?
    private var sources: [any DispatchSourceSignal] = []

    init(_ numbers: [Int32]) {
        for number in numbers {
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [unowned self] in
                if let handler { return handler(number) }
                received.append(number)
                arrived.signal()
            }
            source.resume()
            sources.append(source)
        }
    }

    /// Waits for the next signal.
    func next() -> Int32 {
        arrived.wait()
        return queue.sync { received.removeFirst() }
    }

    /// From now on signals do this.
    func onNext(_ body: @escaping @Sendable (Int32) -> Void) { queue.sync { handler = body } }
}
