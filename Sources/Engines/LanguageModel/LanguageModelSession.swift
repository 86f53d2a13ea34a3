import Language
import Net
import Pipelines

/// One call's dialogue: asks a model, speaks its sentences as they complete, runs its tools.
///
/// A reply is worked out apart from the memory, which it enters when the turn is committed. Tools that
/// change something wait for that. One that has begun is waited for even when the reply is not wanted
/// any more, because the model must know of it before it answers again.
final class LanguageModelSession: DialogueSession, @unchecked Sendable {
    typealias Output = (Result<ReplyPart, StageError>) -> Void

    let engine: LanguageModelEngine
    let call: CallInfo
    let loop: EventLoop
    var chat: ConversationMemory
    var reply: LanguageModelReply?
    /// The caller spoke again while an effect was under way; it is answered afterwards.
    private var deferred: LanguageModelReply?
    /// Effects that were had, the last one last, so that a new wish can be told from a repetition.
    var knownEffects: [KnownModelEffect] = []
    /// The reply of which it is not known yet what is heard.
    var saying: SaidReply?
    /// What was said before it, and what was heard of that.
    var saidReply: SaidReply?
    /// What tools did in committed turns, until it is asked for.
    var actions: [DialogueAction] = []
    /// The caller's words of turns of which it is not known yet what was heard.
    var unrecorded: [TurnID: String] = [:]
    private var isClosed = false
    private var stall: LoopTimer?

    init(_ engine: LanguageModelEngine, call: CallInfo, loop: EventLoop) {
        self.engine = engine
        self.call = call
        self.loop = loop
        chat = ConversationMemory(turnCountMax: engine.limits.turnsMax)
        chat.setReply(engine.role.greeting ?? "", turn: 0)
        stall = loop.makeTimer { [weak self] in self?.stalled() }
    }

    var greeting: String? { engine.role.greeting }

    func completeness(of text: String) -> Completeness { engine.role.completeness(text) }

    func respond(to input: CallerInput, turn: TurnID, output: @escaping Output) {
        start(input, turn: turn, after: [], output)
    }

    func respond(
        to input: CallerInput, turn: TurnID, after said: [String], output: @escaping Output
    ) -> Bool {
        start(input, turn: turn, after: said, output)
        return true
    }

    private func start(
        _ input: CallerInput, turn: TurnID, after said: [String], _ output: @escaping Output
    ) {
        guard !isClosed else { return }
        let next = LanguageModelReply(
            turn: turn, input: input, after: said, to: call, reader: engine.wire.makeReader(),
            output: output)
        if let reply, reply.isRunningTool, reply.hasActed {
            reply.output = nil
            deferred = next
            return
        }
        drop()
        begin(next)
    }

    private func begin(_ next: LanguageModelReply) {
        reply = next
        if next.isCommitted { settle(next) }
        request(next)
    }

    func commit(turn: TurnID) {
        if let deferred, deferred.turn == turn {
            deferred.isCommitted = true
            return
        }
        guard let reply, reply.turn == turn, !reply.isCommitted else { return }
        reply.isCommitted = true
        settle(reply)
        if reply.isHeld {
            reply.isHeld = false
            runCalls(of: reply)
        }
    }

    func cancel(turn: TurnID) {
        if let deferred, deferred.turn == turn {
            self.deferred = nil
            return
        }
        guard let reply, reply.turn == turn else { return }
        reply.output = nil
        if reply.isRunningTool, reply.hasActed { return }
        drop()
    }

    func standing(of turn: TurnID) -> ReplyStanding {
        guard let reply, reply.turn == turn else { return .working }
        return reply.hasActed ? .acted : reply.isHeld ? .awaitingCommit : .working
    }

    func close() {
        isClosed = true
        deferred = nil
        drop()
        stall?.close()
        stall = nil
        recordUnheard()
    }

    /// Ends the reply under way without a word.
    private func drop() {
        stall?.cancel()
        reply?.output = nil
        reply?.task?.cancel()
        reply?.task = nil
        reply = nil
    }

    // MARK: - Asking

    func request(_ reply: LanguageModelReply) {
        reply.beginRound(reader: engine.wire.makeReader())
        var messages = chat.messages(before: reply.turn)
        messages.append(.caller(reply.input.chatText))
        if !reply.said.isEmpty {
            messages.append(.agent(reply.said.joined(separator: " ")))
            messages.append(.caller(Self.goOn))
        }
        let request = engine.wire.request(
            instructions: engine.role.instructions(call), messages: messages + reply.rounds,
            tools: engine.role.allTools)
        let round = reply.roundCount
        reply.task = engine.clients.send(
            request, on: loop,
            onHead: { [weak self] in self?.took($0, reply, round) },
            onBody: { [weak self] in self?.took($0, reply, round) },
            onEnd: { [weak self] in self?.ended($0, reply, round) })
    }

    /// Said to a model that takes over in the middle of a reply.
    static let goOn =
        "(You were cut off there. Go on from exactly that point, without repeating anything.)"

    private func isCurrent(_ reply: LanguageModelReply, _ round: Int) -> Bool {
        reply === self.reply && reply.roundCount == round && !reply.isRoundOver
            && !reply.isFinished
    }

    private func took(_ head: HTTPClientHead, _ reply: LanguageModelReply, _ round: Int) {
        guard isCurrent(reply, round) else { return }
        reply.status = head.status
        stall?.set(afterMs: engine.wire.service.stallMs)
    }

    private func took(_ bytes: UnsafeRawBufferPointer, _ reply: LanguageModelReply, _ round: Int) {
        guard isCurrent(reply, round) else { return }
        guard (200..<300).contains(reply.status) else {
            reply.refusal += bytes.prefix(RemoteService.refusalBytesMax - reply.refusal.count)
            return
        }
        stall?.set(afterMs: engine.wire.service.stallMs)
        for event in reply.events.append(bytes) {
            for delta in reply.reader.read(event: event.name, data: event.data) {
                take(delta, reply)
                guard isCurrent(reply, round) else { return }
            }
        }
        if reply.events.isTooLong {
            fail(reply, engine.wire.service.failed("the answer is not a stream of events"))
        }
    }

    private func ended(
        _ result: Result<HTTPClientSummary, NetError>, _ reply: LanguageModelReply, _ round: Int
    ) {
        guard isCurrent(reply, round) else { return }
        let service = engine.wire.service
        switch result {
        case .failure(let error): fail(reply, service.error(error))
        case .success
        where reply.rewriteCount < Self.rewritesMax
            && engine.wire.learn(fromRefusal: reply.refusal, status: reply.status):
            reply.rewriteCount += 1
            stall?.cancel()
            request(reply)
        case .success where !(200..<300).contains(reply.status):
            fail(reply, service.refusal(status: reply.status, body: reply.refusal))
        case .success: fail(reply, service.failed("the answer broke off"))
        }
    }

    /// As many parameters as a server can want otherwise; more refusals are taken for what they are.
    private static let rewritesMax = 2

    private func stalled() {
        guard let reply, !reply.isFinished, !reply.isRoundOver else { return }
        let service = engine.wire.service
        fail(reply, .timedOut(stage: service.stage, afterMs: service.stallMs))
    }

    // MARK: - Answering

    private func take(_ delta: ModelDelta, _ reply: LanguageModelReply) {
        switch delta {
        case .text(let text): say(reply.splitter.append(text), reply)
        case .call(let index, let id, let name, let arguments):
            guard (0..<engine.limits.callsMax).contains(index) else {
                return fail(
                    reply,
                    engine.wire.service.failed(
                        "it called more than \(engine.limits.callsMax) tools at once"))
            }
            reply.collect(index: index, id: id, name: name, arguments: arguments)
        case .done: roundEnded(reply)
        case .failed(let reason): fail(reply, engine.wire.service.failed(reason))
        }
    }

    func say(_ sentences: [String], _ reply: LanguageModelReply) {
        for sentence in sentences {
            guard sentence != reply.lastOfRound || sentence.count < Self.repeatedLettersMin else {
                return endRepetition(reply)
            }
            reply.sentences.append(sentence)
            if reply.isCommitted {
                chat.setReply(reply.text, turn: reply.turn)
                noteSaid(reply)
            }
            reply.output?(.success(.sentence(sentence)))
        }
    }

    /// "No. No." is said by people.
    private static let repeatedLettersMin = 12

    /// Small models fall into saying the same for ever: once is enough.
    private func endRepetition(_ reply: LanguageModelReply) {
        reply.task?.cancel()
        reply.task = nil
        stall?.cancel()
        finish(reply)
    }

    private func roundEnded(_ reply: LanguageModelReply) {
        reply.isRoundOver = true
        stall?.cancel()
        say(reply.splitter.finish(), reply)
        guard reply === self.reply, !reply.isFinished else { return }
        let calls = reply.collectedCalls
        guard !calls.isEmpty else { return finish(reply) }
        guard reply.roundCount - reply.rewriteCount <= engine.limits.toolRoundsMax else {
            return fail(
                reply,
                engine.wire.service.failed(
                    "it called tools more than \(engine.limits.toolRoundsMax) times in a row"))
        }
        reply.endRound(calling: calls)
        runCalls(of: reply)
    }

    /// All has been said.
    func finish(_ reply: LanguageModelReply) {
        guard !reply.isFinished else { return }
        guard !reply.text.isEmpty || reply.closing != nil else {
            return fail(reply, engine.wire.service.failed("the answer is empty"))
        }
        if let closing = reply.closing {
            if reply.text.isEmpty { say([engine.role.goodbye], reply) }
            reply.output?(.success(closing))
        }
        reply.isFinished = true
        if reply.isCommitted { remember(reply) }
        let output = reply.output
        reply.output = nil
        output?(.success(.end))
    }

    func fail(_ reply: LanguageModelReply, _ error: StageError) {
        guard !reply.isFinished else { return }
        reply.isFinished = true
        stall?.cancel()
        reply.task?.cancel()
        reply.task = nil
        let output = reply.output
        reply.output = nil
        output?(.failure(error))
    }

    /// A tool with an effect has answered: what waited for it goes on.
    func startDeferred() {
        guard let next = deferred else { return }
        deferred = nil
        drop()
        begin(next)
    }
}
