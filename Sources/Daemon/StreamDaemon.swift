import Assistants
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
    private let server: HTTPServer
    private let outbox = Locked<LoopBound<OutboxSender>?>(nil)
    private let preparation = Preparation()

    /// Loads what the configuration names, begins to listen, and prepares the rest beside that: see
    /// ``waitUntilPrepared()``. Blocking; a fraction of a second.
    /// - Parameter now: the time of day for dialogues and records; settable for tests.
    package init(
        configuration: Configuration, secrets: Secrets, log: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        try configuration.checkTrust(secrets)
        let room = DescriptorLimit.raise(forConnections: configuration.server.connectionsMax)
        if room < configuration.server.connectionsMax {
            log.warning(
                "fewer connections fit than server.connectionsMax; raise the limit of open files "
                    + "(ulimit -n, LimitNOFILE)",
                ["fit": .integer(room), "wanted": .integer(configuration.server.connectionsMax)])
        }
        let database = try Self.openDatabase(configuration.store)
        let callState = try Self.openState(configuration.state)
        let engines = try Engines(configuration, secrets: secrets, log: log)
        let cache = try SpeechCache(configuration.cache, speaker: configuration.tts[0])
        let assistants = try configuration.assistants.map {
            try Self.makeAssistant(
                $0, configuration, secrets, database, engines, log, now: now)
        }
        let services = Services(
            configuration: configuration, secrets: secrets, log: log, database: database,
            callState: callState, engines: engines, speechCache: cache,
            assistants: AssistantDirectory(assistants: assistants, configuration: configuration),
            now: now)
        self.services = services
        loops = try EventLoopGroup(count: configuration.server.loops)
        do {
            server = try HTTPServer(
                group: loops, options: try Self.serverOptions(configuration.server),
                onEvent: { Self.tell($0, log) }
            ) { [preparation] loop in
                let router = Router(services: services, preparation: preparation, loop: loop)
                return { request, responder in router.handle(request, responder) }
            }
        } catch {
            loops.shutdown()
            throw error
        }
        startTelemetry(configuration.telemetry)
        startOutbox()
        log.info(
            "listening",
            [
                "host": .text(configuration.server.host), "port": .integer(server.port),
                "loops": .integer(loops.loops.count),
            ])
        prepare(assistants, configuration)
    }

    /// Begins what the first call would have to wait for; it goes on after this returns.
    private func prepare(_ assistants: [Assistant], _ configuration: Configuration) {
        let (engines, log) = (services.engines, services.log)
        let (database, cache) = (services.database, services.speechCache)
        var steps: [@Sendable () throws -> Void] = [{ try engines.warmUp() }]
        for assistant in assistants {
            steps.append {
                try assistant.seed()
                let names = try Self.vocabulary(configuration, assistant, database)
                assistant.prepared.all.withLock { $0.vocabulary = names }
            }
            steps.append {
                let clip = Self.greetingClip(assistant, engines, log)
                assistant.prepared.all.withLock { $0.greetingClip = clip }
                try Self.prepareLastWords(assistant, configuration, engines, cache)
            }
        }
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

    private static let lastTracesMs = 2000

    /// The port that is listened on; of interest when the configuration said 0.
    public var port: Int { server.port }
    /// Streamed calls that are live.
    public var liveCallCount: Int { services.admission.liveCount }

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
        services.admission.drain()
        services.log.info(
            "draining",
            [
                "calls": .integer(services.admission.liveCount),
                "unfinished": .integer(unfinishedCount),
            ])
    }

    /// Streamed calls that are live, and turns by webhook and text that are being answered.
    private var unfinishedCount: Int {
        services.admission.liveCount + services.pendingTurns.count + services.textGate.count
    }

    /// Waits until nothing is under way or `server.drainMs` are over, as they are at this moment.
    /// Blocking.
    public func waitUntilIdle() {
        let timeoutMs = services.configuration.server.drainMs
        let deadline = MonotonicClock.nowNanos() + UInt64(timeoutMs) * 1_000_000
        while unfinishedCount > 0, MonotonicClock.nowNanos() < deadline { usleep(20_000) }
        if unfinishedCount > 0 {
            services.log.warning(
                "cut off at server.drainMs",
                [
                    "calls": .integer(services.admission.liveCount),
                    "unfinished": .integer(unfinishedCount),
                ])
        }
    }

    /// Takes over the keys that can change while running, and the files of the certificate, and logs
    /// which changed keys were taken and which need a restart. Any thread; blocks on the files.
    /// - Throws: where the new values do not go with those that stay; nothing is changed then.
    public func reload(_ new: Configuration) throws {
        let reload = try ConfigurationReload(from: services.configuration, to: new)
        let settings = reload.configuration
        services.live.replace(by: settings)
        services.admission.update(
            maxCalls: settings.limits.maxCalls, perSecond: settings.limits.webhooksPerSecond)
        services.log.setLevel(settings.log.level)
        services.tokens.setLifetime(ms: settings.twilio.streamTokenMs)
        services.assistants.setDefault(settings.defaultAssistant)
        do throws(NetError) {
            try server.reloadCertificate()
        } catch {
            services.log.error(
                "certificate not reloaded; the old one stays", ["why": .text("\(error)")])
        }
        services.log.info(
            "configuration reloaded", ["taken": .text(reload.taken.joined(separator: ", "))])
        if !reload.needingRestart.isEmpty {
            services.log.warning(
                "changed keys that need a restart",
                ["keys": .text(reload.needingRestart.joined(separator: ", "))])
        }
    }

    private func startTelemetry(_ settings: TelemetrySettings) {
        var settings = settings
        if settings.otlpEndpoint.isEmpty { settings.otlpEndpoint = services.secrets.otlpEndpoint }
        guard !settings.otlpEndpoint.isEmpty else { return }
        let exporter = TraceExporter(
            loop: loops.loops[0], settings: settings, headers: services.secrets.otlpHeaders,
            log: services.log)
        services.traces.withLock { $0 = exporter }
    }

    /// Sends confirmations where the account is known.
    private func startOutbox() {
        guard !services.secrets.accountSid.isEmpty, !services.secrets.authToken.isEmpty else {
            return
        }
        let loop = loops.loops[0]
        loop.execute { [self] in
            do throws(NetError) {
                let sender = LoopBound(try OutboxSender(services, loop: loop), loop: loop)
                outbox.withLock { $0 = sender }
            } catch {
                services.log.error("no confirmations are sent", ["why": .text("\(error)")])
            }
        }
    }

    /// Closes everything. Blocking until the loops have ended, and until a collector has taken the
    /// last traces, two seconds at most.
    public func stop() {
        // What is under preparation uses what is closed here.
        try? preparation.wait()
        server.close()
        services.traces.withLock { $0 }?.flush(timeoutMs: Self.lastTracesMs)
        loops.shutdown()
        services.engines.close()
        services.speechCache.close()
        services.callState.close()
        services.database.close()
        services.log.info("stopped")
    }

    // MARK: Making

    package static func openDatabase(_ settings: StoreSettings) throws -> Database {
        if settings.url.isEmpty, settings.path != ":memory:" {
            let folder = URL(filePath: settings.path).deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
            } catch {
                throw DaemonError(
                    .cannotCreate,
                    "the folder of store.path, \(folder.path), can't be made: "
                        + "\(error.localizedDescription); name one that can be written")
            }
        }
        return try Database(DatabaseOptions(path: settings.path, url: settings.url))
    }

    package static func openState(_ settings: StateSettings) throws -> any ExpiringState {
        guard !settings.url.isEmpty else {
            return MemoryState(nowNanos: { MonotonicClock.nowNanos() })
        }
        return try RedisState(url: settings.url, timeoutMs: settings.timeoutMs)
    }

    /// Logs a request that never reached a route.
    private static func tell(_ event: HTTPServerEvent, _ log: Logger) {
        guard let status = event.status else {
            return log.info(
                "connection closed", ["from": .text(event.remoteAddress), "why": .text(event.what)])
        }
        log.warning(
            "request refused",
            [
                "from": .text(event.remoteAddress), "status": .integer(status),
                "why": .text(event.what),
            ])
    }

    package static func serverOptions(_ settings: ServerSettings) throws -> HTTPServerOptions {
        var options = HTTPServerOptions()
        options.host = settings.host
        options.port = settings.port
        options.headerBytesMax = settings.headerBytesMax
        options.bodyBytesMax = settings.bodyBytesMax
        options.headerTimeoutMs = settings.headerTimeoutMs
        options.bodyTimeoutMs = settings.bodyTimeoutMs
        options.idleTimeoutMs = settings.idleTimeoutMs
        options.writeTimeoutMs = settings.writeTimeoutMs
        options.connectionsMax = settings.connectionsMax
        if !settings.tlsCertificate.isEmpty {
            options.tls = TLSServerOptions(
                certificateChainPath: settings.tlsCertificate, privateKeyPath: settings.tlsKey)
        }
        return options
    }

    private static func makeAssistant(
        _ block: AssistantBlock, _ configuration: Configuration, _ secrets: Secrets,
        _ database: Database, _ engines: Engines, _ log: Logger,
        now: @escaping @Sendable () -> Date
    ) throws -> Assistant {
        var settings = try AssistantSettings.reading(block)
        settings.confirmsBySMS =
            block.confirmationSMS && !secrets.accountSid.isEmpty && !secrets.authToken.isEmpty
        let tell: AssistantLog = { callSid, message in
            log.error(message, ["call": .text(callSid)])
        }
        let directories = HospitalLibrary()
        let scripted = ScriptedDialogueEngine(
            assistants: [settings], store: database, directories: directories, now: now, log: tell)
        let dialogue = try engines.dialogue(
            settings, block, scripted: scripted,
            role: AssistantRole(
                settings, store: database, directories: directories, now: now, log: tell))
        let seeds = configuration.llm.contains { $0.engine != "fixed" }
        return Assistant(
            block: block, settings: settings, dialogue: dialogue, directories: directories,
            greeting: settings.spokenGreeting, seed: { if seeds { try Self.seed(scripted) } })
    }

    /// Empty where no recogniser is told of it.
    private static func vocabulary(
        _ configuration: Configuration, _ assistant: Assistant, _ database: Database
    ) throws -> [String] {
        guard configuration.stt.contains(where: { $0.vocabularyMax > 0 }) else { return [] }
        return try BlockingResult.of { done in
            assistant.settings.findVocabulary(assistant.directories, database) {
                done(.success($0))
            }
        }
    }

    /// Nil where the service can't be reached now: the greeting is then made when a call comes.
    private static func greetingClip(
        _ assistant: Assistant, _ engines: Engines, _ log: Logger
    ) -> SpeechClip? {
        do {
            return try engines.textToSpeech.speakToEnd(
                assistant.greeting, voice: assistant.settings.voice)
        } catch {
            log.warning(
                "greeting not made beforehand",
                ["assistant": .text(assistant.block.id), "why": .text("\(error)")])
            return nil
        }
    }

    private static func prepareLastWords(
        _ assistant: Assistant, _ configuration: Configuration, _ engines: Engines,
        _ cache: SpeechCache
    ) throws {
        let options = ConversationOptions(
            configuration, voice: assistant.settings.voice, block: assistant.block)
        try LastWords.prepare(
            options.localTexts, voice: options.voice, by: engines.textToSpeech,
            orBy: engines.lastSynthesiser, into: cache)
    }

    /// Puts the records that a new assistant begins with into the store. Blocking.
    package static func seed(_ engine: ScriptedDialogueEngine) throws {
        let outcome = BlockingResult<Void>()
        engine.seed(completion: outcome.take)
        try outcome.get()
    }
}
