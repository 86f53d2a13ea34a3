/// A place in a call where an engine stands: a list of the configuration.
package enum EngineStage: String, CaseIterable, Sendable {
    /// Speech-to-text engines.
    case stt
    /// Dialogue engines.
    case llm
    /// Text-to-speech engines.
    case tts
}

/// The facts that the configuration must know of an engine before it is made: its name, its keys,
/// its server.
package struct EngineFacts: Sendable {
    package var stage: EngineStage
    /// As the configuration names it.
    package var name: String
    /// Keys of its entry beside `engine` and those of every entry.
    package var keys: [String]
    /// Keys that must be there.
    package var required: [String]
    /// Where its server is; nil for an engine of this process.
    package var server: EngineServer?

    /// Keys that entries of all engines may have.
    private static let common = ["answerMs", "stallMs"]
    /// Keys of every engine behind a network.
    package static let remoteKeys = ["baseURL", "apiKeyEnv"] + timeKeys
    private static let timeKeys = ["connectMs", "firstByteMs", "totalMs"]

    package init(
        _ stage: EngineStage, _ name: String, keys: [String], required: [String] = [],
        server: EngineServer? = nil
    ) {
        self.stage = stage
        self.name = name
        self.keys = keys
        self.required = required
        self.server = server
    }

    /// All keys that an entry may have, in the order in which errors list them.
    package var allKeys: [String] { ["engine"] + keys + Self.common }
}

/// Where a vendor's server is and what it wants to see, unless the entry says otherwise.
package struct EngineServer: Sendable {
    package var baseURL: String
    /// Variable of the environment that stands in for the address; empty for none.
    package var addressEnv = ""
    /// The variable's address is meant without the version at its end.
    package var addressEnvIsBare = false
    /// Variable that holds the key; empty where none is needed.
    package var keyEnv = ""
    /// The header that carries the key, and what stands before it.
    package var keyHeader = "Authorization"
    package var keyPrefix = "Bearer "
    /// An address of a WebSocket may be given as well.
    package var takesWebSocketAddress = false
}
