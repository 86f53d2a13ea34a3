import Net
import Twilio

/// Decides whether a request came from Twilio.
package struct TrustCheck: Sendable {
    package let validates: Bool
    let authToken: String
    /// The address Twilio was given, without a path; empty means what the request itself says.
    let publicURL: String

    package init(validates: Bool, authToken: String, publicURL: String) {
        self.validates = validates
        self.authToken = authToken
        self.publicURL = publicURL
    }

    /// The URL that Twilio used for this request.
    func url(of request: HTTPRequest) -> String {
        TwilioSignature.publicURL(
            base: base(of: request), path: request.path, query: request.query)
    }

    /// Scheme and host under which the caller of this request reaches us.
    package func base(of request: HTTPRequest) -> String {
        guard publicURL.isEmpty else { return publicURL }
        // A proxy says by which scheme it was reached; whoever forges this only spoils their own
        // signature.
        let isSecure =
            request.isSecure || request.headers["X-Forwarded-Proto"]?.lowercased() == "https"
        return (isSecure ? "https://" : "http://") + (request.headers["Host"] ?? "localhost")
    }

    func isTrusted(_ request: HTTPRequest, form: [(name: String, value: String)]) -> Bool {
        guard validates else { return true }
        guard let signature = request.headers[TwilioSignature.headerName] else { return false }
        return TwilioSignature.isValid(
            signature, url: url(of: request), parameters: form, authToken: authToken)
    }

    func isTrustedHandshake(_ request: HTTPRequest) -> Bool {
        guard validates else { return true }
        guard let signature = request.headers[TwilioSignature.headerName] else { return false }
        return TwilioSignature.isValidHandshake(
            signature, url: url(of: request), authToken: authToken)
    }

    /// `wss://host/path` for the TwiML.
    func streamURL(_ path: String, for request: HTTPRequest) -> String {
        let base = base(of: request)
        if base.hasPrefix("https://") { return "wss://" + base.dropFirst("https://".count) + path }
        return "ws://" + base.dropFirst("http://".count) + path
    }
}
