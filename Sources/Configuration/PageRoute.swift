/// A page that is asked of the daemon by GET at an address of its own; Twilio's webhooks are in
/// `Configuration.routes`. The router and the OpenAPI description are both made from these.
package enum PageRoute: CaseIterable {
    case stream, twilioHealth, health, metrics, alive, ready, description, activeCalls, callStatus

    /// The path; `{…}` is any last part.
    package var path: String {
        switch self {
        case .stream: "/twilio/stream"
        case .twilioHealth: "/twilio/health"
        case .health: "/health"
        case .metrics: "/metrics"
        case .alive: "/healthz"
        case .ready: "/readyz"
        case .description: "/openapi.json"
        case .activeCalls: "/api/phone/active-calls"
        case .callStatus: "/api/phone/call-status/{call_sid}"
        }
    }

    /// True when only who has a token is answered.
    package var needsToken: Bool {
        switch self {
        case .activeCalls, .callStatus: true
        default: false
        }
    }

    private static let fixed = Dictionary(
        uniqueKeysWithValues: allCases.filter { $0 != .callStatus }.map { ($0.path, $0) })
    private static let callStatusPrefix = "/api/phone/call-status/"

    /// The route at a path, and what stands for its `{…}`.
    package static func at(_ path: String) -> (route: PageRoute, part: String)? {
        if let route = fixed[path] { return (route, "") }
        guard path.hasPrefix(callStatusPrefix) else { return nil }
        let part = path.dropFirst(callStatusPrefix.count)
        return part.isEmpty || part.contains("/") ? nil : (.callStatus, String(part))
    }
}
