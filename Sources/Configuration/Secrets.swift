import Foundation
import Options

/// The settings that come from the environment or a `.env` file, never from the YAML, and is never
/// logged.
public struct Secrets: Sendable {
    public var accountSid: String
    public var authToken: String
    public var phoneNumber: String
    public var publicURL: String
    /// Who may ask for calls: the bearer tokens of `STREAMD_API_TOKENS`, apart by commas or spaces.
    public var apiTokens: [String]
    /// Stand in for `store.url` and `state.url`, which may hold passwords.
    public var storeURL: String
    public var stateURL: String
    /// Stands in for `telemetry.otlpEndpoint`.
    public var otlpEndpoint: String
    /// Headers for the collector, such as its key.
    public var otlpHeaders: [(name: String, value: String)]
    private var values: [String: String]

    /// - Parameters:
    ///   - environment: the process's; it wins over the file.
    ///   - file: a `.env` file; missing is fine.
    public init(environment: [String: String], file: String = ".env") throws(ConfigurationError) {
        let values = try Self.readFile(file).merging(environment) { _, fromProcess in fromProcess }
        self.values = values
        accountSid = values["TWILIO_ACCOUNT_SID"] ?? ""
        authToken = values["TWILIO_AUTH_TOKEN"] ?? ""
        phoneNumber = values["TWILIO_PHONE_NUMBER"] ?? ""
        publicURL =
            ["PUBLIC_URL", "PUBLIC_WEBHOOK_URL", "TWILIO_WEBHOOK_URL"]
            .compactMap { values[$0] }.first { !$0.isEmpty } ?? ""
        apiTokens = (values["STREAMD_API_TOKENS"] ?? "")
            .split { $0 == "," || $0.isWhitespace }.map(String.init)
        storeURL = values["STREAMD_STORE_URL"] ?? ""
        stateURL = values["STREAMD_STATE_URL"] ?? ""
        otlpEndpoint = values["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? ""
        otlpHeaders = Self.headers(values["OTEL_EXPORTER_OTLP_HEADERS"] ?? "")
    }

    /// `name=value,name=value`, values percent-encoded, as OpenTelemetry's SDKs read them.
    package static func headers(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: ",").compactMap { pair in
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                return nil
            }
            let name = pair[..<equals].trimmingCharacters(in: .whitespaces)
            let value = pair[pair.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            return (name, value.removingPercentEncoding ?? value)
        }
    }

    /// What a variable holds; nil where it is missing or empty.
    package func value(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The variables of a file such as `.env`; none where it is missing. Blocking.
    package static func readFile(_ path: String) throws(ConfigurationError) -> [String: String] {
        try EnvironmentFile(path: path).values
    }
}

extension Configuration {
    /// Refuses to run open to the world by oversight: without a token signatures can't be checked,
    /// and that must have been said outright.
    public func checkTrust(_ secrets: Secrets) throws(ConfigurationError) {
        guard twilio.validateSignatures, secrets.authToken.isEmpty else { return }
        throw ConfigurationError(
            file: "environment", place: nil,
            message: "TWILIO_AUTH_TOKEN is not set, so signatures can't be checked; set it in the "
                + "environment or in .env, or say twilio.validateSignatures: false in the "
                + "configuration to accept anybody")
    }
}
