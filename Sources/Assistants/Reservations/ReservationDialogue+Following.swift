import Foundation
import Language
import Pipelines

// Keeping up with a conversation that another engine leads.

extension ReservationDialogue {
    public func witnessed(
        _ action: DialogueAction, in state: ReservationState, now: Date
    ) -> ReservationState {
        var state = state
        let number = action.answered("confirmation_number")
        if let looked = action.arguments(of: CheckAvailability.self) {
            state.take(looked.wish)
            state.freeWish = action.answered("status") == "available" ? looked.wish : nil
        } else if let made = action.arguments(of: CreateReservation.self), let number {
            state.booked(.init(number: number, wish: made.wish, name: made.name))
            state.isNumberHeard = false
        } else if let changed = action.arguments(of: ChangeReservation.self), number != nil {
            state.booked(
                .init(number: changed.confirmationNumber, wish: changed.wish, name: changed.name))
        } else if action.tool == CancelReservation.declaration.name,
            action.answered("status") == "cancelled"
        {
            state.booking = nil
            state.isNumberHeard = true
            state.clear(.all)
            state.settled()
        }
        return state
    }

    /// A yes counts as agreement only to what was read back; whoever agreed to anything else has it
    /// read back first.
    public func overheard(
        _ reply: String, in state: ReservationState, now: Date
    ) -> ReservationState {
        var state = state
        let asked = AnswerExpectation(askedBy: reply)
        switch state.stage {
        case .collecting, .confirming, .changing:
            guard state.missing.isEmpty else {
                state.expect(asked)
                return state
            }
            let isReadBack = asked == .yesNo && readsBack(reply, state, now: now)
            guard isReadBack || state.stage == .confirming else { return state }
            state.stage = isReadBack ? .confirming : .changing
            state.question = state.booking == nil ? .confirm : .confirmChange
            state.expectation = .yesNo
        case .choosing, .cancelling, .retrying, .done: break
        }
        return state
    }

    /// True when all that would be booked was said.
    private func readsBack(_ reply: String, _ state: ReservationState, now: Date) -> Bool {
        let turn = ReservationTurn(state: state, rules: rules, now: now)
        guard let wish = turn.wish, let name = state.name else { return false }
        // What was written reads "2026-11-27".
        let said = ReservationUnderstanding.read(
            SaidText.speakable(reply), expecting: .slots([.party, .date, .time]),
            today: turn.today)
        return said.partySize == wish.partySize && said.date == .day(wish.date)
            && said.time?.candidates.contains(wish.time.minuteOfDay) == true
            && reply.lowercased().contains(name.lowercased())
    }
}

extension ReservationState {
    fileprivate mutating func take(_ wish: TableWish) {
        partySize = wish.partySize
        date = wish.date
        time = .exact(wish.time.minuteOfDay)
        partOfDay = nil
    }

    fileprivate mutating func booked(_ booking: Booking) {
        take(booking.wish)
        name = booking.name
        self.booking = booking
        settled()
    }

    /// Nothing is under way any more.
    fileprivate mutating func settled() {
        freeWish = nil
        waiting = nil
        news = []
        stage = .done
        question = .anythingElse
        expectation = .anythingElse
    }

    /// A part that is missing was asked for in other words than ours.
    fileprivate mutating func expect(_ asked: AnswerExpectation) {
        let wanted: (slots: ReservationSlots, question: ReservationPromptKey)? =
            switch asked {
            case .name: (.name, .askName)
            case .date: (.date, .askDate)
            case .time: (.time, .askTime)
            case .dateAndTime: ([.date, .time], .askDateAndTime)
            case .number: (.party, .askParty)
            default: nil
            }
        guard let wanted, !missing.isDisjoint(with: wanted.slots) else { return }
        expectation = .slots(wanted.slots)
        question = wanted.question
        stage = .collecting
    }
}
