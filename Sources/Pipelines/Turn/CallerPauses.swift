import Language

/// How one caller pauses inside what they say, and how long a silence must therefore be to end
/// their turn. Milliseconds.
struct CallerPauses: Sendable {
    /// Shorter gaps are part of speaking; longer ones belong to no sentence.
    static let countedMs = 150...2500
    /// What a caller without pauses in this many turns says is taken to be said in one go.
    static let fluentTurns = 3
    private static let weight = 0.3

    private(set) var count = 0
    private var meanMs = 0.0
    private var deviationMs = 0.0
    private var turnsInOneGo = 0
    private var hasPausedInTurn = false
    /// Grows each time the caller went on after their turn had been taken.
    private(set) var patienceMs = 0

    /// The caller went on after a pause.
    mutating func wentOn(afterMs pauseMs: Int, wasTaken: Bool) {
        guard Self.countedMs.contains(pauseMs) else { return }
        hasPausedInTurn = true
        turnsInOneGo = 0
        let pause = Double(pauseMs)
        if count == 0 {
            meanMs = pause
            deviationMs = pause * 0.25
        } else {
            deviationMs += Self.weight * (abs(pause - meanMs) - deviationMs)
            meanMs += Self.weight * (pause - meanMs)
        }
        count += 1
        if wasTaken { patienceMs = min(200, patienceMs + 60) }
    }

    /// The turn is over.
    mutating func turnEnded() {
        if !hasPausedInTurn { turnsInOneGo += 1 }
        hasPausedInTurn = false
        patienceMs = patienceMs * 9 / 10
    }

    /// The silence that ends a turn of which so much is known.
    func silenceMs(_ completeness: Completeness, _ options: TurnOptions) -> Int {
        let usual = count == 0 ? 0 : Int(meanMs + 2 * deviationMs)
        let isFluent = turnsInOneGo >= Self.fluentTurns
        let silence: Int
        switch completeness {
        case .complete: silence = options.endpointMinMs + patienceMs / 2
        case .likely:
            let base = options.endpointMinMs + (options.endpointMs - options.endpointMinMs) / 3
            silence = max(base, usual / 2) + patienceMs
        case .unknown:
            silence = max(isFluent ? options.endpointMs * 7 / 8 : options.endpointMs, usual)
        case .partial:
            // Between the parts of a wish even fluent callers breathe.
            let base =
                options.endpointMs + (options.endpointMaxMs - options.endpointMs) * 5 / 8
            silence = max(base, usual)
        case .incomplete: silence = options.endpointMaxMs
        }
        return max(options.endpointMinMs, min(silence, options.endpointMaxMs))
    }
}
