import Assistants
import CallSimulator
import Foundation
import Language
import Net
import Realtime
import Wire

/// `POST /v1/chat/completions` and Anthropic's `/v1/messages`, streamed token by token or whole.
final class ChatStandIn: Sendable {
    private let options: ServiceStandInOptions
    private let counter = Locked(0)

    init(options: ServiceStandInOptions) { self.options = options }

    /// In whose form a conversation comes and is answered.
    enum Form { case openAI, anthropic }

    /// The answer with its delays drawn.
    /// - Parameter draw: one delay, in nanoseconds.
    /// - Returns: what is sent, and a line about it.
    func answer(
        _ request: HTTPRequest, form: Form = .openAI, draw: (LatencyDistribution) -> UInt64
    ) -> (plan: AnswerPlan, note: String) {
        guard let json = try? request.jsonBody() else {
            return refusal("The body is not JSON.")
        }
        let read = form == .openAI ? ChatRequest(json) : AnthropicChat.request(json)
        guard let chat = read else { return refusal("Model or messages are missing.") }
        if form == .openAI, let refusal = RefusedParameter(chat) {
            return (refusal.plan, "refused: \(refusal.name)")
        }
        let number = counter.withLock { count in
            count += 1
            return count
        }
        let step = self.step(chat, number: number)
        let completion = ChatCompletion(
            id: "chatcmpl-\(number)", created: Int(time(nil)), model: chat.model, step: step,
            promptTokens: chat.messages.reduce(0) { $0 + $1.content.utf8.count / 4 + 4 })
        var moment = draw(options.chatFirst)
        let moments = completion.tokens.indices.map { index -> UInt64 in
            if index > 0 { moment += draw(options.chatToken) }
            return moment
        }
        let heard = chat.messages.last { $0.role == "user" }?.content ?? ""
        let note = "\"\(heard)\" → \(step)"
        guard chat.isStreamed else {
            return (AnswerPlan(json: completion.whole, atNanos: moment), note)
        }
        let (tokens, end) =
            form == .openAI
            ? (
                completion.tokens.indices.map(completion.chunk),
                completion.end(withUsage: chat.includesUsage)
            ) : completion.anthropicEvents
        var plan = AnswerPlan(
            contentType: "text/event-stream; charset=utf-8", isStreamed: true, pieces: [])
        for (bytes, moment) in zip(tokens, moments) {
            plan.pieces.append(.init(atNanos: moment, bytes: bytes))
        }
        plan.pieces.append(.init(atNanos: moment, bytes: end))
        return (plan, note)
    }

    private func step(_ chat: ChatRequest, number: Int) -> ReservationAgent.Step {
        if options.chatMode == .ask {
            let heard = chat.messages.last { $0.role == "user" }?.content ?? ""
            let question = AskedQuestion.following(heard).text
            // No two alike, so that none is taken from a cache of sentences.
            return .say("Certainly, I have noted that as \(number). \(question)")
        }
        guard options.chatMode == .tools, !chat.tools.isEmpty else { return .say(options.reply) }
        if let order = OrderAgent.step(chat) { return order }
        let now = BusinessClock(timeZone: .current).local(at: Date())
        return ReservationAgent.step(chat, today: now.date)
    }

    private func refusal(_ message: String) -> (plan: AnswerPlan, note: String) {
        (AnswerPlan(status: 400, message: message), "refused: \(message)")
    }
}

/// One completion in the forms of OpenAI's chat interface.
struct ChatCompletion {
    let id: String
    let created: Int
    let model: String
    let step: ReservationAgent.Step
    let promptTokens: Int
    /// Pieces of the text, or of the call's arguments.
    let tokens: [String]

    init(
        id: String, created: Int, model: String, step: ReservationAgent.Step, promptTokens: Int
    ) {
        self.id = id
        self.created = created
        self.model = model
        self.step = step
        self.promptTokens = promptTokens
        switch step {
        case .say(let text): tokens = Self.pieces(of: text)
        case .call(_, let arguments):
            tokens = Self.cut(String(decoding: arguments.encoded(), as: UTF8.self), every: 6)
        }
    }

    /// About as a tokenizer cuts: words with the space before them, long ones in two.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        for (index, word) in text.split(separator: " ").enumerated() {
            pieces += cut((index > 0 ? " " : "") + word, every: 8)
        }
        return pieces.isEmpty ? [""] : pieces
    }

    private static func cut(_ text: String, every count: Int) -> [String] {
        var rest = Substring(text)
        var parts: [String] = []
        while !rest.isEmpty {
            parts.append(String(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return parts
    }

    private var isCall: Bool { if case .call = step { true } else { false } }
    private var finishReason: String { isCall ? "tool_calls" : "stop" }

    /// The event (or, with the first token, two events) that carries a token.
    func chunk(_ index: Int) -> [UInt8] {
        var events: [UInt8] = []
        if index == 0 { events += event(delta: opening) }
        return events + event(delta: delta(tokens[index]))
    }

    /// The events behind the last token.
    func end(withUsage: Bool) -> [UInt8] {
        var events = event(delta: .object([]), finish: finishReason)
        if withUsage {
            events += event(chunk([], extra: [.init("usage", usage)]))
        }
        return events + Array("data: [DONE]\n\n".utf8)
    }

    /// The completion that is not streamed.
    var whole: JSONValue {
        var message: [JSONValue.Member] = [.init("role", .string("assistant"))]
        switch step {
        case .say(let text): message.append(.init("content", .string(text)))
        case .call:
            message.append(.init("content", .null))
            message.append(.init("tool_calls", .array([call(tokens.joined(), index: nil)])))
        }
        let choice = JSONValue.object([
            .init("index", .integer(0)), .init("message", .object(message)),
            .init("logprobs", .null), .init("finish_reason", .string(finishReason)),
        ])
        return .object([
            .init("id", .string(id)), .init("object", .string("chat.completion")),
            .init("created", .integer(created)), .init("model", .string(model)),
            .init("choices", .array([choice])), .init("usage", usage),
        ])
    }

    private var opening: JSONValue {
        var delta: [JSONValue.Member] = [.init("role", .string("assistant"))]
        delta.append(.init("content", isCall ? .null : .string("")))
        if isCall { delta.append(.init("tool_calls", .array([call("", index: 0)]))) }
        return .object(delta)
    }

    private func delta(_ token: String) -> JSONValue {
        guard isCall else { return .object([.init("content", .string(token))]) }
        let function = JSONValue.object([.init("arguments", .string(token))])
        let call = JSONValue.object([.init("index", .integer(0)), .init("function", function)])
        return .object([.init("tool_calls", .array([call]))])
    }

    private func call(_ arguments: String, index: Int?) -> JSONValue {
        guard case .call(let tool, _) = step else { return .null }
        let function = JSONValue.object([
            .init("name", .string(tool)), .init("arguments", .string(arguments)),
        ])
        var members: [JSONValue.Member] = []
        if let index { members.append(.init("index", .integer(index))) }
        members.append(.init("id", .string("call_\(id.dropFirst(9))")))
        members.append(.init("type", .string("function")))
        members.append(.init("function", function))
        return .object(members)
    }

    private var usage: JSONValue {
        .object([
            .init("prompt_tokens", .integer(promptTokens)),
            .init("completion_tokens", .integer(tokens.count)),
            .init("total_tokens", .integer(promptTokens + tokens.count)),
        ])
    }

    private func event(delta: JSONValue, finish: String? = nil) -> [UInt8] {
        let choice = JSONValue.object([
            .init("index", .integer(0)), .init("delta", delta), .init("logprobs", .null),
            .init("finish_reason", finish.map { .string($0) } ?? .null),
        ])
        return event(chunk([choice], extra: []))
    }

    private func chunk(_ choices: [JSONValue], extra: [JSONValue.Member]) -> JSONValue {
        .object(
            [
                .init("id", .string(id)), .init("object", .string("chat.completion.chunk")),
                .init("created", .integer(created)), .init("model", .string(model)),
                .init("choices", .array(choices)),
            ] + extra)
    }

    private func event(_ json: JSONValue) -> [UInt8] {
        Array("data: ".utf8) + json.encoded() + Array("\n\n".utf8)
    }
}
