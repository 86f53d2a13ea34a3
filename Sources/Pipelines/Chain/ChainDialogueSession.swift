import Language
import Wire

/// One call's dialogue, made of several: a turn goes to the first engine that is fit, and on to the
/// next when that fails or says nothing for too long.
///
/// An engine that has begun an effect keeps its turn, whatever becomes of it: nothing may happen
/// twice. All engines are told what was said, and what was done by tools, in the turns that others
/// answered, so that each could take the next.
final class ChainDialogueSession: DialogueSession {
    typealias Output = (Result<ReplyPart, StageError>) -> Void

    /// A reply that is being worked out, or was.
    private final class Work {
        let turn: TurnID
        let input: CallerInput
        let output: Output
        var place = 0
        var permit: CircuitBreaker.Permit?
        var ticket = 0
        /// What the engine has given to be said.
        private var parts: [ReplyPart] = []
        /// The same in words, as far as they are known.
        var said: [String] {
            parts.compactMap {
                switch $0 {
                case .sentence(let text): text
                case .speech(let clip): clip.transcript
                case .hangUp, .handOver, .end: nil
                }
            }
        }
        var hasSaid: Bool { !parts.isEmpty }
        var isCommitted = false
        /// The engine's ticket for which the commit was passed on.
        var committedTicket = 0
        var isOver = false

        init(turn: TurnID, input: CallerInput, output: @escaping Output) {
            self.turn = turn
            self.input = input
            self.output = output
        }

        func note(_ part: ReplyPart) { parts.append(part) }
    }

    private let chain: Chain
    private let sessions: [any DialogueSession]
    private let loop: any CallLoop
    private var work: Work?
    /// Turns that wait for word of what was heard, with the place that answers for them.
    private var unheard: [TurnID: (input: CallerInput, place: Int)] = [:]
    /// Who answered last, and so knows what was asked.
    private var answering = 0
    /// Where the next try at a turn begins that failed before it was committed.
    private var retry: (turn: TurnID, from: Int)?
    private var ticketCount = 0
    private var timer: (any CallTimer)?

    init(_ chain: Chain, sessions: [any DialogueSession], loop: any CallLoop) {
        self.chain = chain
        self.sessions = sessions
        self.loop = loop
        timer = loop.makeTimer { [weak self] in self?.timeIsUp() }
    }

    var greeting: String? { sessions.lazy.compactMap(\.greeting).first }

    func completeness(of text: String) -> Completeness {
        sessions[answering].completeness(of: text)
    }

    func respond(to input: CallerInput, turn: TurnID, output: @escaping Output) {
        let next = begin(input, turn: turn, output: output)
        // An effect may have come about after the turn that began it was over.
        shareActions(turn: turn - 1)
        ask(next, from: retry?.turn == turn ? (retry?.from ?? 0) : 0)
    }

    private func begin(
        _ input: CallerInput, turn: TurnID, output: @escaping Output
    ) -> Work {
        if let work, !work.isOver {
            abandon(work)
            sessions[work.place].cancel(turn: work.turn)
        }
        let next = Work(turn: turn, input: input, output: output)
        work = next
        return next
    }

    func commit(turn: TurnID) {
        guard let work, work.turn == turn, !work.isCommitted else { return }
        work.isCommitted = true
        retry = nil
        unheard[turn] = (work.input, work.place)
        passCommit(work, ticket: work.ticket)
        // What waited for the commit has its time from here.
        if !work.isOver { watch(work, chain.places[work.place].watch.answerMs) }
    }

    func cancel(turn: TurnID) {
        guard let work, work.turn == turn else { return }
        sessions[work.place].cancel(turn: turn)
        if !work.isOver { abandon(work) }
        self.work = nil
    }

    func heard(turn: TurnID, text: String) {
        guard let record = unheard.removeValue(forKey: turn) else {
            for session in sessions { session.heard(turn: turn, text: text) }
            return
        }
        for (place, session) in sessions.enumerated() {
            if place == record.place {
                session.heard(turn: turn, text: text)
            } else {
                session.overheard(record.input, turn: turn, reply: text)
            }
        }
        shareActions(turn: turn)
    }

    /// Tells every engine what the tools of the others have done.
    private func shareActions(turn: TurnID) {
        for (place, session) in sessions.enumerated() {
            let actions = session.takeActions()
            guard !actions.isEmpty else { continue }
            for (other, witness) in sessions.enumerated() where other != place {
                witness.witnessed(actions, turn: turn)
            }
        }
    }

    func standing(of turn: TurnID) -> ReplyStanding {
        guard let work, work.turn == turn else { return .working }
        return sessions[work.place].standing(of: turn)
    }

    var memory: String? {
        let parts = sessions.compactMap(\.memory)
        guard parts.count == sessions.count else { return nil }
        let json = JSONValue.object([
            .init("answering", .integer(answering)),
            .init("memories", .array(parts.map(JSONValue.string))),
        ])
        return String(decoding: json.encoded(), as: UTF8.self)
    }

    func resume(from memory: String) -> Bool {
        guard let json = try? JSONValue(parsing: Array(memory.utf8).span),
            let parts = json["memories"]?.arrayValue?.compactMap(\.stringValue),
            let answering = json["answering"]?.intValue, sessions.indices.contains(answering),
            parts.count == sessions.count
        else { return false }
        self.answering = answering
        // One that cannot go on begins anew, behind those that can.
        return zip(sessions, parts).map { $0.resume(from: $1) }[answering]
    }

    func close() {
        if let work, !work.isOver { abandon(work) }
        work = nil
        timer?.close()
        timer = nil
        for session in sessions { session.close() }
    }

    // MARK: - Asking

    private func ask(_ work: Work, from index: Int, orFailWith error: StageError? = nil) {
        guard let (next, permit) = chain.admit(from: index, atNanos: loop.nowNanos) else {
            return giveUp(
                work, error ?? .failed(stage: "llm", reason: "no engine"), retryFrom: index)
        }
        let ticket = take(work, next, permit)
        sessions[next].respond(to: work.input, turn: work.turn) { [weak self, weak work] result in
            guard let self, let work else { return }
            took(result, of: work, ticket: ticket)
        }
        passCommit(work, ticket: ticket)
    }

    /// Tells the engine with that ticket that the turn is final, unless its answer has come already and
    /// it was told then, or another engine is asked by now.
    private func passCommit(_ work: Work, ticket: Int) {
        guard work.isCommitted, work.ticket == ticket, work.committedTicket != ticket else {
            return
        }
        work.committedTicket = ticket
        sessions[work.place].commit(turn: work.turn)
    }

    /// Finds somebody to finish what the engine of `work.place` began.
    private func askForRest(_ work: Work, orFailWith error: StageError) {
        let failed = work.place
        var from = failed + 1
        while let (next, permit) = chain.admit(from: from, atNanos: loop.nowNanos) {
            let ticket = take(work, next, permit)
            let isTaken = sessions[next].respond(
                to: work.input, turn: work.turn, after: work.said
            ) { [weak self, weak work] result in
                guard let self, let work else { return }
                took(result, of: work, ticket: ticket)
            }
            if isTaken {
                return passCommit(work, ticket: ticket)
            }
            chain.places[next].breaker.abandoned(permit)
            from = next + 1
        }
        // What was heard of it is still the first one's to remember.
        work.place = failed
        if work.isCommitted { unheard[work.turn] = (work.input, failed) }
        giveUp(work, error, retryFrom: failed + 1)
    }

    private func take(_ work: Work, _ place: Int, _ permit: CircuitBreaker.Permit) -> Int {
        ticketCount += 1
        work.ticket = ticketCount
        work.place = place
        work.permit = permit
        if work.isCommitted { unheard[work.turn] = (work.input, place) }
        watch(work, chain.places[place].watch.answerMs)
        return ticketCount
    }

    private func took(_ result: Result<ReplyPart, StageError>, of work: Work, ticket: Int) {
        guard work === self.work, work.ticket == ticket, !work.isOver else { return }
        switch result {
        case .failure(let error): moveOn(work, error)
        case .success(let part):
            switch part {
            case .sentence, .speech:
                work.note(part)
                watch(work, chain.places[work.place].watch.stallMs)
            case .end:
                settle(work)
                // Whoever hears the end may ask at once what is remembered.
                passCommit(work, ticket: ticket)
                answering = work.place
                chain.places[work.place].breaker.succeeded()
            case .hangUp, .handOver: break
            }
            work.output(result)
        }
    }

    private func moveOn(_ work: Work, _ error: StageError) {
        let failed = work.place
        work.permit = nil
        timer?.cancel()
        chain.failed(failed, error, atNanos: loop.nowNanos)
        if sessions[failed].standing(of: work.turn) == .acted {
            return giveUp(work, error, retryFrom: 0)
        }
        sessions[failed].cancel(turn: work.turn)
        if !work.hasSaid {
            ask(work, from: failed + 1, orFailWith: error)
        } else {
            askForRest(work, orFailWith: error)
        }
    }

    /// - Parameter next: where the turn is tried again at its end, if it is not committed: with those
    ///   that were not asked; with all where there are none.
    private func giveUp(_ work: Work, _ error: StageError, retryFrom next: Int) {
        settle(work)
        if !work.isCommitted { retry = next < chain.count ? (work.turn, next) : nil }
        work.output(.failure(error))
    }

    private func settle(_ work: Work) {
        work.isOver = true
        work.permit = nil
        timer?.cancel()
    }

    private func abandon(_ work: Work) {
        if let permit = work.permit { chain.places[work.place].breaker.abandoned(permit) }
        settle(work)
    }

    // MARK: - Patience

    private func watch(_ work: Work, _ milliseconds: Int) {
        // The last engine is bounded by its own time-outs and by the turn's.
        if chain.isLast(work.place) { timer?.cancel() } else { timer?.set(afterMs: milliseconds) }
    }

    private func timeIsUp() {
        guard let work, !work.isOver else { return }
        let patience = chain.places[work.place].watch
        switch sessions[work.place].standing(of: work.turn) {
        // The commit sets the watch again.
        case .awaitingCommit: return
        case .acted: return
        case .working:
            moveOn(
                work,
                chain.timedOut(
                    work.place, afterMs: work.hasSaid ? patience.stallMs : patience.answerMs))
        }
    }
}
