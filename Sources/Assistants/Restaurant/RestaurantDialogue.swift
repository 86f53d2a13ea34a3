import Foundation
import Language
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

    public var greeting: String { Prompts(rules.settings).greeting(OrderPromptKey.greeting) }

    public func step(
        _ state: RestaurantState, _ event: DialogueEvent<RestaurantAnswer>, now: Date
    ) -> DialogueStep<RestaurantState, RestaurantCall> {
        RestaurantTurn(state: state, dialogue: self, now: now).step(event)
    }

    public func asksForAgreement(in state: RestaurantState) -> Bool {
        if state.topic == .reservation {
            return reservations.asksForAgreement(in: state.reservation)
        }
        return switch state.stage {
        case .confirming, .retrying: true
        case .collecting, .choosing, .sizing, .changing, .done: false
        }
    }

    public func completeness(of text: String, in state: RestaurantState, now: Date)
        -> Completeness
    {
        let isTable = !OrderWords.tables.matches(in: Utterance(text)).isEmpty
        if state.isReserving || isTable && state.expectation == .anything {
            return reservations.completeness(of: text, in: state.reservation, now: now)
        }
        return OrderCompleteness.judge(text, in: state)
    }

    public func heard(_ text: String, in state: RestaurantState) -> RestaurantState {
        var state = state
        state.reservation = reservations.heard(text, in: state.reservation)
        if let placed = state.placed, !state.isNumberHeard {
            state.isNumberHeard = text.contains(SaidValues.digits(String(placed.number)))
        }
        return state
    }
}

/// Judges how much of an answer the words so far are; sets the silence that ends a turn.
enum OrderCompleteness {
    static func judge(_ text: String, in state: RestaurantState) -> Completeness {
        let utterance = Utterance(text)
        if let form = ScriptedCompleteness.ofForm(utterance, mayEndOpen: false) { return form }
        let expectation = state.expectation
        // A house number waits for its street, a number of dishes for the dish.
        let isNumber = HeardNumber.cardinal(utterance, at: utterance.count - 1) != nil
        let hasStreet = HeardAddress.street(in: utterance, inWords: false) != nil
        if isNumber, !hasStreet, expectation == .address || expectation == .anything {
            return .incomplete
        }
        // Names of dishes are dear to look for, and only a choice among some depends on them.
        let services = OrderWords.services.matches(in: utterance).map(\.value)
        switch expectation {
        case .yesNo:
            let isShort = utterance.count <= 4
            return isShort && HeardAnswer.answer(of: utterance) != nil ? .complete : .unknown
        case .service: return services.last == .pickup ? .complete : .unknown
        case .size:
            let hasSize = state.menu?.sizes(in: utterance).isEmpty == false
            return hasSize && utterance.count <= 4 ? .complete : .unknown
        case .item:
            guard let menu = state.menu else { return .unknown }
            let said = OrderUnderstanding.read(text, menu: menu, expecting: expectation)
            return said.mentions.count == 1 && said.mentions[0].ids.count == 1
                ? .complete : .unknown
        case .address, .anything, .change: return .unknown
        }
    }
}
