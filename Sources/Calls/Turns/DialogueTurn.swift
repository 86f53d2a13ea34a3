import Pipelines

/// One turn of a conversation that is held in pieces, a webhook at a time: a session takes up what
/// was remembered, answers, and leaves its memory for the next. Lives on one loop.
package final class DialogueTurn {
    /// The outcome of the turn.
    package struct Outcome: Sendable {
        package enum Ending: Sendable, Equatable {
            case hangUp
            case handOver(number: String)
        }

        package var sentences: [String] = []
        package var ending: Ending?
        package var error: String?
        /// What the dialogue remembers from now on; nil where it can't be kept.
        package var memory: String?
        /// What was remembered could not be taken up, and the conversation began anew.
        package var isAnew = false

        package var text: String { sentences.joined(separator: " ") }
    }

    private var session: (any DialogueSession)?
    private let turn: TurnID
    private var completion: ((Outcome) -> Void)?
    private var outcome = Outcome()
    private var timer: (any CallTimer)?
    private var isCommitted = false
    private var hasEnded = false
    private let deadlineMs: Int

    /// Loop only.
    /// - Parameters:
    ///   - memory: of the turn before; nil for the first.
    ///   - deadlineMs: after this the turn is given up, unless it has begun an effect: what has an
    ///     effect is waited for, so that it is told.
    package init(
        _ engine: any DialogueEngine, call: CallInfo, memory: String?, turn: TurnID,
        deadlineMs: Int, loop: any CallLoop
    ) {
        let session = engine.makeSession(call: call, loop: loop)
        if let memory { outcome.isAnew = !session.resume(from: memory) }
        self.session = session
        self.turn = turn
        self.deadlineMs = deadlineMs
        // Held until the turn is finished, by whichever end.
        timer = loop.makeTimer { self.timeIsUp() }
    }

    /// Answers the input; `completion` is called once, perhaps before this returns.
    package func run(_ input: CallerInput, completion: @escaping (Outcome) -> Void) {
        self.completion = completion
        timer?.set(afterMs: deadlineMs)
        session?.respond(to: input, turn: turn) { self.take($0) }
        session?.commit(turn: turn)
        isCommitted = true
        if hasEnded { finish() }
    }

    private func take(_ result: Result<ReplyPart, StageError>) {
        guard completion != nil, !hasEnded else { return }
        switch result {
        case .success(.sentence(let text)): outcome.sentences.append(text)
        // Nobody hears it: its words will do.
        case .success(.speech(let clip)): outcome.sentences.append(clip.transcript)
        case .success(.hangUp): outcome.ending = .hangUp
        case .success(.handOver(let number)): outcome.ending = .handOver(number: number)
        case .success(.end):
            hasEnded = true
            // What ends before its commit is finished by `run`.
            if isCommitted { finish() }
        case .failure(let error):
            outcome.error = error.description
            hasEnded = true
            if isCommitted { finish() }
        }
    }

    private func timeIsUp() {
        guard let session, !hasEnded else { return }
        if session.standing(of: turn) == .acted {
            timer?.set(afterMs: deadlineMs)
            return
        }
        session.cancel(turn: turn)
        outcome.error = "the dialogue did not answer within \(deadlineMs) ms"
        hasEnded = true
        finish()
    }

    private func finish() {
        guard let completion, let session else { return }
        self.completion = nil
        timer?.close()
        timer = nil
        session.heard(turn: turn, text: outcome.text)
        outcome.memory = session.memory
        session.close()
        self.session = nil
        completion(outcome)
    }
}
