import Foundation
import Options

/// The settings of an engine behind a network.
package protocol RemoteSettings: VendorSettings {
    /// Where its server is unless the entry says otherwise.
    static var server: EngineServer { get }
    /// The keys that say otherwise.
    var remote: RemoteKeys { get set }
}

extension RemoteSettings {
    package static var allOptions: [ConfigurationOption<Self>] {
        RemoteKeys.options.map { $0.lifted(\.remote) } + options
    }
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

/// The keys of every engine behind a network, beside its times.
package struct RemoteKeys: Sendable, Equatable {
    package var baseURL = ""
    package var apiKeyEnv = ""

    package init() {}

    static let options: [ConfigurationOption<RemoteKeys>] = [
        .custom(
            "baseURL", allowed: "http:// or https://, up to /v1; some stt also ws:// or wss://",
            field: OptionField(\.baseURL),
            "Address of the server; empty means the vendor's, or that of "
                + anyOf(EngineRegistry.addressVariables) + " of the environment.",
            defaultText: { yamlQuoted($0.baseURL) },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                let text = try mapper.text(node, key: "baseURL")
                guard isAddress(text) else {
                    throw mapper.error(
                        node, "'\(text)' is not a base address; write \"https://host/v1\"")
                }
                root.baseURL = text
            }),
        .text(
            "apiKeyEnv", \.apiKeyEnv, allowed: "name of an environment variable",
            "Where the key is; empty means "
                + anyOf(EngineRegistry.keyVariables)
                + " for the vendor's own address and none for another."),
    ]

    private static func anyOf(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "none" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    static func isAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), parts.query == nil,
            let scheme = parts.scheme, ["https", "http", "wss", "ws"].contains(scheme),
            let host = parts.host, !host.isEmpty
        else { return false }
        return true
    }
}

extension RemoteSettings {
    /// Variable that holds the key that is sent; empty where none is. A vendor's key goes to nobody else
    /// unless that is said outright.
    var keyEnv: String {
        if !remote.apiKeyEnv.isEmpty { return remote.apiKeyEnv }
        return remote.baseURL.isEmpty ? Self.server.keyEnv : ""
    }

    /// The address as the entry, the environment or the vendor has it.
    func address(_ variable: (String) -> String?) -> String {
        guard remote.baseURL.isEmpty else { return remote.baseURL }
        let environmental = variable(Self.server.addressEnv).map {
            Self.server.addressEnvIsBare ? Self.versioned($0) : $0
        }
        return environmental ?? Self.server.baseURL
    }

    /// A variable that holds the address without the version.
    private static func versioned(_ url: String) -> String {
        let bare = url.hasSuffix("/") ? String(url.dropLast()) : url
        return bare.hasSuffix("/v1") ? bare : bare + "/v1"
    }

    /// What every engine behind a network can have wrong in itself.
    var remoteFaults: [EngineFault] {
        guard remote.baseURL.hasPrefix("ws"), !Self.server.takesWebSocketAddress else { return [] }
        return [
            EngineFault(
                key: "baseURL",
                message: "\(Self.engineName) is asked over http:// or https://, not "
                    + "'\(remote.baseURL)'")
        ]
    }

    /// The key or the address that the environment does not have.
    func remoteFaults(in surroundings: EngineSurroundings) -> [EngineFault] {
        var faults: [EngineFault] = []
        let address = address(surroundings.variable)
        if !RemoteKeys.isAddress(address) {
            faults.append(
                EngineFault(
                    key: nil,
                    message: "\(Self.server.addressEnv) is '\(address)', which is not a base "
                        + "address; write https://host/v1"))
        }
        if !keyEnv.isEmpty, surroundings.variable(keyEnv) == nil {
            faults.append(
                EngineFault(
                    key: remote.apiKeyEnv.isEmpty ? nil : "apiKeyEnv",
                    message: Self.missingKey(keyEnv, needer: Self.engineName)))
        }
        return faults
    }

    static func missingKey(_ name: String, needer: String) -> String {
        "\(name) is not set, which \(needer) needs; set it in the environment or in .env, or name "
            + "another variable with apiKeyEnv"
    }
}
