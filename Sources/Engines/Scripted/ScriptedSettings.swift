import Options
import Pipelines

/// `scripted` in `llm`: the assistant's own dialogue, which needs no model and no server.
package struct ScriptedSettings: DialogueSettings {
    package static let engineName = "scripted"
    package static let options: [ConfigurationOption<Self>] = []

    package init() {}

    package func make(_ context: DialogueContext) throws -> any DialogueEngine { context.scripted }
}
