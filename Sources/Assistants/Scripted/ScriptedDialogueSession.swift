import Foundation
import Language
import Pipelines
import Store

/// Binds a pure dialogue to one call: runs its steps on the loop and its tools on the store.
///
/// A reply is worked out on a copy of the state. The copy replaces the state when the turn is
/// committed and is dropped when it is cancelled before, so that speculation leaves no trace. A
/// tool that writes waits for the commit; once it has begun its outcome is kept even if the reply is
/// cancelled, because the row is there. Loop-bound; only the completions of tools come from
/// elsewhere, and they hop to the loop first.
///
/// Turns that another engine of a chain answers are followed: see `+Following`.
final class ScriptedDialogueSession<Dialogue: ScriptedDialogue>: DialogueSession,
    @unchecked Sendable
{
    typealias Output = (Result<ReplyPart, StageError>) -> Void

    /// A reply that is being worked out.
    final class Work {
        let turn: TurnID
        let input: CallerInput
        /// Tells an answer that comes late whether it is still awaited.
        let ticket: Int
        var output: Output?
        var state: Dialogue.State
        var isCommitted = false
        var isFinished = false
        /// A call that writes, waiting for the commit.
        var heldCall: Dialogue.Call?
        /// The call whose answer is awaited.
        var call: Dialogue.Call?
        /// What tools did before the commit.
        var actions: [DialogueAction] = []
        /// Of a turn that another engine answered: what the caller heard of that.
        var overheard: String?
        /// Names what the call changes.
        var effectName: String?
        /// The sentences of the reply.
        var said: [String] = []
        /// What was heard of it, where that is known before it is finished.
        var heardText: String?

        init(
            turn: TurnID, input: CallerInput, ticket: Int, state: Dialogue.State,
            output: Output?
        ) {
            self.turn = turn
            self.input = input
            self.ticket = ticket
            self.state = state
            self.output = output
        }
    }

    let dialogue: Dialogue
    let rules: ReservationRules
    let call: CallInfo
    let store: any RecordStore
    private let directories: HospitalLibrary
    let now: @Sendable () -> Date
    let log: AssistantLog
    private let execute: @Sendable (@escaping @Sendable () -> Void) -> Void

    var state: Dialogue.State
    var work: Work?
    /// The caller spoke again while an effect was under way; it is answered afterwards.
    private var deferred: Work?
    var callerTexts: [TurnID: String] = [:]
    var isClosed = false
    private var ticketCount = 0
    /// What tools did in committed turns, until it is asked for.
    var actions: [DialogueAction] = []
    /// What tools of others did while a turn of theirs was being followed.
    var unseenActions: [UnseenActions] = []
    /// Turns of another engine that wait until the one before them has been followed.
    var unfollowedTurns: [Work] = []
    /// What the caller heard last of another engine.
    var lastOverheard = ""
    /// A turn of which nothing was heard: its words may come again in the next.
    var unfollowed: CallerInput?
    /// What was said last, and what was heard of it; nil after a turn of another engine.
    var saidReply: SaidReply?
    /// What was heard whole of what the caller is being asked to agree to.
    var heardSentences: Set<String> = []
    var knownEffects: [KnownEffect] = []

    init(
        _ dialogue: Dialogue, rules: ReservationRules, call: CallInfo, store: any RecordStore,
        directories: HospitalLibrary, now: @escaping @Sendable () -> Date,
        log: @escaping AssistantLog,
        execute: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.dialogue = dialogue
        self.rules = rules
        self.call = call
        self.store = store
        self.directories = directories
        self.now = now
        self.log = log
        self.execute = execute
        state = dialogue.initialState
    }

    var greeting: String? { dialogue.greeting }

    /// Messages keep their own record of what was said.
    private var logsTurns: Bool { rules.settings.logsTurns && call.channel == .voice }

    func completeness(of text: String) -> Completeness {
        dialogue.completeness(of: text, in: state, now: now())
    }

    func respond(to input: CallerInput, turn: TurnID, output: @escaping Output) {
        guard !isClosed else { return }
        followUnheard(before: input, turn: turn)
        let next = makeWork(turn, input, output)
        if let work, work.isCommitted, !work.isFinished {
            // Its effect cannot be undone, so the new words are judged by what comes of it.
            work.output = nil
            deferred = next
            return
        }
        start(next)
    }

    func makeWork(_ turn: TurnID, _ input: CallerInput, _ output: Output?) -> Work {
        ticketCount += 1
        return Work(turn: turn, input: input, ticket: ticketCount, state: state, output: output)
    }

    func commit(turn: TurnID) {
        if let deferred, deferred.turn == turn {
            deferred.isCommitted = true
            return
        }
        guard let work, work.turn == turn, !work.isCommitted else { return }
        work.isCommitted = true
        actions += work.actions
        work.actions = []
        remember(work)
        settleHeardEffects(before: turn)
        if work.isFinished {
            state = work.state
            said(work)
        } else if let held = work.heldCall {
            work.heldCall = nil
            guard mayRun(held) else { return readBackAgain(work) }
            run(held, for: work)
        }
    }

    func cancel(turn: TurnID) {
        if let deferred, deferred.turn == turn {
            self.deferred = nil
            return
        }
        guard let work, work.turn == turn else { return }
        work.output = nil
        // A query under way is answered into the void; an effect must still be noted.
        if !work.isCommitted || work.isFinished { self.work = nil }
    }

    func heard(turn: TurnID, text: String) {
        noteHeard(text, turn: turn)
        state = dialogue.heard(text, in: state)
        // A reply that is being worked out began with the state of before.
        if let work { work.state = dialogue.heard(text, in: work.state) }
        guard logsTurns, let said = callerTexts.removeValue(forKey: turn) else {
            return
        }
        record(turn: turn, said: said, reply: text)
    }

    func close() {
        isClosed = true
        if let work, !work.isCommitted { work.heldCall = nil }
        work?.output = nil
        deferred = nil
        unfollowedTurns = []
        if logsTurns {
            for (turn, said) in callerTexts.sorted(by: { $0.key < $1.key }) {
                record(turn: turn, said: said, reply: "")
            }
        }
        callerTexts = [:]
    }

    // MARK: - Steps

    func start(_ next: Work) {
        work = next
        next.state = state
        if next.isCommitted, next.overheard == nil { settleHeardEffects(before: next.turn) }
        if next.overheard != nil, next.input.isWordless { return settle(next) }
        advance(next, .caller(next.input))
        if next.isCommitted, next.overheard == nil { remember(next) }
    }

    private func advance(_ work: Work, _ event: DialogueEvent<Dialogue.Call.Answer>) {
        let step = dialogue.step(work.state, event, now: now())
        if work.overheard != nil { return follow(step, work) }
        if case .call(let call) = step.next, work.isCommitted, !mayRun(call) {
            return readBackAgain(work)
        }
        work.state = step.state
        work.said += step.sentences
        if case .answer = event { noteConfirmation(step.sentences, turn: work.turn) }
        if case .call = step.next {} else { finish(work) }
        for sentence in step.sentences { emit(.sentence(sentence), of: work) }
        switch step.next {
        case .listen: emit(.end, of: work)
        case .hangUp:
            emit(.hangUp, of: work)
            emit(.end, of: work)
        case .handOver(let number):
            emit(.handOver(number: number), of: work)
            emit(.end, of: work)
        case .call(let call):
            if call.isReadOnly || work.isCommitted {
                run(call, for: work)
            } else {
                work.heldCall = call
            }
            return
        }
        startDeferred()
    }

    /// The state is final before the caller hears of it, since `output` may call back at once.
    func finish(_ work: Work) {
        work.isFinished = true
        guard work.isCommitted else { return }
        state = work.state
        said(work)
    }

    func startDeferred() {
        guard work?.isFinished ?? true else { return }
        if !unfollowedTurns.isEmpty { return start(unfollowedTurns.removeFirst()) }
        guard let next = deferred else { return }
        deferred = nil
        start(next)
    }

    func emit(_ part: ReplyPart, of work: Work) { work.output?(.success(part)) }

    func run(_ call: Dialogue.Call, for work: Work) {
        work.call = call
        let context = ToolContext(
            rules: rules, store: store, callSid: self.call.callSid,
            callerNumber: self.call.callbackNumber ?? "",
            conversation: self.call.callSid, now: now(), directories: directories,
            confirmation: rules.settings.confirmation(of: self.call))
        work.effectName = call.effectName(in: context)
        if let name = work.effectName { settleBeforeRepeating(name) }
        let execute = self.execute
        let ticket = work.ticket
        call.run(in: context) { result in
            execute { self.took(result, ticket: ticket) }
        }
    }

    private func took(
        _ result: Result<Dialogue.Call.Answer, ToolError>, ticket: Int
    ) {
        if case .failure(let error) = result { log(call.callSid, error.description) }
        guard let work, work.ticket == ticket, let asked = work.call else { return }
        work.call = nil
        if case .success = result, let name = work.effectName { learn(name, turn: work.turn) }
        work.effectName = nil
        if case .success(let answer) = result, work.overheard == nil,
            let action = asked.action(answered: answer)
        {
            if work.isCommitted { actions.append(action) } else { work.actions.append(action) }
        }
        advance(work, .answer(result))
    }

    // MARK: - Memory

    private func remember(_ work: Work) {
        guard logsTurns else { return }
        callerTexts[work.turn] = work.input.recordedText
    }

    private func record(turn: TurnID, said: String, reply: String) {
        let record = TurnRecord(
            callSid: call.callSid, assistantID: rules.settings.id, turn: turn,
            at: Int64(now().timeIntervalSince1970), callerText: said, agentText: reply)
        let log = self.log
        let callSid = call.callSid
        store.recordTurn(record) { result in
            if case .failure(let error) = result { log(callSid, error.description) }
        }
    }
}
