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

    public var greeting: String {
        if let greeting = settings.greeting { return greeting }
        return Prompts(settings).sentences(.greeting, [:]).joined(separator: " ")
    }

    public func step(
        _ state: ReservationState, _ event: DialogueEvent<ReservationAnswer>, now: Date
    ) -> DialogueStep<ReservationState, ReservationCall> {
        var turn = ReservationTurn(state: state, rules: rules, now: now)
        switch event {
        case .caller(let input): turn.take(input)
        case .answer(let result): turn.take(result)
        }
        if case .call = turn.next {
            // The reply is not complete yet, so the one before is still the last.
        } else {
            turn.state.lastReply = turn.sentences
            turn.state.news = []
        }
        return DialogueStep(state: turn.state, sentences: turn.sentences, next: turn.next)
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
