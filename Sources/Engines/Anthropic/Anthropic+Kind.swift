extension DialogueKind {
    private static let anthropicFacts = EngineFacts(
        .llm, "anthropic",
        keys: EngineFacts.remoteKeys + ["model", "prompt", "temperature", "tokensMax"],
        required: ["model"],
        server: EngineServer(
            baseURL: "https://api.anthropic.com/v1", addressEnv: "ANTHROPIC_BASE_URL",
            keyEnv: "ANTHROPIC_API_KEY", keyHeader: "x-api-key", keyPrefix: ""))

    static let anthropic = DialogueKind(anthropicFacts) { settings, service in
        AnthropicMessages(
            service: service, model: settings.model, temperature: settings.temperature,
            tokensMax: settings.tokensMax)
    }
}
