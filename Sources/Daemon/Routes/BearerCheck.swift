import Net
import Twilio
import Wire

/// Lets in who knows one of the operator's tokens. Source: RFC 6750, section 2.1.
struct BearerCheck: Sendable {
    let tokens: [String]

    /// - Returns: the refusal; nil for who is let in.
    func refusal(of request: HTTPRequest) -> HTTPResponse? {
        guard let token = Self.token(request.headers["Authorization"] ?? "") else {
            var response = HTTPResponse.error(
                401, "unauthorized", "Send the header Authorization: Bearer TOKEN.")
            response.headers.add(name: "WWW-Authenticate", value: "Bearer realm=\"streamd\"")
            return response
        }
        guard !tokens.isEmpty else {
            return .error(
                403, "closed", "No token is set; put one into STREAMD_API_TOKENS and restart.")
        }
        return ConstantTime.isAny(token, of: tokens)
            ? nil : .error(403, "forbidden", "The token is not one of STREAMD_API_TOKENS.")
    }

    /// The scheme's name counts in any case; the token is what follows its blanks.
    private static func token(_ value: String) -> String? {
        guard let blank = value.firstIndex(of: " "), value[..<blank].lowercased() == "bearer"
        else { return nil }
        let token = value[blank...].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}

extension HTTPResponse {
    /// An error for programs: a word that stays the same, and a sentence.
    static func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
        HTTPResponse(
            status: status,
            json: .object([
                .init("error", .string(code)), .init("message", .string(message)),
            ]))
    }
}
