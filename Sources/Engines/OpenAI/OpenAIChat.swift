import Net
import Pipelines
import Wire

/// Chat completions, streamed: OpenAI, Ollama, vLLM, llama.cpp's server.
///
/// Source: OpenAI API reference, "Create chat completion" and "The chat completion chunk object".
public struct OpenAIChat: LanguageModelWire {
    public let name: String
    public let service: RemoteService
    let model: String
    let temperature: Double
    let tokensMax: Int
    private let dialect: OpenAIDialect

    /// - Parameters:
    ///   - temperature: below 0 leaves it to the server.
    ///   - tokensMax: of one answer.
    public init(
        name: String = "openai", service: RemoteService, model: String, temperature: Double = -1,
        tokensMax: Int = 300
    ) {
        self.name = name
        self.service = service
        self.model = model
        self.temperature = temperature
        self.tokensMax = tokensMax
        dialect = .known(of: model, at: service)
    }

    public func request(
        instructions: String, messages: [ChatMessage], tools: [DialogueTool]
    ) -> HTTPClientRequest {
        var all: [JSONValue] = [Self.message("system", instructions)]
        for (index, message) in messages.enumerated() {
            // Words before a call are part of its message: two in a row are refused by some servers.
            if case .agent = message, index + 1 < messages.count,
                case .calls = messages[index + 1]
            {
                continue
            }
            all.append(Self.json(message, after: index > 0 ? messages[index - 1] : nil))
        }
        let choices = dialect.choices
        var members: [JSONValue.Member] = [
            .init("model", .string(model)), .init("stream", .bool(true)),
            .init(choices.limitName, .integer(tokensMax)), .init("messages", .array(all)),
        ]
        if temperature >= 0, choices.setsTemperature {
            members.append(.init("temperature", .number(temperature)))
        }
        if !tools.isEmpty { members.append(.init("tools", .array(tools.map(Self.json)))) }
        return service.post(
            "/chat/completions", contentType: "application/json",
            body: JSONValue.object(members).encoded())
    }

    public func learn(fromRefusal body: [UInt8], status: Int) -> Bool {
        status == 400 && dialect.learn(fromRefusal: body)
    }

    public func makeReader() -> any LanguageModelReader { OpenAIChatReader() }

    private static func message(_ role: String, _ text: String) -> JSONValue {
        .object([.init("role", .string(role)), .init("content", .string(text))])
    }

    private static func json(_ message: ChatMessage, after last: ChatMessage?) -> JSONValue {
        switch message {
        case .caller(let text): return self.message("user", text)
        case .agent(let text): return self.message("assistant", text)
        case .calls(let calls):
            let list = calls.map { call in
                JSONValue.object([
                    .init("id", .string(call.id)), .init("type", .string("function")),
                    .init(
                        "function",
                        .object([
                            .init("name", .string(call.name)),
                            .init("arguments", .string(call.arguments)),
                        ])),
                ])
            }
            var content = JSONValue.null
            if case .agent(let text)? = last { content = .string(text) }
            return .object([
                .init("role", .string("assistant")), .init("content", content),
                .init("tool_calls", .array(list)),
            ])
        case .answer(let id, let json):
            return .object([
                .init("role", .string("tool")), .init("tool_call_id", .string(id)),
                .init("content", .string(json)),
            ])
        }
    }

    private static func json(_ tool: DialogueTool) -> JSONValue {
        .object([
            .init("type", .string("function")),
            .init(
                "function",
                .object([
                    .init("name", .string(tool.name)), .init("description", .string(tool.summary)),
                    .init("parameters", tool.parameters),
                ])),
        ])
    }
}

/// Reads the chunks of one completion.
struct OpenAIChatReader: LanguageModelReader {
    private var hasReason = false

    mutating func read(event: String, data: String) -> [ModelDelta] {
        // Some servers end the stream without the last word; the reason came before.
        if data == "[DONE]" { return hasReason ? [] : [.done] }
        guard let chunk = JSONValue(data) else {
            return [.failed("a chunk of the answer is not JSON")]
        }
        if let error = chunk["error"], error != .null {
            let message = error["message"]?.stringValue ?? error.stringValue ?? "an error"
            return [.failed("the server says: \(message.prefix(RemoteService.quotedBytesMax))")]
        }
        guard let choice = chunk["choices"]?[0] else {
            // A chunk of usage has no choices; anything else is not a completion.
            return chunk["choices"] == nil && chunk["usage"] == nil
                ? [.failed("a chunk of the answer has no choices")] : []
        }
        var deltas: [ModelDelta] = []
        if let text = choice["delta"]?["content"]?.stringValue, !text.isEmpty {
            deltas.append(.text(text))
        }
        for (position, call) in (choice["delta"]?["tool_calls"]?.arrayValue ?? []).enumerated() {
            deltas.append(
                .call(
                    index: call["index"]?.intValue ?? position, id: call["id"]?.stringValue ?? "",
                    name: call["function"]?["name"]?.stringValue ?? "",
                    arguments: call["function"]?["arguments"]?.stringValue ?? ""))
        }
        if choice["finish_reason"]?.stringValue != nil, !hasReason {
            hasReason = true
            deltas.append(.done)
        }
        return deltas
    }
}
