import Net

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
            if tool.hasEffect, !reply.isCommitted {
                reply.isHeld = true
                return
            }
            return run(next, hasEffect: tool.hasEffect, reply)
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

    private func run(_ next: ChatToolCall, hasEffect: Bool, _ reply: LanguageModelReply) {
        reply.isRunningTool = true
        if hasEffect { reply.hasActed = true }
        let name = effectName(of: next)
        let toolCall = DialogueToolCall(
            name: next.name, argumentsJSON: Array(next.arguments.utf8), call: call,
            idempotencyKey: "\(call.callSid):\(name)")
        let bound = LoopBound((session: self, reply: reply), loop: loop)
        engine.role.run(toolCall) { [loop] result in
            loop.execute {
                let (session, reply) = bound.value
                session.ran(next, result, effect: hasEffect ? name : nil, reply)
            }
        }
    }

    /// Names an effect by what it is: asked for twice in a call it is had once, whichever engine asks,
    /// unless something else was done in between.
    private func effectName(of call: ChatToolCall) -> String {
        let arguments =
            JSONValue(call.arguments).map {
                String(decoding: $0.canonical.encoded(), as: UTF8.self)
            }
            ?? call.arguments
        let name = "\(call.name):\(arguments)"
        let others = effects.count { !$0.hasPrefix(name + "#") }
        return "\(name)#\(others)"
    }

    private func ran(
        _ call: ChatToolCall, _ result: Result<[UInt8], StageError>, effect: String?,
        _ reply: LanguageModelReply
    ) {
        guard reply === self.reply, reply.isRunningTool else { return }
        reply.isRunningTool = false
        switch result {
        case .success(let json):
            if let effect, !effects.contains(effect) { effects.append(effect) }
            answer(call, with: String(decoding: json, as: UTF8.self), reply)
        case .failure(let error): answer(call, with: Self.errorJSON("\(error)"), reply)
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

    private static func errorJSON(_ reason: String) -> String {
        String(
            decoding: JSONValue.object([.init("error", .string(reason))]).encoded(), as: UTF8.self)
    }
}
