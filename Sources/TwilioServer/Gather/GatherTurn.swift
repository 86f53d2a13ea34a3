import Assembly
import Assistants
import Calls
import Configuration
import Net
import Pipelines
import Store
import Telemetry
import Twilio

/// One turn of a call that is held by `<Gather>`: from the words to the TwiML that answers them.
///
/// Only the first webhook of a turn gets here; the others wait for its answer. The call's memory is
/// written before the answer is given.
struct GatherTurn: Sendable {
    let context: WebhookContext
    let callSid: String
    let form: TwilioForm
    /// Where the webhook came in.
    let path: String
    let route: RouteBlock
    /// `I-Twilio-Idempotency-Token`: the same for every try of one webhook.
    let token: String?
    /// How often the caller was asked to hold on in this turn; nil where words were sent.
    let wait: Int?

    private var calls: GatherCalls { GatherCalls(context: context) }
    private var settings: GatherSettings { context.business.configuration.gather }

    /// Works the turn out and tells all who wait under the key.
    func begin(_ number: Int, key: String, loop: EventLoop) {
        calls.load(callSid) { result in
            loop.execute {
                switch result {
                case .success(let state): took(state, number, key, loop)
                case .failure(let error):
                    context.tell.log.error(
                        "call state not reached",
                        ["call": .text(callSid), "why": .text("\(error)")])
                    context.turns.pending.finish(key, nil)
                }
            }
        }
    }

    private func took(_ kept: GatherState?, _ number: Int, _ key: String, _ loop: EventLoop) {
        if let answer = kept?.answer(to: number) {
            return context.turns.pending.finish(key, answer)
        }
        let (assistant, _) = context.business.assistants.owner(of: form, at: route)
        var state =
            kept
            ?? GatherState(
                assistantID: assistant.block.id,
                // Also where its memory was lost: what was done is not done again, by its name.
                conversationID: callSid, from: form["From"],
                to: form["To"], speechPath: path, startedAt: calls.seconds)
        if kept == nil, number > 1 {
            context.tell.log.warning(
                "call goes on without its memory",
                ["call": .text(callSid), "turn": .integer(number)])
        }
        let known = context.business.assistants.assistant(named: state.assistantID) ?? assistant
        let answers = GatherAnswer(known.block, settings)
        let work = Work(
            turn: self, assistant: known, answers: answers, number: number, key: key, loop: loop)
        if state.takesMessage, wait == nil { return work.takeMessage(state) }
        if wait != nil {
            // The words were on a node that is gone, or their turn was lost: they are asked for again.
            return work.finish(
                state,
                { () throws(TwiMLError) in
                    try answers.ask(
                        ["I am sorry, could you say that again?"], turn: number, state: state)
                }, keeping: false)
        }
        let limit = Int64(context.business.configuration.limits.callSeconds)
        if calls.seconds - state.startedAt >= limit { return work.endForTime(state) }
        switch input(&state) {
        case .hearing(let input): work.converse(input, state, isLost: kept == nil && number > 1)
        case .misunderstood(let number): work.handOver(state, to: number)
        }
    }

    private enum Heard {
        case hearing(CallerInput)
        /// Too often in a row: a person takes over.
        case misunderstood(handOverNumber: String)
    }

    private func input(_ state: inout GatherState) -> Heard {
        let digits = form["Digits"].filter { $0.isASCII && ($0.isNumber || "*#".contains($0)) }
        let speech = CleanText.clean(form["SpeechResult"], characterCountMax: 4000)
        if !digits.isEmpty {
            state.silences = 0
            state.misses = 0
            return .hearing(.dtmf(String(digits.prefix(32))))
        }
        guard !speech.isEmpty else {
            state.silences += 1
            return .hearing(.silence(count: state.silences))
        }
        state.silences = 0
        // Some of Twilio's models do not say how sure they are.
        let confidence = Double(form["Confidence"])
        guard let confidence, confidence < settings.confidenceMin else {
            state.misses = 0
            return .hearing(.speech(Transcript(text: speech, confidence: confidence)))
        }
        state.misses += 1
        let assistant = context.business.assistants.assistant(named: state.assistantID)
        let number = assistant?.block.handOverNumber ?? ""
        if state.misses >= settings.confidenceMissesMax, !number.isEmpty {
            return .misunderstood(handOverNumber: number)
        }
        return .hearing(.unintelligible)
    }

    // MARK: - What is done with it

    /// A turn that has been judged, with what it needs to be answered.
    private struct Work: Sendable {
        let turn: GatherTurn
        let assistant: Assistant
        let answers: GatherAnswer
        let number: Int
        let key: String
        let loop: EventLoop

        private var context: WebhookContext { turn.context }

        func converse(_ input: CallerInput, _ state: GatherState, isLost: Bool) {
            let call = CallInfo(
                callSid: state.conversationID, assistantID: state.assistantID, from: state.from,
                to: state.to, language: assistant.settings.language)
            let settings = context.business.configuration.gather
            let dialogue = DialogueTurn(
                assistant.dialogue, call: call, memory: state.memory, turn: number,
                deadlineMs: settings.answerMs * (settings.waitsMax + 1), loop: loop)
            context.tell.metrics.gatherTurnsTotal.add(1)
            dialogue.run(input) { outcome in took(outcome, state, isLost: isLost) }
        }

        private func took(_ outcome: DialogueTurn.Outcome, _ kept: GatherState, isLost: Bool) {
            var state = kept
            state.memory = outcome.memory ?? kept.memory
            var sentences = outcome.sentences
            if isLost || outcome.isAnew {
                sentences.insert("I am sorry, I have lost the thread.", at: 0)
            }
            if let error = outcome.error {
                context.tell.metrics.stageFailuresTotal.add(1)
                context.tell.log.error(
                    "turn not answered",
                    ["call": .text(turn.callSid), "turn": .integer(number), "why": .text(error)])
                state.misses += 1
                let number = assistant.block.handOverNumber
                if state.misses >= context.business.configuration.gather.confidenceMissesMax,
                    !number.isEmpty
                {
                    return handOver(state, to: number)
                }
                sentences.append(ConversationOptions().apologyText)
            }
            let said = sentences
            let settled = state
            switch outcome.ending {
            case .hangUp?:
                context.lines.gatherCalls.end(turn.callSid)
                finish(settled) { () throws(TwiMLError) in try answers.hangUp(said) }
            case .handOver(let number)?: handOver(settled, to: number, saying: said)
            case nil:
                finish(settled) { () throws(TwiMLError) in
                    try answers.ask(said, turn: number + 1, state: settled)
                }
            }
        }

        func handOver(_ state: GatherState, to person: String, saying: [String]? = nil) {
            let sentences =
                saying ?? [
                    "I am sorry, I do not understand you well. "
                        + "I will connect you with a person."
                ]
            context.tell.log.info(
                "call handed over", ["call": .text(turn.callSid), "turn": .integer(number)])
            context.lines.gatherCalls.end(turn.callSid)
            finish(state) { () throws(TwiMLError) in
                try answers.handOver(sentences, to: person)
            }
        }

        func endForTime(_ state: GatherState) {
            let text = assistant.block.goodbye
            let goodbye = text.isEmpty ? ConversationOptions().goodbyeText : text
            context.lines.gatherCalls.end(turn.callSid)
            finish(state) { () throws(TwiMLError) in try answers.hangUp([goodbye]) }
        }

        /// Keeps what a caller has to say after hours; it is confirmed when it is on the disk.
        func takeMessage(_ state: GatherState) {
            let text = CleanText.clean(turn.form["SpeechResult"], characterCountMax: 4000)
            guard !text.isEmpty else {
                guard number < 3 else {
                    return finish(state) { () throws(TwiMLError) in
                        try answers.hangUp(["I heard no message. Goodbye."])
                    }
                }
                return finish(state) { () throws(TwiMLError) in
                    try answers.ask(
                        ["I did not hear anything. Please say your message now."],
                        turn: number + 1, state: state)
                }
            }
            let message = InboundMessage(
                sid: turn.callSid, assistantID: state.assistantID,
                conversationID: state.conversationID, channel: .call, customer: state.from,
                business: state.to, receivedAt: GatherCalls(context: context).seconds, body: text)
            let answered = AnsweredMessage(
                message: message, reply: [], conversation: nil, version: 0)
            context.business.database.recordAnswer(answered) { result in
                loop.execute {
                    switch result {
                    case .success:
                        context.lines.gatherCalls.end(turn.callSid)
                        finish(state) { () throws(TwiMLError) in
                            try answers.hangUp([
                                "Thank you. Your message has been taken, and we will get back to "
                                    + "you. Goodbye."
                            ])
                        }
                    case .failure(let error):
                        context.tell.log.error(
                            "message not stored",
                            ["call": .text(turn.callSid), "why": .text("\(error)")])
                        context.turns.pending.finish(key, nil)
                    }
                }
            }
        }

        /// Keeps the call's memory with the answer, then gives it to all who wait.
        func finish(
            _ state: GatherState, _ write: () throws(TwiMLError) -> String, keeping: Bool = true
        ) {
            var state = state
            let answer: String
            do throws(TwiMLError) {
                answer = try write()
            } catch {
                context.tell.log.error(
                    "no TwiML could be written",
                    ["call": .text(turn.callSid), "why": .text("\(error)")])
                return context.turns.pending.finish(key, nil)
            }
            guard keeping else { return context.turns.pending.finish(key, answer) }
            state.keep(answer, of: number, token: turn.token)
            context.business.callState.set(
                state.bytes, for: GatherState.key(turn.callSid),
                lifetimeMs: context.business.configuration.gather.stateMinutes * 60_000
            ) { result in
                if case .failure(let error) = result {
                    context.tell.log.error(
                        "call state not kept",
                        ["call": .text(turn.callSid), "why": .text("\(error)")])
                    return context.turns.pending.finish(key, nil)
                }
                context.turns.pending.finish(key, answer)
            }
        }
    }
}
