import Net
import Options

/// The services that remote engines need besides their settings: keys and addresses of the
/// environment, HTTP clients, and a loop for speech that comes over the network.
package struct RemoteServices: Sendable {
    package let clients = RemoteClients()
    package let loop: EventLoop
    private let notes = ServiceNotes()
    private let variable: @Sendable (String) -> String?

    /// - Parameter variable: what the environment holds by a name; nil where that is nothing.
    package init(variable: @escaping @Sendable (String) -> String?) throws {
        self.variable = variable
        loop = try EventLoop(label: "services")
        loop.start()
    }

    package func close() {
        loop.stop()
        loop.join()
    }

    /// Where an engine's server is and what it wants to see.
    /// - Parameter name: of the entry, for errors: `stt[0]`.
    func service(
        _ facts: EngineFacts, _ settings: EngineSettings, at name: String
    ) throws(ConfigurationError) -> RemoteService {
        guard let server = facts.server else {
            preconditionFailure("\(facts.name) is an engine of this process")
        }
        let environmental = variable(server.addressEnv).map {
            server.addressEnvIsBare ? Self.versioned($0) : $0
        }
        let baseURL =
            settings.baseURL.isEmpty ? environmental ?? server.baseURL : settings.baseURL
        // A vendor's key goes to nobody else unless that is said outright.
        let isOwn = settings.baseURL.isEmpty
        let keyEnv = settings.apiKeyEnv.isEmpty ? (isOwn ? server.keyEnv : "") : settings.apiKeyEnv
        var headers = HTTPHeaders()
        if !keyEnv.isEmpty {
            guard let key = variable(keyEnv) else {
                throw ConfigurationError(
                    file: "environment", place: nil,
                    message:
                        "\(keyEnv) is not set, which \(name) (\(facts.name)) needs; set it "
                        + "in the environment or in .env, or name another variable with apiKeyEnv")
            }
            headers.add(name: server.keyHeader, value: server.keyPrefix + key)
        }
        let patience = settings.patience(facts.stage)
        return RemoteService(
            stage: "\(facts.stage.rawValue) \(facts.name)", baseURL: baseURL, headers: headers,
            connectMs: patience.connectMs, firstByteMs: patience.firstByteMs,
            totalMs: patience.totalMs, stallMs: patience.stallMs, notes: notes)
    }

    /// A variable that holds the address without the version.
    private static func versioned(_ url: String) -> String {
        let bare = url.hasSuffix("/") ? String(url.dropLast()) : url
        return bare.hasSuffix("/v1") ? bare : bare + "/v1"
    }
}
