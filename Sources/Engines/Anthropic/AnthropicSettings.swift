/// `anthropic` in `llm`.
package struct AnthropicSettings: LanguageModelSettings {
    package static let engineName = "anthropic"
    package static let server = EngineServer(
        baseURL: "https://api.anthropic.com/v1", addressEnv: "ANTHROPIC_BASE_URL",
        keyEnv: "ANTHROPIC_API_KEY", keyHeader: "x-api-key", keyPrefix: "")

    package var remote = RemoteKeys()
    package var modelKeys = LanguageModelKeys()

    package init() {}

    package func wire(_ service: RemoteService) -> any LanguageModelWire {
        AnthropicMessages(
            service: service, model: modelKeys.model, temperature: modelKeys.temperature,
            tokensMax: modelKeys.tokensMax)
    }
}
