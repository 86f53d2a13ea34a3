import Assembly
import Calls
import Configuration
import Foundation
import Net
import Pipelines
import Realtime
import Store
import Telemetry

/// The daemon: everything that runs between start and stop. Safe from any thread.
public final class StreamDaemon: Sendable {
    let services: Services
    private let loops: EventLoopGroup
    private let server: ServerPart
    private let calls: CallsPart
    /// In the order in which they start.
    private let parts: [any DaemonPart]
    private let preparation = Preparation()

    /// Loads what the configuration names, begins to listen, and prepares the rest beside that: see
    /// ``waitUntilPrepared()``. Blocking; a fraction of a second.
    /// - Parameter now: the time of day for dialogues and records; settable for tests.
    package init(
        configuration: Configuration, secrets: Secrets, log: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        try configuration.checkTrust(secrets)
        DescriptorLimit.raise(forConnections: configuration.server.connectionsMax, log)
        let (business, assistants) = try Self.business(configuration, secrets, log, now: now)
        let services = Services(business: business, secrets: secrets, log: log)
        let loops = try EventLoopGroup(count: configuration.server.loops)
        self.services = services
        self.loops = loops
        server = ServerPart(services, preparation: preparation, group: loops)
        calls = CallsPart(
            lines: services.lines, turns: services.turns, assistants: business.assistants,
            registry: services.calls.registry)
        parts = [
            BusinessPart(business: business), LoopsPart(loops: loops),
            TelemetryPart(
                settings: configuration.telemetry, secrets: secrets, tell: services.tell,
                traces: services.traces, loop: loops.loops[0]),
            calls, OutboxPart(services.outbox, loop: loops.loops[0], log: log), server,
        ]
        try start()
        let steps = AssistantMaker.preparation(of: assistants, configuration, business, log)
        prepare(steps, log)
    }

    private static func business(
        _ configuration: Configuration, _ secrets: Secrets, _ log: Logger,
        now: @escaping @Sendable () -> Date
    ) throws -> (Business, [Assistant]) {
        let database = try Stores.openDatabase(configuration.store)
        let callState = try Stores.openState(configuration.state)
        let engines = try Engines(configuration, secrets: secrets, log: log)
        let cache = try SpeechCache(configuration.cache, speaker: configuration.tts[0])
        let assistants = try configuration.assistants.map {
            try AssistantMaker.assistant(
                $0, configuration, secrets, database, engines, log, now: now)
        }
        let business = Business(
            live: LiveConfiguration(configuration),
            assistants: AssistantDirectory(assistants: assistants, configuration: configuration),
            speech: Speech(engines: engines, cache: cache), database: database,
            callState: callState, now: now)
        return (business, assistants)
    }

    /// Starts the parts; where one fails, those before it are stopped.
    private func start() throws {
        for (index, part) in parts.enumerated() {
            do { try part.start() } catch {
                for started in parts[..<index].reversed() { started.stop() }
                throw error
            }
        }
    }

    /// Begins what the first call would have to wait for; it goes on after this returns.
    private func prepare(_ steps: [@Sendable () throws -> Void], _ log: Logger) {
        let beganAt = MonotonicClock.nowNanos()
        preparation.run(steps) { state in
            if case .failed(let error) = state {
                return log.error("not prepared to take calls", ["why": .text("\(error)")])
            }
            let ms = Double(MonotonicClock.nowNanos() - beganAt) / 1e6
            log.info("ready", ["ms": .milliseconds(ms)])
        }
    }

    /// Blocks until greetings, indexes and models are there; webhooks that come before are answered
    /// then.
    /// - Throws: why calls can't be taken.
    public func waitUntilPrepared() throws { try preparation.wait() }

    /// The port that is listened on; of interest when the configuration said 0.
    public var port: Int { server.port }
    /// Streamed calls that are live.
    public var liveCallCount: Int { services.lines.admission.liveCount }
    /// The calls that are live, to be looked at and commanded.
    package var callRegistry: CallRegistry { services.calls.registry }

    /// The loops that calls live on; for tests that look at them.
    package var eventLoops: [EventLoop] { loops.loops }

    /// Answers a request that came by no connection, as it would be answered if it had: for tests and
    /// fuzzers. Any thread; `completion` is called once, on a loop.
    package func answer(
        _ request: HTTPRequest, completion: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        let loop = loops.loops[0]
        loop.execute { [services, preparation] in
            let responder = HTTPResponder(request, on: loop, answered: completion)
            let router = Router(services: services, preparation: preparation, loop: loop)
            router.handle(request, responder)
        }
    }

    /// From now on no call is taken; live ones go on. `/readyz` says so.
    public func drain() {
        for part in parts.reversed() { part.drain() }
        services.tell.log.info(
            "draining",
            ["calls": .integer(liveCallCount), "unfinished": .integer(unfinishedCount)])
    }

    private var unfinishedCount: Int { parts.reduce(0) { $0 + $1.unfinishedCount } }

    /// Waits until nothing is under way or `server.drainMs` are over, as they are at this moment.
    /// Blocking.
    public func waitUntilIdle() {
        let timeoutMs = services.business.configuration.server.drainMs
        let deadline = MonotonicClock.nowNanos() + UInt64(timeoutMs) * 1_000_000
        while unfinishedCount > 0, MonotonicClock.nowNanos() < deadline { usleep(20_000) }
        if unfinishedCount > 0 {
            services.tell.log.warning(
                "cut off at server.drainMs",
                ["calls": .integer(liveCallCount), "unfinished": .integer(unfinishedCount)])
        }
    }

    /// Takes over the keys that can change while running, and the files of the certificate, and logs
    /// which changed keys were taken and which need a restart. Any thread; blocks on the files.
    /// - Throws: where the new values do not go with those that stay; nothing is changed then.
    public func reload(_ new: Configuration) throws {
        let reload = try ConfigurationReload(from: services.business.configuration, to: new)
        services.business.live.replace(by: reload.configuration)
        for part in parts { part.reload(reload.configuration) }
        let log = services.tell.log
        log.info("configuration reloaded", ["taken": .text(reload.taken.joined(separator: ", "))])
        if !reload.needingRestart.isEmpty {
            log.warning(
                "changed keys that need a restart",
                ["keys": .text(reload.needingRestart.joined(separator: ", "))])
        }
    }

    /// Closes everything. Blocking until the loops have ended, and until a collector has taken the
    /// last traces, two seconds at most. Calls that are live are given up with a close frame.
    public func stop() {
        // What is under preparation uses what is closed here.
        try? preparation.wait()
        for part in parts.reversed() { part.stop() }
        services.tell.log.info("stopped")
    }
}
