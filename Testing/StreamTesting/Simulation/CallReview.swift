import Pipelines

/// Holds a finished call against what the caller meant and what must always be true.
struct CallReview {
    let call: ClockedCall
    let person: SimulatedPerson
    let dialogue: SimulatedDialogue
    let stt: CodedRecogniser
    let simulation: CallSimulation

    /// When each reply was first heard, by the caller's ear.
    let firstHeardMs: [TurnID: Double]
    /// Whether a turn's words were joined to the next turn's.
    let mergedTurns: Set<TurnID>
    let endMs: Double

    init(
        call: ClockedCall, person: SimulatedPerson, dialogue: SimulatedDialogue,
        stt: CodedRecogniser,
        simulation: CallSimulation
    ) {
        self.call = call
        self.person = person
        self.dialogue = dialogue
        self.stt = stt
        self.simulation = simulation
        var first: [TurnID: Double] = [:]
        for piece in call.played {
            guard let turn = piece.turn, first[turn] == nil else { continue }
            first[turn] = call.time.ms(of: piece.startNanos)
        }
        firstHeardMs = first
        mergedTurns = Set(call.records.filter { $0.outcome == .merged }.map(\.turn))
        endMs = call.endMs ?? call.time.nowMs
    }

    func outcome() -> CallOutcome {
        var outcome = CallOutcome(seed: simulation.seed)
        outcome.callSeconds = endMs / 1000
        outcome.turns = dialogue.checked.commitMs.count
        measureAnswers(&outcome)
        measureOverlaps(&outcome)
        measureStops(&outcome)
        measureSilence(&outcome)
        measureWaste(&outcome)
        outcome.problems =
            call.violations + dialogue.checked.violations + effectProblems() + wordProblems()
            + silenceProblems() + memoryProblems() + lossProblems() + clearProblems()
            + recordProblems()
        if simulation.keepsHistory {
            outcome.history =
                call.events.map { ($0.ms, "\($0.event)") }
                + call.clears.map { (call.time.ms(of: $0.sentNanos), "clear") }
        }
        return outcome
    }
}
