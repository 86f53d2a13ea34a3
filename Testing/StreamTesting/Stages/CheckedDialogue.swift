import Language
import Pipelines

/// Answers with given sentences and checks that it is treated as the contract says.
package final class CheckedDialogue: DialogueSession {
    package struct Answer {
        package var parts: [ReplyPart]
        package var firstMs: Double
        package var nextMs: Double
        package var failsAfter: Int?
        /// Parts from here on wait for the turn's commitment.
        package var heldFrom: Int?

        package init(
            parts: [ReplyPart], firstMs: Double = 0, nextMs: Double = 0, failsAfter: Int? = nil,
            heldFrom: Int? = nil
        ) {
            self.parts = parts
            self.firstMs = firstMs
            self.nextMs = nextMs
            self.failsAfter = failsAfter
            self.heldFrom = heldFrom
        }
    }

    package enum Call: Equatable {
        case respond(CallerInput, TurnID)
        case commit(TurnID)
        case cancel(TurnID)
        case heard(TurnID, String)
        case close
    }

    package var greeting: String?
    package var answer: (CallerInput, TurnID) -> Answer
    package var judge: (String) -> Completeness = { _ in .unknown }
    private let time: SimulatedTime
    package private(set) var calls: [Call] = []
    package private(set) var commitMs: [TurnID: Double] = [:]
    package private(set) var inputs: [TurnID: CallerInput] = [:]
    package private(set) var violations: [String] = []
    private var live: TurnID?
    private var generation = 0
    private var held: (() -> Void)?
    private var cancelled: Set<TurnID> = []
    private var heardTurns: Set<TurnID> = []

    package init(_ time: SimulatedTime, answer: @escaping (CallerInput, TurnID) -> Answer) {
        self.time = time
        self.answer = answer
    }

    package func completeness(of text: String) -> Completeness { judge(text) }

    package func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        calls.append(.respond(input, turn))
        if commitMs[turn] != nil { violations.append("respond to committed turn \(turn)") }
        generation += 1
        live = turn
        inputs[turn] = input
        held = nil
        let answer = answer(input, turn)
        send(answer, 0, isDue: false, generation, turn, output)
    }

    private func send(
        _ answer: Answer, _ index: Int, isDue: Bool, _ sent: Int, _ turn: TurnID,
        _ output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        guard generation == sent, index <= answer.parts.count else { return }
        if let from = answer.heldFrom, index >= from, commitMs[turn] == nil {
            held = { [weak self] in
                self?.send(answer, index, isDue: isDue, sent, turn, output)
            }
            return
        }
        let delay = index == 0 ? answer.firstMs : answer.nextMs
        if !isDue, delay > 0 {
            time.after(ms: delay) { [weak self] in
                self?.send(answer, index, isDue: true, sent, turn, output)
            }
            return
        }
        if answer.failsAfter == index {
            generation += 1
            output(.failure(.failed(stage: "dialogue", reason: "simulated")))
            return
        }
        output(.success(index < answer.parts.count ? answer.parts[index] : .end))
        send(answer, index + 1, isDue: false, sent, turn, output)
    }

    package func commit(turn: TurnID) {
        calls.append(.commit(turn))
        if commitMs[turn] != nil { violations.append("turn \(turn) committed twice") }
        if live != turn { violations.append("turn \(turn) committed without a reply") }
        commitMs[turn] = time.nowMs
        let waiting = held
        held = nil
        waiting?()
    }

    package func cancel(turn: TurnID) {
        calls.append(.cancel(turn))
        if live == turn {
            generation += 1
            live = nil
            held = nil
        }
        cancelled.insert(turn)
    }

    package func heard(turn: TurnID, text: String) {
        calls.append(.heard(turn, text))
        if turn > 0, commitMs[turn] == nil { violations.append("heard uncommitted turn \(turn)") }
        if !heardTurns.insert(turn).inserted { violations.append("turn \(turn) heard twice") }
    }

    package func close() {
        if calls.contains(.close) { violations.append("closed twice") }
        calls.append(.close)
    }

    package func heardText(_ turn: TurnID) -> String? {
        for call in calls { if case .heard(turn, let text) = call { return text } }
        return nil
    }
}
