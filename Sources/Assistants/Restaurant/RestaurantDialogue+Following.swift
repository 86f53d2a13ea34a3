import Foundation
import Language
import Pipelines
import Store

// Keeping up with a conversation that another engine leads.

extension RestaurantDialogue {
    public func witnessed(
        _ action: DialogueAction, in state: RestaurantState, now: Date
    ) -> RestaurantState {
        var state = state
        if let priced = action.arguments(of: PriceOrder.self) {
            guard action.answered("status") == "priced" else { return state }
            state.take(priced.items)
        } else if let placed = action.arguments(of: PlaceOrder.self) {
            guard action.answered("status") == "placed",
                let number = action.answered("order_number").flatMap({ Int($0) }),
                let minutes = action.answered("ready_minutes").flatMap({ Int($0) })
            else { return state }
            state.clearOrder()
            state.service = placed.service
            state.placed = .init(number: number, minutes: minutes)
            state.isNumberHeard = false
            state.topic = .order
            state.stage = .done
            state.question = .anythingElse
        } else {
            let before = state.reservation
            state.reservation = reservations.witnessed(action, in: before, now: now)
            guard state.reservation != before else { return state }
            state.topic = .reservation
            if state.reservation.stage == .done, state.lines.isEmpty {
                state.stage = .done
                state.question = .anythingElse
            }
        }
        return state
    }

    /// A yes counts as agreement only where the total was said; whoever agreed to anything else has
    /// the order read back first.
    public func overheard(
        _ reply: String, in state: RestaurantState, now: Date
    ) -> RestaurantState {
        var state = state
        if state.isReserving {
            state.reservation = reservations.overheard(reply, in: state.reservation, now: now)
            return state
        }
        guard state.stage == .confirming else { return state }
        let turn = RestaurantTurn(state: state, dialogue: self, now: now)
        let total = turn.price(state.lines)?.description ?? ""
        let isTold = reply.contains(total) || reply.contains(SaidText.speakable(total))
        if total.isEmpty || !isTold { state.stage = .changing }
        return state
    }
}

extension RestaurantState {
    /// The lines that a tool has priced. They are the menu's, since it could.
    fileprivate mutating func take(_ items: [OrderItemArgument]) {
        let wanted = items.compactMap { argument -> Line? in
            guard let item = menu?.item(named: argument.item) else { return nil }
            return Line(
                item: item.name, size: item.size(named: argument.size)?.name,
                extras: (argument.extras ?? []).compactMap { item.extra(named: $0)?.name },
                quantity: argument.quantity)
        }
        // Without the menu, which is read with the first words, nothing is known of them.
        guard wanted.count == items.count, wanted != lines else { return }
        lines = wanted
        lastLine = wanted.indices.last
        topic = .order
    }
}
