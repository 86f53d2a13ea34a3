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

    public var greeting: String { Prompts(settings).greeting(ServicePromptKey.greeting) }

    public func step(
        _ state: ServiceDeskState, _ event: DialogueEvent<ServiceDeskAnswer>, now: Date
    ) -> DialogueStep<ServiceDeskState, ServiceDeskCall> {
        ServiceDeskTurn(state: state, dialogue: self, now: now).step(event)
    }

    public func asksForAgreement(in state: ServiceDeskState) -> Bool {
        switch state.stage {
        case .confirmingRecord, .confirming, .retrying: true
        case .identifying, .unknown, .registering, .collecting, .changing, .done: false
        }
    }

    public func completeness(of text: String, in state: ServiceDeskState, now: Date)
        -> Completeness
    {
        let utterance = Utterance(text)
        let expectation = state.expectation
        let wantsDigits = expectation.wantsNumber || expectation.wantsPhone
        let digits = wantsDigits ? HeardDigits.match(utterance, minimum: 1)?.value : nil
        // A name, and a digit ("for"), may be one of the words that sentences do not end with.
        let form = ScriptedCompleteness.ofForm(
            utterance, mayEndOpen: expectation.wantsName || digits != nil)
        if let form { return form }
        if let digits { return completeness(ofDigits: digits.utf8.count, expectation) }
        let said = ServiceUnderstanding.read(text, expecting: expectation, words: words)
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
