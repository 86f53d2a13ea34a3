import Foundation
import Language
import Pipelines

/// A service desk: finds out who calls, by spoken or keyed number, makes a record for whoever is new,
/// takes what is wrong, where and how urgent from free speech, asks only for what is missing, and
/// creates a task order after all was read back.
public struct ServiceDeskDialogue: ScriptedDialogue {
    public typealias State = ServiceDeskState
    public typealias Call = ServiceDeskCall

    let settings: AssistantSettings
    let clock: BusinessClock
    let words: ServiceWords
    /// True when the number that is called from can be taken down.
    let seesNumber: Bool

    /// - Parameter seesNumber: false where the caller withholds their number.
    public init(_ settings: AssistantSettings, seesNumber: Bool = true) {
        self.settings = settings
        self.seesNumber = seesNumber
        clock = BusinessClock(timeZone: settings.timeZone)
        words = ServiceWords(settings.desk.services)
    }

    public var initialState: ServiceDeskState { ServiceDeskState() }

    public var greeting: String {
        if let greeting = settings.greeting { return greeting }
        return Prompts(settings).serviceSentences(.greeting, [:]).joined(separator: " ")
    }

    public func step(
        _ state: ServiceDeskState, _ event: DialogueEvent<ServiceDeskAnswer>, now: Date
    ) -> DialogueStep<ServiceDeskState, ServiceDeskCall> {
        var turn = ServiceDeskTurn(state: state, dialogue: self, now: now)
        switch event {
        case .caller(let input): turn.take(input)
        case .answer(let result): turn.take(result)
        }
        if case .call = turn.next {
            // The reply is not complete yet, so the one before is still the last.
        } else {
            turn.state.lastReply = turn.sentences
        }
        return DialogueStep(state: turn.state, sentences: turn.sentences, next: turn.next)
    }

    public func completeness(of text: String, in state: ServiceDeskState, now: Date)
        -> Completeness
    {
        let utterance = Utterance(text)
        guard let last = utterance.tokens.last else { return .unknown }
        if last.breakAfter == .ellipsis || last.breakAfter == .comma { return .incomplete }
        let isOpen = ReservationCompleteness.openWords.contains(last.text) || last.text == "to"
        let expectation = state.expectation
        if expectation.wantsNumber || expectation.wantsPhone,
            let digits = HeardDigits.match(utterance, minimum: 1)?.value
        {
            return completeness(ofDigits: digits.utf8.count, expectation)
        }
        if isOpen, !expectation.wantsName { return .incomplete }
        let said = ServiceUnderstanding.read(text, expecting: expectation, words: words)
        if said.commands == [.wait] { return .incomplete }
        if !said.commands.isEmpty, !said.hasDetails { return .complete }
        switch expectation {
        case .yesNo, .numberOrYes, .anything:
            if utterance.count == 1, said.answer == .no { return .unknown }
            return said.answer != nil && utterance.count <= 4 ? .complete : .unknown
        case .urgency: return said.urgency == nil ? .unknown : .complete
        case .locationAndUrgency:
            guard said.location != nil else { return .unknown }
            return said.urgency == nil ? .partial : .complete
        case .location: return said.location == nil ? .unknown : .likely
        case .problem, .change:
            let isWhole = said.summary != nil && said.location != nil && said.urgency != nil
            return isWhole ? .likely : .unknown
        case .number, .record, .summary, .service: return .unknown
        }
    }

    /// A customer number that has as many digits as the desk's ends a turn at once.
    private func completeness(ofDigits count: Int, _ expectation: ServiceExpectation)
        -> Completeness
    {
        let wanted = settings.desk.customerNumberDigits
        guard expectation.wantsNumber else { return count < 10 ? .incomplete : .likely }
        guard wanted > 0 else { return .unknown }
        return count < wanted ? .incomplete : count == wanted ? .complete : .unknown
    }

    public func heard(_ text: String, in state: ServiceDeskState) -> ServiceDeskState {
        guard let number = state.taskNumber, !state.isNumberHeard else { return state }
        var state = state
        state.isNumberHeard = text.contains(SaidValues.digits(String(number)))
        return state
    }
}
