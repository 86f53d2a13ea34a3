import Wire

/// Anthropic's form of a conversation, put into OpenAI's, which the stand-in thinks in.
enum AnthropicChat {
    /// Nil when model, messages or the limit of tokens are missing, or the turns do not alternate:
    /// the interface refuses such requests.
    static func request(_ json: JSONValue) -> ChatRequest? {
        guard let model = json["model"], let messages = json["messages"]?.arrayValue,
            json["max_tokens"]?.intValue != nil, messages.first?["role"]?.stringValue == "user"
        else { return nil }
        for (one, next) in zip(messages, messages.dropFirst()) where one["role"] == next["role"] {
            return nil
        }
        var all: [JSONValue] = []
        if let system = json["system"]?.stringValue { all.append(message("system", system)) }
        for turn in messages { all += turn.openAIMessages }
        let tools = (json["tools"]?.arrayValue ?? []).map { tool in
            JSONValue.object([
                .init(
                    "function",
                    .object([
                        .init("name", tool["name"] ?? .null),
                        .init("parameters", tool["input_schema"] ?? .null),
                    ]))
            ])
        }
        return ChatRequest(
            .object([
                .init("model", model), .init("messages", .array(all)),
                .init("tools", .array(tools)), .init("stream", json["stream"] ?? .bool(false)),
            ]))
    }

    fileprivate static func message(_ role: String, _ text: String) -> JSONValue {
        .object([.init("role", .string(role)), .init("content", .string(text))])
    }
}

extension JSONValue {
    /// One turn of Anthropic's as messages of OpenAI's.
    fileprivate var openAIMessages: [JSONValue] {
        guard let role = self["role"]?.stringValue else { return [] }
        guard let blocks = self["content"]?.arrayValue else {
            return [AnthropicChat.message(role, self["content"]?.stringValue ?? "")]
        }
        var messages: [JSONValue] = []
        for block in blocks {
            switch block["type"]?.stringValue {
            case "text":
                messages.append(AnthropicChat.message(role, block["text"]?.stringValue ?? ""))
            case "tool_use":
                let arguments = (block["input"] ?? .object([])).encoded()
                let function = JSONValue.object([
                    .init("name", block["name"] ?? .null),
                    .init("arguments", .string(String(decoding: arguments, as: UTF8.self))),
                ])
                let call = JSONValue.object([
                    .init("id", block["id"] ?? .null), .init("function", function),
                ])
                messages.append(
                    .object([
                        .init("role", .string("assistant")), .init("tool_calls", .array([call])),
                    ]))
            case "tool_result":
                messages.append(
                    .object([
                        .init("role", .string("tool")),
                        .init("tool_call_id", block["tool_use_id"] ?? .null),
                        .init("content", block["content"] ?? .null),
                    ]))
            default: break
            }
        }
        return messages
    }
}

extension ChatCompletion {
    /// The events of Anthropic's stream, those of each token apart.
    var anthropicEvents: (tokens: [[UInt8]], end: [UInt8]) {
        var pieces = tokens.map { token in
            Self.event(
                "content_block_delta", [.init("index", .integer(0)), .init("delta", delta(token))])
        }
        let opening =
            Self.event("message_start", [.init("message", .object([.init("id", .string(id))]))])
            + Self.event(
                "content_block_start",
                [.init("index", .integer(0)), .init("content_block", block)])
            + Self.event("ping", [])
        if pieces.isEmpty { pieces = [[]] }
        pieces[0] = opening + pieces[0]
        let reason = step.isCall ? "tool_use" : "end_turn"
        let end =
            Self.event("content_block_stop", [.init("index", .integer(0))])
            + Self.event(
                "message_delta",
                [.init("delta", .object([.init("stop_reason", .string(reason))]))])
            + Self.event("message_stop", [])
        return (pieces, end)
    }

    private var block: JSONValue {
        switch step {
        case .say: .object([.init("type", .string("text")), .init("text", .string(""))])
        case .call(let tool, _):
            .object([
                .init("type", .string("tool_use")), .init("id", .string("toolu_\(id)")),
                .init("name", .string(tool)), .init("input", .object([])),
            ])
        }
    }

    private func delta(_ token: String) -> JSONValue {
        step.isCall
            ? .object([
                .init("type", .string("input_json_delta")), .init("partial_json", .string(token)),
            ]) : .object([.init("type", .string("text_delta")), .init("text", .string(token))])
    }

    private static func event(_ type: String, _ members: [JSONValue.Member]) -> [UInt8] {
        let json = JSONValue.object([.init("type", .string(type))] + members)
        return Array("event: \(type)\ndata: ".utf8) + json.encoded() + Array("\n\n".utf8)
    }
}

extension ReservationAgent.Step {
    fileprivate var isCall: Bool { if case .call = self { true } else { false } }
}
