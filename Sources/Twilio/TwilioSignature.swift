import Wire

/// The signature that Twilio puts on its requests in the header `X-Twilio-Signature`.
///
/// Source: Twilio's documentation, "Webhooks security". Pure functions, safe on any thread.
public enum TwilioSignature {
    /// The header that carries the signature.
    public static let headerName = "X-Twilio-Signature"

    /// A parameter of a form.
    public typealias Parameter = (name: String, value: String)

    /// How a request is signed.
    public enum Algorithm: Sendable {
        /// With the account's auth token; what requests carry unless they say otherwise.
        case hmacSHA1
        /// With a shared key, when `X-Twilio-Webhooks-Signature-Settings` says so.
        case hmacSHA256
    }

    /// The signature of a request.
    /// - Parameters:
    ///   - url: as Twilio was told it, query string and all.
    ///   - parameters: the form's, in any order. A name that repeats counts with its distinct
    ///     values in order. Empty for GET requests and JSON bodies.
    public static func sign(
        url: String, parameters: [Parameter] = [], authToken: String,
        algorithm: Algorithm = .hmacSHA1
    ) -> String {
        var message = Array(url.utf8)
        // Compared as bytes: Swift's order of strings is another one, and takes different spellings
        // of one character for equal.
        let pairs = parameters.map { (name: Array($0.name.utf8), value: Array($0.value.utf8)) }
            .sorted { left, right in
                left.name == right.name
                    ? left.value.lexicographicallyPrecedes(right.value)
                    : left.name.lexicographicallyPrecedes(right.name)
            }
        for (index, pair) in pairs.enumerated() where index == 0 || pair != pairs[index - 1] {
            message += pair.name
            message += pair.value
        }
        let key = Array(authToken.utf8)
        let code =
            switch algorithm {
            case .hmacSHA1: Digest.hmacSHA1(key: key, message)
            case .hmacSHA256: Digest.hmacSHA256(key: key, message)
            }
        return Base64.text(code)
    }

    /// True when a webhook with a form (or, being a GET, without a body) came from Twilio. The URL
    /// is tried as it is, without its port, and with the standard one: Twilio does either.
    public static func isValid(
        _ signature: String, url: String, parameters: [Parameter], authToken: String,
        algorithm: Algorithm = .hmacSHA1
    ) -> Bool {
        SignedURL(url).portVariants.contains { candidate in
            ConstantTime.equal(
                sign(
                    url: candidate, parameters: parameters, authToken: authToken,
                    algorithm: algorithm), signature)
        }
    }

    /// True when a webhook with a JSON body came from Twilio: the URL must carry the body's hash as
    /// `bodySHA256`, and is signed together with it.
    public static func isValid(
        _ signature: String, url: String, jsonBody: [UInt8], authToken: String,
        algorithm: Algorithm = .hmacSHA1
    ) -> Bool {
        guard let claimed = SignedURL(url).queryValue("bodySHA256") else { return false }
        return ConstantTime.equal(SHA256.hex(jsonBody), claimed)
            && isValid(
                signature, url: url, parameters: [], authToken: authToken, algorithm: algorithm)
    }

    /// True when the handshake of a stream came from Twilio. Its documentation leaves open whether
    /// the signed URL begins with `wss` or `https`, and whether an empty path has its slash: all of
    /// them are tried, each with and without the standard port. None of them says anything else.
    /// - Parameter url: the stream's, as the TwiML had it.
    public static func isValidHandshake(
        _ signature: String, url: String, authToken: String
    ) -> Bool {
        SignedURL(url).handshakeVariants.contains { candidate in
            isValid(signature, url: candidate, parameters: [], authToken: authToken)
        }
    }

    /// The URL that Twilio used, put together from the address the operator configured and the
    /// request as it arrived behind the proxy.
    /// - Parameters:
    ///   - base: `https://voice.example.com` or with a path that the proxy takes off; a slash at
    ///     its end is left out.
    ///   - path: of the request, beginning with a slash.
    ///   - query: of the request, without the question mark; empty for none.
    public static func publicURL(base: String, path: String, query: String = "") -> String {
        var url = base
        while url.hasSuffix("/") { url.removeLast() }
        url += path
        return query.isEmpty ? url : url + "?" + query
    }
}
