import Foundation
import Twilio
import Wire

/// Twilio's webhooks as bytes.
enum SignedWebhook {
    /// A whole request.
    /// - Parameters:
    ///   - signedURL: how the daemon says it is reached, with the path.
    ///   - token: what signs; the daemon must have the same.
    static func bytes(
        path: String, fields: [TwilioSignature.Parameter], signedURL: String, token: String
    ) -> [UInt8] {
        let body = FormText.encode(fields)
        let signature = TwilioSignature.sign(url: signedURL, parameters: fields, authToken: token)
        return Array(
            """
            POST \(path) HTTP/1.1\r
            Host: bench.example\r
            User-Agent: TwilioProxy/1.1\r
            Accept: */*\r
            Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r
            X-Twilio-Signature: \(signature)\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8)
    }

    /// A text message comes in.
    static func message(
        sid: String, from customer: String, to business: String, body: String,
        _ daemon: TextDaemon.Address
    ) -> [UInt8] {
        let fields: [TwilioSignature.Parameter] = [
            ("AccountSid", "AC00000000000000000000000000000000"), ("ApiVersion", "2010-04-01"),
            ("Body", body), ("From", customer), ("MessageSid", sid), ("NumMedia", "0"),
            ("NumSegments", "1"), ("SmsMessageSid", sid), ("SmsSid", sid),
            ("SmsStatus", "received"), ("To", business),
        ]
        return bytes(
            path: TextDaemon.path, fields: fields, signedURL: daemon.signedURL,
            token: daemon.token)
    }
}

/// A daemon that answers text messages for a restaurant that is always open.
enum TextDaemon {
    struct Address: Sendable {
        var signedURL: String
        var token: String
    }

    static let path = "/api/voice/sms/incoming"
    static let business = "+15551234567"
    static let assistantID = "bella"
    private static let token = "0123456789abcdef0123456789abcdef"
    private static let publicURL = "https://bench.example"
    static let address = Address(signedURL: publicURL + path, token: token)

    /// Starts one and waits until it is ready.
    /// - Parameter menu: a CSV file.
    static func start(
        menu: String, settings: [(key: String, value: String)] = []
    ) throws -> DaemonProcess {
        let days = [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        ].map { "\($0): \"00:00-00:00\"" }.joined(separator: ", ")
        let path = URL(filePath: menu).path
        let yaml = """
            twilio: {validateSignatures: true, publicURL: "\(publicURL)"}
            stt: [{engine: fixed}]
            llm: [{engine: scripted}]
            tts: [{engine: fixed, clipMs: 600}]
            log: {level: warning}
            assistants:
              - {id: \(assistantID), kind: restaurant, name: Bella Napoli, hours: {\(days)}, menu: "\(path)"}
            defaultAssistant: \(assistantID)
            """
        let file = NSTemporaryDirectory() + "streamd-texts-\(UUID().uuidString).yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try DaemonProcess.ready(
            configFile: file, settings: settings, environment: ["TWILIO_AUTH_TOKEN": token])
    }

    /// A number of a customer, the same for the same index.
    static func customer(_ index: Int) -> String { "+1444\(1_000_000 + index)" }
}
