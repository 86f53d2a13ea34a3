import Engines
import Net
import Pipelines
import Realtime
import StreamTesting
import Wire

/// One call's dialogue behind a server of its own, on a loop; touched there only. What it says and
/// does is in the journal.
final class ModelCase: @unchecked Sendable {
    typealias ToolAnswer = @Sendable (Result<[UInt8], StageError>) -> Void

    let journal = Journal()
    let model: ScriptedModel
    let loop: TestLoop
    /// Answers of tools that are kept waiting.
    private let held = Locked<[ToolAnswer]>([])
    private var session: (any DialogueSession)?
    private let engine: LanguageModelEngine
    private let call: CallInfo

    private static let day = JSONValue.object([
        .init("type", .string("object")),
        .init(
            "properties",
            .object([
                .init(
                    "day",
                    .object([
                        .init("type", .string("string")),
                        .init("enum", .array([.string("monday"), .string("friday")])),
                    ]))
            ])),
        .init("required", .array([.string("day")])), .init("additionalProperties", .bool(false)),
    ])

    /// - Parameter holdsTools: their answers wait for ``release(_:)``.
    init(
        _ answers: [ScriptedModel.Answer], holdsTools: Bool = false, stallMs: Int = 5000,
        channel: CallInfo.Channel = .voice,
        _ adjust: (inout LanguageModelLimits) -> Void = { _ in }
    ) throws {
        let model = try ScriptedModel(answers)
        self.model = model
        loop = try TestLoop()
        call = CallInfo(callSid: "CA1", assistantID: "a", channel: channel)
        let journal = journal
        let relay = Relay()
        var role = LanguageModelRole(
            greeting: "Hello there.", instructions: { _ in "You book." },
            tools: [
                DialogueTool(
                    name: "look", summary: "looks", parameters: Self.day, hasEffect: false),
                DialogueTool(name: "book", summary: "books", parameters: Self.day, hasEffect: true),
            ],
            run: { call, answer in
                let arguments = String(decoding: call.argumentsJSON, as: UTF8.self)
                journal.add("run \(call.name) \(arguments)\(call.isAnew ? " anew" : "")")
                if holdsTools { relay.keep(answer) } else { answer(.success(Self.done)) }
            })
        role.record = { call, turn, said, heard in
            journal.add("record \(call.callSid) \(turn) '\(said)' '\(heard)'")
        }
        var limits = LanguageModelLimits()
        adjust(&limits)
        let service = RemoteService(
            stage: "llm test", baseURL: "http://127.0.0.1:\(model.port)/v1", headers: HTTPHeaders(),
            connectMs: 5000, firstByteMs: 5000, totalMs: 20_000, stallMs: stallMs)
        engine = LanguageModelEngine(
            role, wire: OpenAIChat(service: service, model: "m"), clients: RemoteClients(),
            limits: limits)
        relay.model = self
    }

    static let done = Array(#"{"status":"done"}"#.utf8)

    /// Lets the tool of a case be made before the case.
    private final class Relay: Sendable {
        private let target = Locked<Weak>(Weak())
        struct Weak { weak var model: ModelCase? }
        var model: ModelCase? {
            get { target.withLock { $0.model } }
            set { target.withLock { $0.model = newValue } }
        }
        func keep(_ answer: @escaping ToolAnswer) { model?.held.withLock { $0.append(answer) } }
    }

    /// Lets the oldest tool that waits answer.
    func release(_ result: Result<[UInt8], StageError> = .success(ModelCase.done)) {
        let answer = held.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        answer?(result)
    }

    /// What the caller said, and whether the turn is final at once.
    func say(_ text: String, turn: TurnID, commits: Bool = true) async {
        await hear(.speech(Transcript(text: text)), turn: turn, commits: commits)
    }

    func hear(_ input: CallerInput, turn: TurnID, commits: Bool = true) async {
        await on { session, journal in
            session.respond(to: input, turn: turn) { result in
                switch result {
                case .success(.sentence(let text)): journal.add("said \(text)")
                case .success(.end): journal.add("end \(turn)")
                case .success(let part): journal.add("\(part)")
                case .failure(let error): journal.add("failed \(error)")
                }
            }
            if commits { session.commit(turn: turn) }
        }
    }

    /// Does something with the session on its loop.
    func on<Value: Sendable>(
        _ body: @escaping @Sendable (any DialogueSession, Journal) -> Value
    ) async -> Value {
        await loop.run { [self] in
            let session =
                self.session
                ?? engine.makeSession(call: call, loop: loop.loop)
            self.session = session
            return body(session, journal)
        }
    }

    /// Hangs up, and goes on in a session that is told what the last one remembered.
    /// - Returns: whether it could.
    func moveToAnotherSession() async -> Bool {
        await loop.run { [self] in
            let memory = session?.memory
            session?.close()
            let next = engine.makeSession(call: call, loop: loop.loop)
            session = next
            return memory.map { next.resume(from: $0) } ?? false
        }
    }

    /// Waits until the server was asked so often.
    func asked(_ count: Int) async -> Bool {
        for _ in 0..<2000 {
            if model.requests.count >= count { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// The messages of the n-th request as "role: text", calls and answers as JSON.
    func messages(_ request: Int) -> [String] {
        let requests = model.requests
        guard requests.indices.contains(request) else { return ["there is no such request"] }
        return (requests[request]["messages"]?.arrayValue ?? []).map { message in
            let role = message["role"]?.stringValue ?? "?"
            let calls = (message["tool_calls"]?.arrayValue ?? []).map { call in
                let function = call["function"]
                return (function?["name"]?.stringValue ?? "")
                    + (function?["arguments"]?.stringValue ?? "")
            }
            let text = [message["content"]?.stringValue].compactMap { $0 } + calls
            return "\(role): \(text.joined(separator: " "))"
        }
    }
}
