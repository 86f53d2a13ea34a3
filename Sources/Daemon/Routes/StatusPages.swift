import Assembly
import Calls
import Configuration
import Net
import Telemetry
import Twilio
import TwilioServer
import Wire

/// What the pages about the daemon need.
struct StatusContext: Sendable {
    let account: StatusPages.Account
    let trust: TrustCheck
    let admission: Admission
    let speech: Speech
    let traces: CallTraces
    let metrics: Telemetry.Metrics
}

/// Pages about the daemon itself.
struct StatusPages {
    /// What may be shown of the account at Twilio.
    struct Account: Sendable {
        let isConfigured: Bool
        let maskedSid: String
        let phoneNumber: String

        init(_ secrets: Secrets) {
            isConfigured = !secrets.accountSid.isEmpty && !secrets.authToken.isEmpty
            maskedSid = MaskedSid.text(secrets.accountSid)
            phoneNumber = ShownNumber.text(secrets.phoneNumber)
        }
    }

    let context: StatusContext

    /// `GET /twilio/health`.
    func twilioHealth(_ request: HTTPRequest) -> HTTPResponse {
        let base = context.trust.base(of: request)
        let config: JSONValue = .object([
            .init("twilio_configured", .bool(context.account.isConfigured)),
            .init("webhook_url", .string(base + "/twilio/voice")),
        ])
        let json: JSONValue = .object([
            .init("status", .string(context.admission.isDraining ? "draining" : "healthy")),
            .init("active_calls", .integer(context.admission.liveCount)),
            .init("config", config),
            .init("version", .string(StreamdVersion.current)),
        ])
        return HTTPResponse(status: 200, json: json)
    }

    /// `GET /twilio/status`: what is known of the account; its name is not given away.
    func twilioStatus() -> HTTPResponse {
        HTTPResponse(
            status: 200,
            json: .object([
                .init("twilio_configured", .bool(context.account.isConfigured)),
                .init("phone_number", .string(context.account.phoneNumber)),
                .init("account_sid", .string(context.account.maskedSid)),
            ]))
    }

    /// `GET /health`: the same in a word, for monitors.
    func health() -> HTTPResponse {
        let isDraining = context.admission.isDraining
        return HTTPResponse(
            status: 200,
            json: .object([
                .init("status", .string(isDraining ? "draining" : "healthy")),
                .init("active_calls", .integer(context.admission.liveCount)),
                .init("version", .string(StreamdVersion.current)),
            ]))
    }

    /// `GET /metrics`, for Prometheus.
    func metrics() -> HTTPResponse {
        HTTPResponse(
            status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
            body: context.metrics.render(
                extra: context.speech.engines.metrics() + context.speech.cache.metrics
                    + traceMetrics()))
    }

    private func traceMetrics() -> [MetricFamily] {
        guard let traces = context.traces.exporter else { return [] }
        return [
            MetricFamily(
                "streamd_trace_spans_sent_total", .counter, "Spans that the collector has taken.",
                Double(traces.sentCount)),
            MetricFamily(
                "streamd_trace_spans_dropped_total", .counter,
                "Spans given up because the collector was away or refused them.",
                Double(traces.droppedCount)),
        ]
    }

    /// `GET /healthz`: the process lives.
    func alive() -> HTTPResponse { .text(200, "ok") }

    /// `GET /readyz`: new calls are welcome.
    func ready(_ preparation: Preparation.State) -> HTTPResponse {
        switch preparation {
        case .running: .text(503, "starting")
        case .failed(let error): .text(503, "the start has failed: \(error)")
        case .done: context.admission.isDraining ? .text(503, "draining") : .text(200, "ready")
        }
    }
}

extension StatusPages {
    /// - Parameter preparation: tells how far the start has got.
    func pages(_ preparation: Preparation) -> [Page] {
        [
            Page(
                "/twilio/health",
                .page("getTwilioHealth", "Health and configuration.", .json(.named("TwilioHealth"))),
                schemas: [("TwilioHealth", Self.twilioHealthSchema)]
            ) { request, _, responder in responder.respond(twilioHealth(request)) },
            Page(
                "/health", .page("getHealth", "Health in a word.", .json(.named("Health"))),
                schemas: [("Health", Self.healthSchema)]
            ) { _, _, responder in responder.respond(health()) },
            Page("/metrics", .page("getMetrics", "Metrics for Prometheus.", .text)) {
                $2.respond(metrics())
            },
            Page("/healthz", .page("getAlive", "The process lives.", .text)) {
                $2.respond(alive())
            },
            Page(
                "/readyz",
                APIOperation(
                    id: "getReady", tag: "health", summary: "Whether new calls are welcome.",
                    answers: [
                        .init("200", "They are."), .init("503", "The daemon is about to stop."),
                    ])
            ) { $2.respond(ready(preparation.state)) },
        ]
    }

    private static let status = APISchema.Field("status", .word(of: ["healthy", "draining"]))

    private static let healthSchema = APISchema.object([
        status, .init("active_calls", .integer), .init("version", .text),
    ])

    private static let twilioHealthSchema = APISchema.object([
        status, .init("active_calls", .integer),
        .init(
            "config",
            .object([.init("twilio_configured", .boolean), .init("webhook_url", .text)])),
        .init("version", .text),
    ])
}

/// An account's name with its middle left out; nothing of what is not such a name, which may be a
/// secret that came into the wrong variable.
package enum MaskedSid {
    package static func text(_ sid: String) -> String {
        let digits = sid.utf8.dropFirst(2)
        guard sid.hasPrefix("AC"), digits.count == 32, digits.allSatisfy(isHex) else { return "" }
        return sid.prefix(4) + "…" + sid.suffix(4)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// A telephone number that may be shown; nothing of what is none.
enum ShownNumber {
    static func text(_ number: String) -> String {
        let digits = number.utf8.dropFirst()
        let isNumber =
            number.hasPrefix("+") && (7...15).contains(digits.count)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isNumber ? number : ""
    }
}
