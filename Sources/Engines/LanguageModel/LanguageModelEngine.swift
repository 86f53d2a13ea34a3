import Net
import Pipelines

/// Bounds of a model's reply.
public struct LanguageModelLimits: Sendable {
    /// Times in one reply that the model may call tools.
    public var toolRoundsMax = 4
    /// Turns that it is told of.
    public var turnsMax = 40
    /// Tools called in one round; more are refused.
    public var callsMax = 8

    public init() {}
}

/// A dialogue by a language model behind HTTP, with tools, for one assistant.
public struct LanguageModelEngine: DialogueEngine {
    public var name: String { wire.name }
    let role: LanguageModelRole
    let wire: any LanguageModelWire
    let clients: RemoteClients
    let limits: LanguageModelLimits

    public init(
        _ role: LanguageModelRole, wire: any LanguageModelWire, clients: RemoteClients,
        limits: LanguageModelLimits = LanguageModelLimits()
    ) {
        self.role = role
        self.wire = wire
        self.clients = clients
        self.limits = limits
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        LanguageModelSession(self, call: call, loop: loop.eventLoop)
    }
}

extension LanguageModelEngine: ServiceWarming {
    public func warm(on loop: any CallLoop) { clients.warm(wire.service, on: loop.eventLoop) }
}
