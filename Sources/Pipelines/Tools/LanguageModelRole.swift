import Language
import Wire

/// A tool as a language model is told of it.
public struct DialogueTool: Sendable, Equatable {
    public var name: String
    public var summary: String
    /// A JSON Schema object.
    public var parameters: JSONValue
    /// True when it changes something, and so waits for the turn's commitment.
    public var hasEffect: Bool

    public init(name: String, summary: String, parameters: JSONValue, hasEffect: Bool) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.hasEffect = hasEffect
    }
}

/// One call of a tool.
public struct DialogueToolCall: Sendable {
    public var name: String
    /// A JSON object that the tool's schema allows.
    public var argumentsJSON: [UInt8]
    public var call: CallInfo
    /// The same effect was had before in this conversation, and the caller has agreed to it once more.
    /// Otherwise what has an effect has it once for the same arguments.
    public var isAnew: Bool

    package init(
        name: String, argumentsJSON: [UInt8], call: CallInfo, isAnew: Bool = false
    ) {
        self.name = name
        self.argumentsJSON = argumentsJSON
        self.call = call
        self.isAnew = isAnew
    }
}

/// The role of a language model in a conversation: the part that is the same for all services.
public struct LanguageModelRole: Sendable {
    /// Said first; nil where the caller is to speak first.
    public var greeting: String?
    /// Who the model is and what it goes by; asked for every turn, since it may hold the date.
    public var instructions: @Sendable (CallInfo) -> String
    public var tools: [DialogueTool]
    /// Runs a tool and answers, exactly once and on any thread, in JSON. Must not block.
    public var run:
        @Sendable (
            DialogueToolCall, @escaping @Sendable (Result<[UInt8], StageError>) -> Void
        ) -> Void
    /// Told that the conversation has gone on from an effect that was had: the caller has heard of it, so
    /// that the same call in another session of this conversation is a new wish. On the call's loop; must
    /// not block.
    public var settle: @Sendable (DialogueToolCall) -> Void = { _ in }
    /// Who takes over, in E.164; nil where nobody does.
    public var handOverNumber: String?
    /// Last words where the model hangs up without any.
    public var goodbye = "Thank you for calling. Goodbye."
    /// Told of every committed turn that this model answered, once it is known what was heard of it:
    /// call, turn, the caller's words, the words heard. On the call's loop; must not block.
    public var record: (@Sendable (CallInfo, TurnID, String, String) -> Void)?
    /// Judges the words of a turn so far.
    public var completeness: @Sendable (String) -> Completeness

    public init(
        greeting: String?, instructions: @escaping @Sendable (CallInfo) -> String,
        tools: [DialogueTool] = [],
        run:
            @escaping @Sendable (
                DialogueToolCall, @escaping @Sendable (Result<[UInt8], StageError>) -> Void
            ) -> Void = { call, answer in
                answer(.failure(.failed(stage: "llm", reason: "there is no tool \(call.name)")))
            },
        handOverNumber: String? = nil,
        completeness: @escaping @Sendable (String) -> Completeness = { _ in .unknown }
    ) {
        self.greeting = greeting
        self.instructions = instructions
        self.tools = tools
        self.run = run
        self.handOverNumber = handOverNumber
        self.completeness = completeness
    }

    /// The model's name for hanging up.
    package static let endCall = "end_call"
    /// The model's name for handing over.
    package static let transfer = "transfer_to_person"

    /// The tools with those that every conversation has.
    package var allTools: [DialogueTool] {
        let nothing = JSONValue.object([
            .init("type", .string("object")), .init("properties", .object([])),
            .init("additionalProperties", .bool(false)),
        ])
        var all = tools
        all.append(
            DialogueTool(
                name: Self.endCall, summary: "Hangs up once your goodbye has been heard.",
                parameters: nothing, hasEffect: false))
        if handOverNumber != nil {
            all.append(
                DialogueTool(
                    name: Self.transfer,
                    summary: "Connects the caller to a person once your words have been heard.",
                    parameters: nothing, hasEffect: false))
        }
        return all
    }
}
