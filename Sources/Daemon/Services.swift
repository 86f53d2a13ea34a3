import Assembly
import Calls
import Configuration
import Telemetry
import TwilioServer

/// What the daemon is wired of; made once at the start, and known to nobody but the daemon and its
/// router. A feature is handed a context of what it needs, and no more.
struct Services: Sendable {
    let secrets: Secrets
    let trust: TrustCheck
    let bearers: BearerCheck
    let tell: Telling
    let business: Business
    let lines: Lines
    let turns = Turns()
    let calls: CallSession.Context
    let traces = CallTraces()

    init(business: Business, secrets: Secrets, log: Logger) {
        let configuration = business.configuration
        self.business = business
        self.secrets = secrets
        tell = Telling(log: log)
        trust = TrustCheck(
            validates: configuration.twilio.validateSignatures, authToken: secrets.authToken,
            publicURL: configuration.twilio.publicURL)
        bearers = BearerCheck(tokens: secrets.apiTokens)
        let registry = CallRegistry()
        lines = Lines(configuration, registry: registry)
        calls = CallSession.Context(
            registry: registry,
            events: CallEvents(subscribers: [
                CallMetrics(tell.metrics), traces, CallRecords(business.database, log: log),
                CallLog(log),
            ]))
    }

    // MARK: - Contexts of features

    var streams: StreamContext {
        StreamContext(trust: trust, lines: lines, business: business, calls: calls, tell: tell)
    }

    var webhooks: WebhookContext {
        WebhookContext(trust: trust, lines: lines, business: business, turns: turns, tell: tell)
    }

    /// Nil where no account is known to send by.
    var outbox: OutboxContext? {
        TwilioAccount(sid: secrets.accountSid, authToken: secrets.authToken).map {
            OutboxContext(business: business, account: $0, tell: tell)
        }
    }

    var status: StatusContext {
        StatusContext(
            account: StatusPages.Account(secrets), trust: trust, admission: lines.admission,
            speech: business.speech, traces: traces, metrics: tell.metrics)
    }

    var callPages: CallPageContext {
        CallPageContext(
            registry: calls.registry, gatherCalls: lines.gatherCalls,
            database: business.database)
    }
}
