import Configuration
import Foundation
import Net
import Pipelines
import Realtime
import Store
import Telemetry
import Twilio

/// The services that the parts of the daemon share; made once at the start. Everything in it may be
/// used from any loop.
final class Services: Sendable {
    /// The configuration in force.
    let live: LiveConfiguration
    let secrets: Secrets
    let log: Logger
    let metrics = Metrics()
    let trust: TrustCheck
    let bearers: BearerCheck
    let admission: Admission
    let tokens: StreamTokens
    let endings = CallEndings()
    let speechCache: SpeechCache
    let database: Database
    let assistants: AssistantDirectory
    let engines: Engines
    /// What calls remember that are held turn by turn: in this process, or in Redis.
    let callState: any ExpiringState
    let liveCalls = LiveCalls()
    let gatherCalls: GatherCallList
    let waitingLine: WaitingLine
    let pendingTurns = PendingTurns()
    let textGate = KeyedQueue()
    /// The time of day; settable for tests.
    let now: @Sendable () -> Date
    /// Set once the loops run, where there is a collector.
    let traces = Locked<TraceExporter?>(nil)

    init(
        configuration: Configuration, secrets: Secrets, log: Logger, database: Database,
        callState: any ExpiringState, engines: Engines, speechCache: SpeechCache,
        assistants: AssistantDirectory,
        now: @escaping @Sendable () -> Date
    ) {
        self.now = now
        self.callState = callState
        live = LiveConfiguration(configuration)
        self.secrets = secrets
        self.log = log
        self.database = database
        self.engines = engines
        self.speechCache = speechCache
        self.assistants = assistants
        trust = TrustCheck(
            validates: configuration.twilio.validateSignatures, authToken: secrets.authToken,
            publicURL: configuration.twilio.publicURL)
        bearers = BearerCheck(tokens: secrets.apiTokens)
        admission = Admission(
            maxCalls: configuration.limits.maxCalls,
            perSecond: configuration.limits.webhooksPerSecond,
            nowNanos: MonotonicClock.nowNanos())
        gatherCalls = GatherCallList(
            admission: admission, live: liveCalls,
            idleSeconds: configuration.gather.idleSeconds)
        waitingLine = WaitingLine(configuration.queue)
        tokens = StreamTokens(
            countMax: configuration.limits.streamTokens,
            lifetimeMs: configuration.twilio.streamTokenMs)
    }

    /// The configuration in force: what is begun takes it once and goes by it to its end.
    var configuration: Configuration { live.current }
}
