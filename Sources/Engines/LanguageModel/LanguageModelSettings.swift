import Options
import Pipelines

/// The settings of a language model of ours: a protocol of a service, with the keys that all have.
package protocol LanguageModelSettings: DialogueSettings, RemoteSettings {
    var modelKeys: LanguageModelKeys { get set }
    /// The protocol of its service.
    func wire(_ service: RemoteService) -> any LanguageModelWire
}

/// The keys of every language model.
package struct LanguageModelKeys: Sendable, Equatable {
    /// The server's name for it.
    package var model = ""
    package var prompt = ""
    /// Below 0 leaves it to the server.
    package var temperature = -1.0
    /// Of one answer.
    package var tokensMax = 300

    package init() {}

    static let options: [ConfigurationOption<LanguageModelKeys>] = [
        .text("model", \.model, allowed: "name", "The server's name for it.").required(),
        .text("prompt", \.prompt, "Instructions added to ours."),
        .number(
            "temperature", \.temperature, -1...2,
            "Of the model; below 0 leaves it to the server."),
        .integer("tokensMax", \.tokensMax, 16...8192, "Longest answer of the model, in tokens."),
    ]
}

/// The wishes of one assistant for whatever model leads its calls.
package struct LanguageModelWishes: Sendable {
    /// Instructions, behind the entry's own.
    package var prompt: String
    /// Below 0 for the entry's own.
    package var temperature: Double
    /// 0 for the entry's own.
    package var tokensMax: Int

    package init(prompt: String, temperature: Double, tokensMax: Int) {
        self.prompt = prompt
        self.temperature = temperature
        self.tokensMax = tokensMax
    }
}

extension LanguageModelSettings {
    package static var options: [ConfigurationOption<Self>] {
        LanguageModelKeys.options.map { $0.lifted(\.modelKeys) }
    }

    package static var leavesWordsToJudge: Bool { true }

    package func adapted(to wishes: LanguageModelWishes) -> Self {
        var own = self
        own.modelKeys.prompt = [modelKeys.prompt, wishes.prompt].filter { !$0.isEmpty }
            .joined(separator: "\n")
        if wishes.temperature >= 0 { own.modelKeys.temperature = wishes.temperature }
        if wishes.tokensMax > 0 { own.modelKeys.tokensMax = wishes.tokensMax }
        return own
    }

    package func make(_ context: DialogueContext) throws -> any DialogueEngine {
        LanguageModelEngine(
            context.role(modelKeys.prompt), wire: wire(try context.engine.service(self)),
            clients: context.engine.remote.clients, limits: context.limits)
    }
}
