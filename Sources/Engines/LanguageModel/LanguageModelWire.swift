import Net
import Pipelines
import Wire

/// One message of a conversation, as all services have them in some form.
public enum ChatMessage: Sendable, Equatable, Codable {
    case caller(String)
    case agent(String)
    /// The agent called tools, all before it got an answer.
    case calls([ChatToolCall])
    /// What one of these calls came to, in JSON.
    case answer(callID: String, json: String)
}

/// A model's call of a tool.
public struct ChatToolCall: Sendable, Equatable, Codable {
    public var id: String
    public var name: String
    /// JSON, as far as the model keeps its word.
    public var arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A piece of a model's answer.
public enum ModelDelta: Sendable, Equatable {
    case text(String)
    /// More of the `index`-th call; what is empty was told before or is still to come.
    case call(index: Int, id: String, name: String, arguments: String)
    /// The answer is whole.
    case done
    /// The service says that something went wrong, or says what can't be understood.
    case failed(String)
}

/// The protocol of one service: how it is asked and how its answer is read.
public protocol LanguageModelWire: Sendable {
    var name: String { get }
    var service: RemoteService { get }
    /// The request for the next round of a reply, which streams.
    func request(
        instructions: String, messages: [ChatMessage], tools: [DialogueTool]
    ) -> HTTPClientRequest
    /// Learns from a refusal what this server wants otherwise, for this and all later requests.
    ///
    /// - Returns: whether the same is worth asking again.
    func learn(fromRefusal body: [UInt8], status: Int) -> Bool
    /// What one server-sent event says. A reader keeps what it needs from event to event.
    func makeReader() -> any LanguageModelReader
}

/// Reads one answer.
public protocol LanguageModelReader {
    mutating func read(event: String, data: String) -> [ModelDelta]
}

extension JSONValue {
    /// A text that is JSON, or nil.
    init?(_ text: String) {
        guard let value = try? JSONValue(parsing: Array(text.utf8).span) else { return nil }
        self = value
    }

    /// With the members of objects in the order of their names: the same for the same content.
    var canonical: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(
                members.map { Member($0.name, $0.value.canonical) }.sorted { $0.name < $1.name })
        default: self
        }
    }
}
