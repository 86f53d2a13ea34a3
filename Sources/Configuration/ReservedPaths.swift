/// Paths that `routes` can't take, because pages of streamd's own are there; what begins with
/// `/streamd/` is kept for pages to come.
package enum ReservedPaths {
    private static let paths: Set<String> = [
        "/twilio/stream", "/twilio/health", "/health", "/metrics", "/healthz", "/readyz",
        "/openapi.json", "/api/phone/active-calls",
    ]
    private static let prefixes = ["/api/phone/call-status/", "/streamd/"]

    package static func hold(_ path: String) -> Bool {
        paths.contains(path) || prefixes.contains { path.hasPrefix($0) }
    }
}
