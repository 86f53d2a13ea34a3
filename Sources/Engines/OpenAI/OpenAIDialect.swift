import Realtime
import Wire

/// Which of the parameters that servers with OpenAI's chat interface differ about one model of one server
/// takes; learnt from its refusals and shared by all assistants and calls. Any thread; a short lock, once
/// a request.
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
        var limitName: String { limitsCompletion ? newLimit : oldLimit }
    }

    private let state: Locked<Choices>

    /// - Parameter baseURL: OpenAI itself takes the new name with every model.
    private init(baseURL: String) {
        state = Locked(Choices(limitsCompletion: baseURL.contains("://api.openai.com")))
    }

    /// What is known of a model of a service so far.
    static func known(of model: String, at service: RemoteService) -> OpenAIDialect {
        service.notes.note("OpenAI chat \(service.baseURL) \(model)") {
            OpenAIDialect(baseURL: service.baseURL)
        }
    }

    var choices: Choices { state.withLock { $0 } }

    /// Takes in a refusal with 400.
    /// - Returns: whether it was about a parameter that can be written otherwise.
    func learn(fromRefusal body: [UInt8]) -> Bool {
        guard let error = (try? JSONValue(parsing: body.span))?["error"] else { return false }
        let message = error["message"]?.stringValue ?? error.stringValue ?? ""
        let refused = error["param"]?.stringValue ?? Self.refused(in: message)
        return state.withLock { choices in
            switch refused {
            case Self.oldLimit: choices.limitsCompletion = true
            case Self.newLimit: choices.limitsCompletion = false
            case Self.temperature: choices.setsTemperature = false
            default: return false
            }
            return true
        }
    }

    /// The parameter that a message refuses: the first that it names, since what to write instead comes
    /// behind ("'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.").
    private static func refused(in message: String) -> String? {
        let words = message.split { !($0.isLetter || $0 == "_") }
        let names = [oldLimit, newLimit, temperature]
        func isRemedy(_ index: Int) -> Bool { index > 0 && words[index - 1].lowercased() == "use" }
        return words.indices.first { names.contains(String(words[$0])) && !isRemedy($0) }
            .map { String(words[$0]) }
    }

    private static let oldLimit = "max_tokens"
    private static let newLimit = "max_completion_tokens"
    private static let temperature = "temperature"
}
