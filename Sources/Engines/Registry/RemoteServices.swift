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
    func service<Settings: RemoteSettings>(
        _ settings: Settings, _ patience: Patience, at name: String
    ) throws(ConfigurationError) -> RemoteService {
        var headers = HTTPHeaders()
        let keyEnv = settings.keyEnv
        if !keyEnv.isEmpty {
            guard let key = variable(keyEnv) else {
                throw ConfigurationError(
                    file: "environment", place: nil,
                    message: Settings.missingKey(
                        keyEnv, needer: "\(name) (\(Settings.engineName))"))
            }
            headers.add(name: Settings.server.keyHeader, value: Settings.server.keyPrefix + key)
        }
        return RemoteService(
            stage: "\(Settings.stage.rawValue) \(Settings.engineName)",
            baseURL: settings.address(variable), headers: headers,
            connectMs: patience.connectMs, firstByteMs: patience.firstByteMs,
            totalMs: patience.totalMs, stallMs: patience.stallMs, notes: notes)
    }
}
