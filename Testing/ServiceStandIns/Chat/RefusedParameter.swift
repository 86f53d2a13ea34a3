/// A parameter of chat that OpenAI's newer models do not take, and their answer to it.
///
/// Source: OpenAI API reference, "Create chat completion" (`max_tokens` is "not compatible with o-series
/// models"); the words are those of its server.
struct RefusedParameter {
    let name: String
    let plan: AnswerPlan

    /// Nil where the model takes the request as it is.
    init?(_ chat: ChatRequest) {
        guard Self.isNew(chat.model) else { return nil }
        if chat.setsOldLimit {
            name = "max_tokens"
            plan = AnswerPlan(
                status: 400,
                message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                    + "'max_completion_tokens' instead.",
                parameter: name, code: "unsupported_parameter")
        } else if let temperature = chat.temperature, temperature != 1 {
            name = "temperature"
            plan = AnswerPlan(
                status: 400,
                message: "Unsupported value: 'temperature' does not support \(temperature) with this "
                    + "model. Only the default (1) value is supported.",
                parameter: name, code: "unsupported_value")
        } else {
            return nil
        }
    }

    /// o1, o3-mini, gpt-5, gpt-5-mini and what is called alike.
    private static func isNew(_ model: String) -> Bool {
        if model.hasPrefix("gpt-5") { return true }
        let letters = Array(model.prefix(2))
        return letters.count == 2 && letters[0] == "o" && letters[1].isNumber
    }
}
