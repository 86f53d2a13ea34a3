import Assembly
import Assistants
import Calls
import Configuration
import Net
import Pipelines
import Realtime
import Store
import Telemetry
import Twilio

/// Calls that are held turn by turn: a webhook brings what the caller said, its answer what is said
/// back and where the next goes. Any node with the same expiring state can take any turn.
struct GatherCalls {
    let context: WebhookContext

    /// A call of a day has fewer turns, and a turn of minutes fewer waits.
    private static let turnsMax = 100_000
    private static let waitsMax = 10_000

    var settings: GatherSettings { context.business.configuration.gather }
    var lifetimeMs: Int { settings.stateMinutes * 60_000 }

    // MARK: - The first webhook

    /// A call comes in and has been admitted: greets and listens.
    /// - Parameter tookPlace: this webhook took the call's place, and gives it back where the call
    ///   cannot be held after all; one that comes again leaves the place to the first.
    func begin(
        _ form: TwilioForm, _ responder: HTTPResponder, assistant: Assistant, route: RouteBlock,
        takesMessage sentences: [String]? = nil, tookPlace: Bool
    ) {
        let callSid = form["CallSid"]
        context.business.engines.warm(assistant, hears: false, on: responder.loop)
        var state = GatherState(
            assistantID: assistant.block.id, conversationID: callSid, from: form["From"],
            to: form["To"], speechPath: route.speech, startedAt: seconds)
        state.takesMessage = sentences != nil
        let greeting = sentences ?? [assistant.greeting]
        let bound = LoopBound(responder, loop: responder.loop)
        let fresh = state
        findHints(assistant) { [context] hints in
            bound.loop.execute {
                var state = fresh
                state.hints = hints
                GatherCalls(context: context).greet(
                    greeting, state, assistant, callSid, bound.value, tookPlace: tookPlace)
            }
        }
    }

    private func greet(
        _ sentences: [String], _ state: GatherState, _ assistant: Assistant, _ callSid: String,
        _ responder: HTTPResponder, tookPlace: Bool
    ) {
        var state = state
        let answer: String
        do {
            answer = try GatherAnswer(assistant.block, settings)
                .ask(sentences, turn: 1, state: state)
        } catch {
            if tookPlace { context.lines.gatherCalls.end(callSid) }
            return responder.respond(refusal(error))
        }
        state.keep(answer, of: 0, token: nil)
        let bound = LoopBound(responder, loop: responder.loop)
        let made = state
        context.business.callState.add(
            state.bytes, for: GatherState.key(callSid), lifetimeMs: lifetimeMs
        ) { [context] result in
            bound.loop.execute {
                let calls = GatherCalls(context: context)
                switch result {
                case .success(true):
                    calls.noteCall(made, callSid)
                    bound.value.respond(.twiML(answer))
                case .success(false): calls.replay(callSid, bound.value)
                case .failure(let error):
                    if tookPlace { context.lines.gatherCalls.end(callSid) }
                    bound.value.respond(calls.unavailable(error, callSid))
                }
            }
        }
    }

    /// The same first webhook again.
    private func replay(_ callSid: String, _ responder: HTTPResponder) {
        let bound = LoopBound(responder, loop: responder.loop)
        load(callSid) { [context] result in
            bound.loop.execute {
                let calls = GatherCalls(context: context)
                switch result {
                case .success(let state):
                    let answer = state.flatMap { $0.answers[0] ?? $0.answers[$0.turn] }
                    bound.value.respond(
                        answer.map(HTTPResponse.twiML)
                            ?? .text(503, "The call's state is gone; try again."))
                case .failure(let error): bound.value.respond(calls.unavailable(error, callSid))
                }
            }
        }
    }

    private func noteCall(_ state: GatherState, _ callSid: String) {
        context.tell.log.info(
            "call answered",
            [
                "call": .text(callSid), "assistant": .text(state.assistantID),
                "path": .text("gather"), "from": .text(state.from), "to": .text(state.to),
            ])
        let record = CallRecord(
            callSid: callSid, assistantID: state.assistantID, from: state.from, to: state.to,
            startedAt: state.startedAt)
        context.business.database.recordCall(record) { [log = context.tell.log] result in
            if case .failure(let error) = result {
                log.error(
                    "call not stored", ["call": .text(callSid), "why": .text("\(error)")])
            }
        }
    }

    private func findHints(
        _ assistant: Assistant, _ completion: @escaping @Sendable ([String]) -> Void
    ) {
        guard settings.hintsMax > 0 else { return completion([]) }
        assistant.settings.findVocabulary(
            assistant.directories, context.business.database, completion: completion)
    }

    // MARK: - The caller's turns

    /// What a caller said, keyed, or did not say.
    func speech(
        _ form: TwilioForm, _ request: HTTPRequest, _ responder: HTTPResponder, route: RouteBlock
    ) {
        let callSid = form["CallSid"]
        guard !callSid.isEmpty else {
            return responder.respond(
                .text(400, "CallSid is missing; this address is for the action of a <Gather>."))
        }
        context.lines.gatherCalls.touch(callSid)
        let (number, waitCount): (Int?, Int?)
        do throws(HTTPBodyError) {
            number = try request.queryNumber("turn", in: 1...Self.turnsMax)
            waitCount = try request.queryNumber("wait", in: 0...Self.waitsMax)
        } catch { return responder.respond(.text(error.status, "\(error)")) }
        let turn = GatherTurn(
            context: context, callSid: callSid, form: form, path: request.path, route: route,
            token: request.headers["I-Twilio-Idempotency-Token"], wait: waitCount)
        if let number { return wait(for: turn, number: number, responder) }
        // Who does not say which turn it is, is at the next one.
        let bound = LoopBound(responder, loop: responder.loop)
        load(callSid) { [context] result in
            bound.loop.execute {
                let calls = GatherCalls(context: context)
                switch result {
                case .success(let state):
                    let known = turn.token.flatMap { state?.tokens[$0] }
                    calls.wait(for: turn, number: known ?? (state?.turn ?? 0) + 1, bound.value)
                case .failure(let error): bound.value.respond(calls.unavailable(error, callSid))
                }
            }
        }
    }

    private func wait(for turn: GatherTurn, number: Int, _ responder: HTTPResponder) {
        let loop = responder.loop
        let (assistant, _) = context.business.assistants.owner(of: turn.form, at: turn.route)
        let answers = GatherAnswer(assistant.block, settings)
        let waiting = WebhookWait(responder, afterMs: settings.answerMs) { [self] in
            do throws(TwiMLError) {
                return .twiML(
                    try answers.filler(turn: number, wait: turn.wait ?? 0, path: turn.path))
            } catch { return refusal(error) }
        }
        let bound = LoopBound(waiting, loop: loop)
        let key = "\(turn.callSid)#\(number)"
        let isFirst = context.turns.pending.join(key) { answer in
            loop.execute {
                bound.value.answer(
                    answer.map(HTTPResponse.twiML)
                        ?? .text(503, "The turn could not be kept; try again."))
            }
        }
        if isFirst { turn.begin(number, key: key, loop: loop) }
    }

    // MARK: - Support

    var seconds: Int64 { Int64(context.business.now().timeIntervalSince1970) }

    /// Reads what is remembered of a call; nil where nothing is.
    func load(
        _ callSid: String,
        _ completion: @escaping @Sendable (Result<GatherState?, StoreError>) -> Void
    ) {
        context.business.callState.value(for: GatherState.key(callSid)) { result in
            completion(result.map { bytes in bytes.flatMap { GatherState($0) } })
        }
    }

    func refusal(_ error: TwiMLError) -> HTTPResponse {
        context.tell.log.error("no TwiML could be written", ["why": .text("\(error)")])
        return .text(500, "\(error)")
    }

    private func unavailable(_ error: StoreError, _ callSid: String) -> HTTPResponse {
        context.tell.log.error(
            "call state not reached", ["call": .text(callSid), "why": .text("\(error)")])
        return .text(503, "The call's state can't be reached; try again.")
    }
}

extension HTTPResponse {
    static func twiML(_ body: String) -> HTTPResponse {
        HTTPResponse(status: 200, contentType: TwiML.contentType, body: body)
    }
}
