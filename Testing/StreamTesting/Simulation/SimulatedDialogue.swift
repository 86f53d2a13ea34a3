import Language
import Pipelines
import TestSupport

/// A dialogue that asks one question after another; each answer has one effect. Keeps the book by
/// which effects and memory are checked.
package final class SimulatedDialogue: DialogueSession {
    /// One sentence that may be said.
    struct Sentence {
        var text: String
        var turn: TurnID
        /// The question that it asks; nil for an explanation.
        var question: Int?
        var wordCount: Int
    }

    struct Effect {
        var question: Int
        var turn: TurnID
        var ms: Double
    }

    private struct Plan {
        var turn: TurnID
        var effect: Int?
    }

    let questions: [CallerSentences.Question]
    let checked: CheckedDialogue
    private let policy: CallPolicy
    private let profile: ServiceProfile
    private let mutation: Mutation?
    private let source: SharedDice
    private let time: SimulatedTime
    private let expectations: [AnswerExpectation]
    /// The question to be asked next, and whether the last one asked still waits for its answer.
    private var next = 0
    private var isWaiting = false
    private var plan: Plan?
    private(set) var sentences: [String: Sentence] = [:]
    private var order: [String] = []
    private(set) var effects: [Effect] = []
    /// Told for each sentence that a reply has.
    var onSentence: (String, Int, TurnID) -> Void = { _, _, _ in }

    init(
        questions: [CallerSentences.Question], policy: CallPolicy, profile: ServiceProfile,
        mutation: Mutation?, source: SharedDice, time: SimulatedTime
    ) {
        self.questions = questions
        self.policy = policy
        self.profile = profile
        self.mutation = mutation
        self.source = source
        self.time = time
        expectations = questions.map { AnswerExpectation(askedBy: $0.text) }
        checked = CheckedDialogue(time) { _, _ in .init(parts: []) }
        checked.answer = { [unowned self] input, turn in answer(input, turn) }
        greeting = sentence("Good evening. " + questions[0].text, question: 0, turn: 0)
    }

    package private(set) var greeting: String?

    package func completeness(of text: String) -> Completeness {
        guard policy.judgesWords else { return .unknown }
        return AnswerJudge.completeness(
            of: text, expecting: expectations[min(next, expectations.count - 1)])
    }

    package func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        checked.respond(to: input, turn: turn, output: output)
    }

    private func answer(_ input: CallerInput, _ turn: TurnID) -> CheckedDialogue.Answer {
        var plan = Plan(turn: turn)
        var isAnswer = false
        switch input {
        case .speech, .dtmf: isAnswer = isWaiting
        case .silence, .unintelligible: break
        }
        if isAnswer { plan.effect = next }
        self.plan = plan
        if mutation == .effectsBeforeCommit { perform(plan) }
        let asks = isAnswer ? next + 1 : next
        var parts: [ReplyPart] = []
        if isAnswer, source.dice.chance(60) {
            for _ in 0..<source.dice.pick(1...2) {
                let text = CallerSentences.explanations.randomElement(using: &source.dice) ?? ""
                parts.append(.sentence(sentence(text, question: nil, turn: turn)))
            }
        }
        if asks < questions.count {
            parts.append(
                .sentence(sentence(questions[asks].text, question: asks, turn: turn)))
        } else {
            parts.append(.sentence(sentence("Thank you and goodbye.", question: nil, turn: turn)))
            parts.append(.hangUp)
        }
        let hangs = source.dice.chance(profile.hangPercent)
        return .init(
            parts: parts, firstMs: source.ms(profile.firstTokenMs) + (hangs ? 4000 : 0),
            nextMs: source.ms(profile.nextSentenceMs),
            failsAfter: source.dice.chance(profile.failurePercent) ? source.dice.pick(0...1) : nil,
            heldFrom: source.dice.chance(20) ? source.dice.pick(0...1) : nil)
    }

    /// A sentence whose first word tells it from all others.
    private func sentence(_ text: String, question: Int?, turn: TurnID) -> String {
        let marker = "s\(sentences.count)"
        let whole = marker + " " + text
        let count = whole.split(separator: " ").count
        sentences[marker] = Sentence(
            text: whole, turn: turn, question: question, wordCount: count)
        order.append(marker)
        onSentence(marker, count, turn)
        return whole
    }

    private func perform(_ plan: Plan) {
        guard let question = plan.effect else { return }
        effects.append(Effect(question: question, turn: plan.turn, ms: time.nowMs))
    }

    package func commit(turn: TurnID) {
        if let plan, plan.turn == turn {
            if mutation != .effectsBeforeCommit { perform(plan) }
            if let question = plan.effect, mutation != .effectsTwice {
                next = question + 1
                isWaiting = false
            }
            self.plan = nil
        }
        checked.commit(turn: turn)
    }

    package func cancel(turn: TurnID) {
        if plan?.turn == turn { plan = nil }
        checked.cancel(turn: turn)
    }

    package func heard(turn: TurnID, text: String) {
        checked.heard(turn: turn, text: text)
        // Who has heard half of a question may answer it.
        var marker: Sentence?
        var count = 0
        for word in text.split(separator: " ") {
            if let found = sentences[String(word)] {
                marker = found
                count = 0
            }
            count += 1
        }
        if let marker, let question = marker.question, question == next,
            count * 2 >= marker.wordCount
        {
            isWaiting = true
        }
    }

    package func close() { checked.close() }

    /// All that the replies of `turn` say, heard or not.
    func said(_ turn: TurnID) -> String {
        order.compactMap { sentences[$0] }.filter { $0.turn == turn }.map(\.text)
            .joined(separator: " ")
    }
}

/// Numbers for what happens in the course of a call, shared by its parts.
package final class SharedDice {
    package var dice: SeededGenerator
    package init(_ dice: SeededGenerator) { self.dice = dice }

    func ms(_ range: ClosedRange<Int>) -> Double { Double(dice.pick(range)) }
}
