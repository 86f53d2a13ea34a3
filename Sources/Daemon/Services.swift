import Net
import Pipelines
import Realtime
import Store
import Twilio

/// What the parts of the daemon share; made once at the start. Everything in it may be used from
/// any loop.
final class Services: Sendable {
    let configuration: Configuration
    let secrets: Secrets
    let log: Logger
    let metrics = Metrics()
    let trust: TrustCheck
    let admission: Admission
    let tokens: StreamTokens
    let endings = CallEndings()
    let speechCache: SpeechCache
    let database: Database
    let assistants: AssistantDirectory
    let engines: Engines
    /// The newest configuration; new calls go by its keys that can be reloaded.
    let reloaded: Locked<Configuration>

    init(
        configuration: Configuration, secrets: Secrets, log: Logger, database: Database,
        engines: Engines, speechCache: SpeechCache, assistants: AssistantDirectory
    ) {
        self.configuration = configuration
        reloaded = Locked(configuration)
        self.secrets = secrets
        self.log = log
        self.database = database
        self.engines = engines
        self.speechCache = speechCache
        self.assistants = assistants
        trust = TrustCheck(
            validates: configuration.twilio.validateSignatures, authToken: secrets.authToken,
            publicURL: configuration.twilio.publicURL)
        admission = Admission(
            maxCalls: configuration.limits.maxCalls,
            perSecond: configuration.limits.webhooksPerSecond,
            nowNanos: MonotonicClock.nowNanos())
        tokens = StreamTokens(
            countMax: configuration.limits.streamTokens,
            lifetimeMs: configuration.twilio.streamTokenMs)
    }
}
