import Foundation
import Pipelines

/// A restaurant's telephone: questions about the menu, orders for delivery or pickup, and tables by
/// the reservation dialogue. Prices come from the store; an order is confirmed after it was placed.
public struct RestaurantDialogue: ScriptedDialogue {
    public typealias State = RestaurantState
    public typealias Call = RestaurantCall

    let reservations: ReservationDialogue
    let rules: OrderRules

    public init(_ settings: AssistantSettings) {
        reservations = ReservationDialogue(settings)
        rules = OrderRules(settings)
    }

    public var initialState: RestaurantState { RestaurantState() }

    public var greeting: String {
        if let greeting = rules.settings.greeting { return greeting }
        return Prompts(rules.settings).orderSentences(.greeting, [:]).joined(separator: " ")
    }

    public func step(
        _ state: RestaurantState, _ event: DialogueEvent<RestaurantAnswer>, now: Date
    ) -> DialogueStep<RestaurantState, RestaurantCall> {
        var turn = RestaurantTurn(state: state, dialogue: self, now: now)
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

    public func completeness(of text: String, in state: RestaurantState, now: Date)
        -> Completeness
    {
        if state.isReserving {
            return reservations.completeness(of: text, in: state.reservation, now: now)
        }
        return OrderCompleteness.judge(text, in: state)
    }

    public func heard(_ text: String, in state: RestaurantState) -> RestaurantState {
        var state = state
        state.reservation = reservations.heard(text, in: state.reservation)
        if let placed = state.placed, !state.isNumberHeard {
            state.isNumberHeard = text.contains(SpeakableText.digits(String(placed.number)))
        }
        return state
    }
}

/// Judges how much of an answer the words so far are; sets the silence that ends a turn.
enum OrderCompleteness {
    static func judge(_ text: String, in state: RestaurantState) -> Completeness {
        let utterance = Utterance(text)
        guard let last = utterance.tokens.last else { return .unknown }
        if last.breakAfter == .ellipsis || last.breakAfter == .comma { return .incomplete }
        let expectation = state.expectation
        if ReservationCompleteness.openWords.contains(last.text) { return .incomplete }
        // A house number waits for its street, a number of dishes for the dish.
        let isNumber = SpokenNumber.cardinal(utterance, at: utterance.count - 1) != nil
        if isNumber, expectation == .address || expectation == .anything { return .incomplete }
        guard let menu = state.menu else { return .unknown }
        let said = OrderUnderstanding.read(text, menu: menu, expecting: expectation)
        if !said.commands.isEmpty, said.mentions.isEmpty { return .complete }
        switch expectation {
        case .yesNo: return said.answer != nil && said.mentions.isEmpty ? .complete : .unknown
        case .service: return said.service == .pickup ? .complete : .unknown
        case .size: return said.size != nil ? .complete : .unknown
        case .item: return said.mentions.count == 1 ? .complete : .unknown
        case .address, .anything, .change: return .unknown
        }
    }
}
