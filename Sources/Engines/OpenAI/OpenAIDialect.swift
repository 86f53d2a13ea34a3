import Realtime
import Wire

/// Which of the parameters that servers with OpenAI's chat interface differ about one server takes; learnt
/// from its refusals and shared by all calls. Any thread; a short lock, once a request.
///
/// OpenAI's newer models refuse `max_tokens` and any `temperature` of one's own; vLLM, llama.cpp and
/// Ollama know `max_tokens`, some of them only that.
///
/// Source: OpenAI API reference, "Create chat completion" (`max_completion_tokens`) and "Error codes".
final class OpenAIDialect: Sendable {
    /// How a request is written.
    struct Choices: Sendable, Equatable {
        var limitsCompletion: Bool
        var setsTemperature = true

        /// The parameter that bounds the answer.
        var limitName: String { limitsCompletion ? "max_completion_tokens" : "max_tokens" }
    }

    private let state: Locked<Choices>

    /// - Parameter baseURL: OpenAI itself takes the new name with every model.
    init(baseURL: String) {
        state = Locked(Choices(limitsCompletion: baseURL.contains("://api.openai.com")))
    }

    var choices: Choices { state.withLock { $0 } }

    /// Takes in a refusal with 400.
    /// - Returns: whether it was about a parameter that can be written otherwise.
    func learn(fromRefusal body: [UInt8]) -> Bool {
        guard let error = (try? JSONValue(parsing: body.span))?["error"] else { return false }
        let message = error["message"]?.stringValue ?? error.stringValue ?? ""
        let parameter = error["param"]?.stringValue ?? ""
        func isAbout(_ name: String) -> Bool {
            parameter == name || parameter.isEmpty && message.contains("'\(name)'")
        }
        return state.withLock { choices in
            if isAbout("max_tokens") {
                choices.limitsCompletion = true
            } else if isAbout("max_completion_tokens") {
                choices.limitsCompletion = false
            } else if isAbout("temperature") {
                choices.setsTemperature = false
            } else {
                return false
            }
            return true
        }
    }
}
