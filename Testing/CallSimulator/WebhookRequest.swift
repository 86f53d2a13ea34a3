import Net
import Twilio
import Wire

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
        let form = FormText.encode(parameters)
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
}
