import Net
import Pipelines
import Wire

/// Anthropic's messages, streamed.
///
/// Source: Anthropic API reference, "Messages" and "Streaming messages", version 2023-06-01.
public struct AnthropicMessages: LanguageModelWire {
    public let name = "anthropic"
    public let service: RemoteService
    let model: String
    let temperature: Double
    let tokensMax: Int

    /// - Parameters:
    ///   - service: its headers hold `x-api-key`; the version is added here.
    ///   - temperature: below 0 leaves it to the server.
    ///   - tokensMax: of one answer.
    public init(
        service: RemoteService, model: String, temperature: Double = -1, tokensMax: Int = 300
    ) {
        var service = service
        service.headers["anthropic-version"] = "2023-06-01"
        self.service = service
        self.model = model
        self.temperature = temperature
        self.tokensMax = tokensMax
    }

    public func request(
        instructions: String, messages: [ChatMessage], tools: [DialogueTool]
    ) -> HTTPClientRequest {
        var members: [JSONValue.Member] = [
            .init("model", .string(model)), .init("stream", .bool(true)),
            .init("max_tokens", .integer(tokensMax)), .init("system", .string(instructions)),
            .init("messages", .array(Self.alternating(messages))),
        ]
        if temperature >= 0 { members.append(.init("temperature", .number(temperature))) }
        if !tools.isEmpty {
            let list = tools.map { tool in
                JSONValue.object([
                    .init("name", .string(tool.name)), .init("description", .string(tool.summary)),
                    .init("input_schema", tool.parameters),
                ])
            }
            members.append(.init("tools", .array(list)))
        }
        return service.post(
            "/messages", contentType: "application/json",
            body: JSONValue.object(members).encoded())
    }

    /// Its parameters have kept their names.
    public func learn(fromRefusal body: [UInt8], status: Int) -> Bool { false }

    public func makeReader() -> any LanguageModelReader { AnthropicReader() }

    /// User and assistant in turns, the user first, as the interface wants them.
    private static func alternating(_ messages: [ChatMessage]) -> [JSONValue] {
        var groups: [(role: String, blocks: [JSONValue])] = []
        func add(_ role: String, _ blocks: [JSONValue]) {
            if groups.last?.role == role {
                groups[groups.count - 1].blocks += blocks
            } else {
                groups.append((role, blocks))
            }
        }
        for message in messages {
            switch message {
            case .caller(let text): add("user", [block(text)])
            case .agent(let text):
                if groups.isEmpty { add("user", [block("(The call begins.)")]) }
                add("assistant", [block(text)])
            case .calls(let calls): add("assistant", calls.map(block))
            case .answer(let id, let json):
                add(
                    "user",
                    [
                        .object([
                            .init("type", .string("tool_result")),
                            .init("tool_use_id", .string(id)), .init("content", .string(json)),
                        ])
                    ])
            }
        }
        return groups.map { group in
            .object([.init("role", .string(group.role)), .init("content", .array(group.blocks))])
        }
    }

    private static func block(_ text: String) -> JSONValue {
        .object([.init("type", .string("text")), .init("text", .string(text))])
    }

    private static func block(_ call: ChatToolCall) -> JSONValue {
        .object([
            .init("type", .string("tool_use")), .init("id", .string(call.id)),
            .init("name", .string(call.name)),
            .init("input", JSONValue(call.arguments) ?? .object([])),
        ])
    }
}

/// Reads the events of one message.
struct AnthropicReader: LanguageModelReader {
    /// Content blocks are counted together; calls are counted apart.
    private var callIndices: [Int: Int] = [:]

    mutating func read(event: String, data: String) -> [ModelDelta] {
        guard let json = JSONValue(data), let type = json["type"]?.stringValue else {
            return [.failed("an event of the answer is not a JSON object with a type")]
        }
        let index = json["index"]?.intValue ?? 0
        switch type {
        case "content_block_start":
            guard let block = json["content_block"], block["type"]?.stringValue == "tool_use" else {
                return []
            }
            let call = callIndices.count
            callIndices[index] = call
            return [
                .call(
                    index: call, id: block["id"]?.stringValue ?? "",
                    name: block["name"]?.stringValue ?? "", arguments: "")
            ]
        case "content_block_delta":
            if let text = json["delta"]?["text"]?.stringValue { return [.text(text)] }
            guard let part = json["delta"]?["partial_json"]?.stringValue,
                let call = callIndices[index]
            else { return [] }
            return [.call(index: call, id: "", name: "", arguments: part)]
        case "message_stop": return [.done]
        case "error":
            let message = json["error"]?["message"]?.stringValue ?? "an error"
            return [.failed("the server says: \(message.prefix(RemoteService.quotedBytesMax))")]
        default: return []
        }
    }
}
