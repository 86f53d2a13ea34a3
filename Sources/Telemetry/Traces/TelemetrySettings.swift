/// `telemetry`: where traces go.
public struct TelemetrySettings: Sendable {
    public var otlpEndpoint = ""
    public var flushMs = 1000
    public var timeoutMs = 10_000
    public var spansMax = 4096

    public init() {}

    /// Where traces are sent to; empty where there is no endpoint.
    package var tracesURL: String {
        guard !otlpEndpoint.isEmpty else { return "" }
        let path = "/v1/traces"
        let base = otlpEndpoint.hasSuffix("/") ? String(otlpEndpoint.dropLast()) : otlpEndpoint
        return base.hasSuffix(path) ? base : base + path
    }
}
