import Net
import Twilio

/// The request that Twilio makes when a call comes in.
struct WebhookRequest {
    let request: HTTPClientRequest

    init(_ options: SimulatedCallOptions, url: String) {
        let parameters: [TwilioSignature.Parameter] = [
            ("AccountSid", options.accountSid), ("ApiVersion", "2010-04-01"),
            ("CallSid", options.callSid), ("CallStatus", "ringing"), ("Called", options.to),
            ("Caller", options.from), ("Direction", "inbound"), ("From", options.from),
            ("To", options.to),
        ]
        let form = parameters.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }
            .joined(separator: "&")
        var headers: HTTPHeaders = [
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"
        ]
        if let token = options.authToken {
            let signature = TwilioSignature.sign(
                url: options.signedWebhookURL ?? url, parameters: parameters, authToken: token)
            headers.add(name: TwilioSignature.headerName, value: signature)
        }
        request = HTTPClientRequest(
            method: "POST", url: url, headers: headers, body: .bytes(Array(form.utf8)))
    }

    /// Percent-encodes everything but letters, digits and `-._~`.
    private static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
