import Net
import Pipelines
import Wire

// Running what the model calls.

extension LanguageModelSession {
    /// Runs the calls of the round one after the other; then the model is asked again.
    func runCalls(of reply: LanguageModelReply) {
        while let next = reply.calls.first {
            if closes(next, reply) {
                reply.calls.removeFirst()
                continue
            }
            guard let tool = engine.role.tools.first(where: { $0.name == next.name }) else {
                answer(next, with: Self.errorJSON("there is no tool named \(next.name)"), reply)
                continue
            }
            let arguments: JSONValue
            do throws(ToolArgumentError) {
                arguments = try ToolArguments.check(next.arguments, schema: tool.parameters)
            } catch {
                // The model is told, and may do better.
                answer(next, with: Self.errorJSON("wrong arguments: \(error)"), reply)
                continue
            }
            if tool.hasEffect, !reply.isCommitted {
                reply.isHeld = true
                return
            }
            var run = ToolRun(call: next, arguments: arguments, hasEffect: tool.hasEffect)
            if tool.hasEffect {
                let known = known(run)
                run.isAnew = known.map { isAnew($0, in: reply) } ?? false
                if let answered = known?.answer, !run.isAnew {
                    answer(next, with: answered, reply)
                    keepRounds(of: reply)
                    continue
                }
                if known == nil || run.isAnew, !wasHeard {
                    answer(next, with: Self.errorJSON(Self.unheard), reply)
                    continue
                }
            }
            return start(run, reply)
        }
        if reply.closing != nil { return finish(reply) }
        request(reply)
    }

    /// Hanging up and handing over are done by the conversation, when all has been heard.
    private func closes(_ call: ChatToolCall, _ reply: LanguageModelReply) -> Bool {
        switch (call.name, engine.role.handOverNumber) {
        case (LanguageModelRole.endCall, _): reply.closing = .hangUp
        case (LanguageModelRole.transfer, let number?): reply.closing = .handOver(number: number)
        default: return false
        }
        reply.rounds.append(.answer(callID: call.id, json: "{\"status\":\"done\"}"))
        return true
    }

    private func start(_ run: ToolRun, _ reply: LanguageModelReply) {
        reply.isRunningTool = true
        if run.hasEffect { reply.hasActed = true }
        let toolCall = DialogueToolCall(
            name: run.call.name, argumentsJSON: Array(run.argumentsText.utf8), call: call,
            isAnew: run.isAnew)
        let bound = LoopBound((session: self, reply: reply), loop: loop)
        engine.role.run(toolCall) { [loop] result in
            loop.execute {
                let (session, reply) = bound.value
                session.ran(run, result, reply)
            }
        }
    }

    private func ran(
        _ run: ToolRun, _ result: Result<[UInt8], StageError>, _ reply: LanguageModelReply
    ) {
        guard reply === self.reply, reply.isRunningTool else { return }
        reply.isRunningTool = false
        switch result {
        case .success(let json):
            // A repetition keeps the turn of the first.
            if run.hasEffect, run.isAnew || known(run) == nil {
                learn(
                    KnownModelEffect(
                        tool: run.call.name, arguments: run.argumentsText, turn: reply.turn))
            }
            let text = String(decoding: json, as: UTF8.self)
            note(
                DialogueAction(
                    tool: run.call.name, arguments: run.argumentsText, answer: text,
                    hasEffect: run.hasEffect), reply)
            answer(run.call, with: text, reply)
        case .failure(let error): answer(run.call, with: Self.errorJSON("\(error)"), reply)
        }
        if reply.isCommitted { keepRounds(of: reply) }
        // Not wanted any more: the model learns of the answer with its next question.
        guard reply.output != nil else { return startDeferred() }
        runCalls(of: reply)
    }

    private func answer(_ call: ChatToolCall, with json: String, _ reply: LanguageModelReply) {
        reply.calls.removeFirst()
        reply.rounds.append(.answer(callID: call.id, json: json))
    }

    static func errorJSON(_ reason: String) -> String {
        String(
            decoding: JSONValue.object([.init("error", .string(reason))]).encoded(), as: UTF8.self)
    }

    // MARK: - Of other engines

    func witnessed(_ actions: [DialogueAction], turn: TurnID) {
        var calls: [ChatToolCall] = []
        var answers: [ChatMessage] = []
        for (place, action) in actions.enumerated() {
            let call = ChatToolCall(
                id: "seen_\(turn)_\(knownEffects.count)_\(place)", name: action.tool,
                arguments: action.arguments)
            calls.append(call)
            answers.append(.answer(callID: call.id, json: action.answer))
            guard action.hasEffect, let arguments = JSONValue(action.arguments) else { continue }
            let run = ToolRun(call: call, arguments: arguments, hasEffect: true)
            learn(
                KnownModelEffect(
                    tool: action.tool, arguments: run.argumentsText, turn: 0,
                    answer: action.answer))
        }
        chat.add(rounds: [.calls(calls)] + answers, turn: turn)
    }

    func takeActions() -> [DialogueAction] {
        defer { actions = [] }
        return actions
    }

    private func note(_ action: DialogueAction, _ reply: LanguageModelReply) {
        if reply.isCommitted { actions.append(action) } else { reply.actions.append(action) }
    }
}

/// One call of a tool with arguments that were checked.
struct ToolRun: Sendable {
    var call: ChatToolCall
    /// In one order for the same content.
    var argumentsText: String
    var hasEffect: Bool
    /// It was had before, and is wished for once more.
    var isAnew = false

    init(call: ChatToolCall, arguments: JSONValue, hasEffect: Bool) {
        self.call = call
        argumentsText = String(decoding: arguments.canonical.encoded(), as: UTF8.self)
        self.hasEffect = hasEffect
    }
}
