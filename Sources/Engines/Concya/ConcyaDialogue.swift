import Language
import Net
import Pipelines
import Wire

/// A dialogue by Concya's language service: `POST /conversation` with the caller's words and the name of
/// the conversation, answered with the reply. The service keeps the memory.
///
/// Source: the routes of Concya's own server.
public struct ConcyaDialogue: DialogueEngine {
    public let name = "concya"
    let role: LanguageModelRole
    let service: RemoteService
    let language: String
    let clients: RemoteClients

    /// - Parameters:
    ///   - role: whose greeting and judgement of words are used; its tools are not.
    ///   - language: of the caller; empty for the call's own.
    public init(
        _ role: LanguageModelRole, service: RemoteService, language: String = "",
        clients: RemoteClients
    ) {
        var service = service
        service.baseURL = service.baseURL(without: "/conversation")
        service.warmPath = "/health"
        self.role = role
        self.service = service
        self.language = language
        self.clients = clients
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        ConcyaDialogueSession(self, call: call, loop: loop.eventLoop)
    }
}

extension ConcyaDialogue: ServiceWarming {
    public func warm(on loop: any CallLoop) { clients.warm(service, on: loop.eventLoop) }
}

/// One call's dialogue. Asking is remembered by the service and can't be taken back, so that
/// nothing is asked before the turn is committed; what was heard of a reply can't be told it
/// either.
final class ConcyaDialogueSession: DialogueSession {
    typealias Output = (Result<ReplyPart, StageError>) -> Void

    private final class Reply {
        let turn: TurnID
        let input: CallerInput
        let output: Output
        var isAsked = false
        var task: HTTPClientTask?
        var status = 0
        var body: [UInt8] = []

        init(turn: TurnID, input: CallerInput, output: @escaping Output) {
            self.turn = turn
            self.input = input
            self.output = output
        }
    }

    private static let remembered = "concya"
    /// A reply is a sentence or two.
    static let bodyBytesMax = 262_144

    private let engine: ConcyaDialogue
    private let call: CallInfo
    private let loop: EventLoop
    private var reply: Reply?

    init(_ engine: ConcyaDialogue, call: CallInfo, loop: EventLoop) {
        self.engine = engine
        self.call = call
        self.loop = loop
    }

    var greeting: String? { engine.role.greeting }

    func completeness(of text: String) -> Completeness { engine.role.completeness(text) }

    func respond(to input: CallerInput, turn: TurnID, output: @escaping Output) {
        drop()
        reply = Reply(turn: turn, input: input, output: output)
    }

    func commit(turn: TurnID) {
        guard let reply, reply.turn == turn, !reply.isAsked else { return }
        reply.isAsked = true
        ask(reply)
    }

    func cancel(turn: TurnID) {
        if reply?.turn == turn { drop() }
    }

    func heard(turn: TurnID, text: String) {}

    func standing(of turn: TurnID) -> ReplyStanding {
        guard let reply, reply.turn == turn else { return .working }
        return reply.isAsked ? .working : .awaitingCommit
    }

    /// The service remembers, by the conversation's name; there is only to say whose memory it is.
    var memory: String? { Self.remembered }

    func resume(from memory: String) -> Bool { memory == Self.remembered }

    func close() { drop() }

    private func drop() {
        reply?.task?.cancel()
        reply = nil
    }

    // MARK: - Asking

    private func ask(_ reply: Reply) {
        let language = engine.language.isEmpty ? call.language : engine.language
        var request = engine.service.post(
            "/conversation",
            .object([
                .init("text", .string(reply.input.chatText)),
                .init("session_id", .string(call.callSid)), .init("language", .string(language)),
            ]))
        request.responseBytesMax = Self.bodyBytesMax
        reply.task = engine.clients.send(
            request, on: loop, onHead: { [weak reply] in reply?.status = $0.status },
            onBody: { [weak reply] in reply?.body += $0 },
            onEnd: { [weak self, weak reply] result in
                guard let self, let reply, reply === self.reply else { return }
                ended(result, reply)
            })
    }

    private func ended(_ result: Result<HTTPClientSummary, NetError>, _ reply: Reply) {
        switch sentences(result, reply) {
        case .failure(let error):
            self.reply = nil
            reply.output(.failure(error))
        case .success(let sentences):
            for sentence in sentences {
                reply.output(.success(.sentence(sentence)))
                // The listener may have had enough.
                guard reply === self.reply else { return }
            }
            self.reply = nil
            reply.output(.success(.end))
        }
    }

    private func sentences(
        _ result: Result<HTTPClientSummary, NetError>, _ reply: Reply
    ) -> Result<[String], StageError> {
        let service = engine.service
        if case .failure(let error) = result { return .failure(service.error(error)) }
        guard (200..<300).contains(reply.status) else {
            return .failure(service.refusal(status: reply.status, body: reply.body))
        }
        let body = reply.body
        guard let json = try? JSONValue(parsing: body.span) else {
            return .failure(service.failed("the answer is not JSON"))
        }
        // What goes wrong inside it is told with an apology and status 200.
        if let error = json["error"]?.stringValue { return .failure(service.failed(error)) }
        var splitter = SentenceSplitter()
        var sentences = splitter.append(json["reply"]?.stringValue ?? "")
        sentences += splitter.finish()
        return sentences.isEmpty
            ? .failure(service.failed("the answer is empty")) : .success(sentences)
    }
}
