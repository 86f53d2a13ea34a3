import Foundation
import Language
import Pipelines

/// Table reservations as a conversation: party, day, time and name in any order, several at once;
/// only what is missing is asked, corrections are taken at any point, and nothing is booked before
/// the caller has agreed to what was read back.
public struct ReservationDialogue: ScriptedDialogue {
    public typealias State = ReservationState
    public typealias Call = ReservationCall

    public let rules: ReservationRules

    public init(_ settings: AssistantSettings) { rules = ReservationRules(settings) }

    public var settings: AssistantSettings { rules.settings }
    public var initialState: ReservationState { ReservationState() }

    public var greeting: String { Prompts(settings).greeting(ReservationPromptKey.greeting) }

    public func step(
        _ state: ReservationState, _ event: DialogueEvent<ReservationAnswer>, now: Date
    ) -> DialogueStep<ReservationState, ReservationCall> {
        ReservationTurn(state: state, rules: rules, now: now).step(event)
    }

    public func asksForAgreement(in state: ReservationState) -> Bool {
        switch state.stage {
        case .confirming, .cancelling, .retrying: true
        case .collecting, .choosing, .changing, .done: false
        }
    }

    public func completeness(of text: String, in state: ReservationState, now: Date)
        -> Completeness
    {
        ReservationCompleteness.judge(
            text, expecting: state.expectation, today: rules.today(now))
    }

    public func heard(_ text: String, in state: ReservationState) -> ReservationState {
        guard let booking = state.booking, !state.isNumberHeard else { return state }
        var state = state
        state.isNumberHeard = text.contains(SaidValues.digits(booking.number))
        return state
    }
}
