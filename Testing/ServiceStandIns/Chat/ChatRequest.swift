import Assistants
import Wire

/// The parts of a request to `/v1/chat/completions` that the stand-in looks at.
public struct ChatRequest: Sendable {
    /// One message of the conversation.
    public struct Message: Sendable {
        /// system, developer, user, assistant or tool.
        public var role: String
        public var content: String
        public var toolCalls: [ToolCall] = []
        /// Of a tool's result: the call it belongs to.
        public var toolCallID: String?
    }

    /// A call that an assistant message made.
    public struct ToolCall: Sendable, Equatable {
        public var id: String
        public var name: String
        /// A JSON object.
        public var arguments: JSONValue
    }

    /// A function that may be called.
    public struct Tool: Sendable {
        public var name: String
        /// Names and JSON schemas of its arguments.
        public var properties: [JSONValue.Member]
        public var required: [String]
    }

    public var model: String
    public var messages: [Message]
    public var tools: [Tool]
    public var isStreamed: Bool
    /// A last chunk with the usage is wanted.
    public var includesUsage: Bool
    /// Parameters that bound or colour the answer, as far as they are there.
    public var setsOldLimit: Bool
    public var temperature: Double?

    /// Nil when model or messages are missing.
    public init?(_ json: JSONValue) {
        guard let model = json["model"]?.stringValue, let messages = json["messages"]?.arrayValue,
            !messages.isEmpty
        else { return nil }
        self.model = model
        self.messages = messages.map(Message.init)
        tools = (json["tools"]?.arrayValue ?? []).compactMap(Tool.init)
        isStreamed = json["stream"]?.boolValue ?? false
        includesUsage = json["stream_options"]?["include_usage"]?.boolValue ?? false
        setsOldLimit = json["max_tokens"] != nil
        temperature = json["temperature"]?.doubleValue
    }
}

extension ChatRequest.Message {
    fileprivate init(_ json: JSONValue) {
        role = json["role"]?.stringValue ?? ""
        // A text, or parts of which some are texts.
        if let parts = json["content"]?.arrayValue {
            content = parts.compactMap { $0["text"]?.stringValue }.joined(separator: " ")
        } else {
            content = json["content"]?.stringValue ?? ""
        }
        toolCalls = (json["tool_calls"]?.arrayValue ?? []).compactMap { call in
            guard let id = call["id"]?.stringValue,
                let name = call["function"]?["name"]?.stringValue
            else { return nil }
            let text = Array((call["function"]?["arguments"]?.stringValue ?? "").utf8)
            let arguments = try? JSONValue(parsing: text.span)
            return .init(id: id, name: name, arguments: arguments ?? .object([]))
        }
        toolCallID = json["tool_call_id"]?.stringValue
    }
}

extension ChatRequest.Tool {
    fileprivate init?(_ json: JSONValue) {
        guard let function = json["function"], let name = function["name"]?.stringValue else {
            return nil
        }
        self.name = name
        properties = []
        if case .object(let members)? = function["parameters"]?["properties"] {
            properties = members
        }
        required = (function["parameters"]?["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
