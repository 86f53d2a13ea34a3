import Net
import Twilio

/// Pages about the daemon itself.
struct StatusPages {
    let services: Services

    /// `GET /twilio/health`.
    func twilioHealth(_ request: HTTPRequest) -> HTTPResponse {
        let isConfigured =
            !services.secrets.accountSid.isEmpty && !services.secrets.authToken.isEmpty
        let base = services.trust.base(of: request)
        let config: JSONValue = .object([
            .init("twilio_configured", .bool(isConfigured)),
            .init("webhook_url", .string(base + "/twilio/voice")),
        ])
        let json: JSONValue = .object([
            .init("status", .string(services.admission.isDraining ? "draining" : "healthy")),
            .init("active_calls", .integer(services.admission.liveCount)),
            .init("config", config),
            .init("version", .string(StreamdVersion.current)),
        ])
        return HTTPResponse(status: 200, json: json)
    }

    /// `GET /metrics`, for Prometheus.
    func metrics() -> HTTPResponse {
        HTTPResponse(
            status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
            body: services.metrics.render(
                extra: services.engines.metrics() + services.speechCache.metrics))
    }

    /// `GET /healthz`: the process lives.
    func alive() -> HTTPResponse { .text(200, "ok") }

    /// `GET /readyz`: new calls are welcome.
    func ready() -> HTTPResponse {
        services.admission.isDraining ? .text(503, "draining") : .text(200, "ready")
    }
}
