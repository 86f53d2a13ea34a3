import Foundation
import Language
import Pipelines

/// One event's way through the reservation dialogue: a copy of the state that is worked on.
struct ReservationTurn: ScriptedTurn {
    typealias Call = ReservationCall
    typealias Said = ReservationUnderstanding

    var state: ReservationState
    let rules: ReservationRules
    let now: Date
    var sentences: [String] = []
    var next = DialogueStep<ReservationState, ReservationCall>.Next.listen

    init(state: ReservationState, rules: ReservationRules, now: Date) {
        self.state = state
        self.rules = rules
        self.now = now
    }

    var settings: AssistantSettings { rules.settings }
    var today: LocalDate { rules.today(now) }

    var isDone: Bool { state.stage == .done }
    var expectsYesNo: Bool { state.expectation == .yesNo }
    var takesDigits: Bool { true }
    var unheardNumber: ReservationPromptKey? { state.isNumberHeard ? nil : .yourNumber }

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) {
        state.news = []
        hear(input)
    }

    mutating func takeSpeech(_ text: String) {
        understand(
            ReservationUnderstanding.read(text, expecting: state.expectation, today: today))
    }

    mutating func takeAnswer(_ said: ReservationUnderstanding) {
        switch state.stage {
        case .collecting: collect(said)
        case .choosing(let offers): choose(said, offers)
        case .confirming: confirm(said)
        case .changing: change(said)
        case .retrying:
            if merge(said) { proceed() } else { takeRetry(said) }
        case .cancelling: cancelBooking(said)
        case .done: afterwards(said)
        }
    }

    mutating func takeOwnCommand(_ said: ReservationUnderstanding) -> Bool {
        guard said.asksHours else { return false }
        tellHours(said)
        return true
    }

    // MARK: - Commands

    mutating func startOver() {
        state.clear(.all)
        state.stage = .collecting
        state.freeWish = nil
        ask(.askAll, expecting: .slots([.party, .date, .time]))
    }

    /// Drops what is under way; what is booked only when that alone can be meant, after a question.
    mutating func cancel(_ said: ReservationUnderstanding) {
        if let booking = state.booking {
            if state.stage == .cancelling { return cancelBooking(said) }
            guard state.stage == .done else { return keepBooking(booking) }
            guard said.commands.contains(.cancel) else { return farewell() }
            state.stage = .cancelling
            return ask(.confirmCancel, expecting: .yesNo)
        }
        state.clear(.all)
        state.freeWish = nil
        say(.cancelled)
        askAnythingElse()
    }

    private mutating func keepBooking(_ booking: ReservationState.Booking) {
        state.partySize = booking.wish.partySize
        state.date = booking.wish.date
        state.time = .exact(booking.wish.time.minuteOfDay)
        state.name = booking.name
        state.freeWish = nil
        say(.unchanged)
        askAnythingElse()
    }

    private mutating func cancelBooking(_ said: ReservationUnderstanding) {
        guard let booking = state.booking else { return proceed() }
        switch said.answer {
        case .yes:
            progress()
            call(.cancel(.init(confirmationNumber: booking.number)))
        case .no:
            progress()
            keepBooking(booking)
        case nil:
            if said.commands.contains(.cancel) {
                return call(.cancel(.init(confirmationNumber: booking.number)))
            }
            // "Never mind" drops the cancelling.
            if said.commands.contains(.dismiss) { return keepBooking(booking) }
            nothingUnderstood(said)
        }
    }

    private mutating func tellHours(_ said: ReservationUnderstanding) {
        var date = today
        if case .day(let day)? = said.date { date = day }
        sayHours(date)
        if state.stage == .collecting, said.date != nil, refused(date: date) == nil {
            merge(said)
        }
        proceedOrAskAgain()
    }

    /// Goes on from a side remark.
    mutating func proceedOrAskAgain() {
        if state.stage == .collecting && !state.news.isEmpty { proceed() } else { askAgain() }
    }

    // MARK: - The stages

    private mutating func collect(_ said: ReservationUnderstanding) {
        if merge(said) { return proceed() }
        if said.commands.contains(.goodbye) || said.commands.contains(.finished) {
            return farewell()
        }
        nothingUnderstood(said)
    }

    private mutating func choose(_ said: ReservationUnderstanding, _ offers: [LocalDateTime]) {
        if let offer = pick(said, offers) {
            progress()
            state.date = offer.date
            state.time = .exact(offer.time.minuteOfDay)
            state.news = [.date, .time]
            if let size = said.partySize { state.partySize = size }
            return proceed()
        }
        if merge(said) { return proceed() }
        switch said.answer {
        case .no:
            progress()
            state.clear(.time)
            state.stage = .collecting
            ask(.askOtherTime, expecting: .slots([.date, .time]))
        case .yes:
            progress()
            ask(.askAlternative, expecting: .choice)
        case nil: nothingUnderstood(said)
        }
    }

    /// The offer that was meant, if one was.
    private func pick(_ said: ReservationUnderstanding, _ offers: [LocalDateTime])
        -> LocalDateTime?
    {
        if let time = said.time, said.date == nil {
            return offers.first { time.candidates.contains($0.time.minuteOfDay) }
        }
        guard said.slots.subtracting(.party).isEmpty else { return nil }
        switch said.choice {
        case .index(let index): return offers.indices.contains(index) ? offers[index] : nil
        case .last: return offers.last
        case .earliest: return offers.min()
        case .latest: return offers.max()
        case .any: return offers.first
        case nil: return said.answer == .yes && offers.count == 1 ? offers.first : nil
        }
    }

    private mutating func confirm(_ said: ReservationUnderstanding) {
        if merge(said) { return proceed() }
        if !said.mentioned.isEmpty, said.answer != .yes {
            return reopen(said.mentioned)
        }
        switch said.answer {
        case .yes:
            progress()
            state.endsAfterBooking =
                said.commands.contains(.goodbye) || said.commands.contains(.finished)
            book()
        case .no:
            progress()
            state.stage = .changing
            ask(.askChange, expecting: .change)
        case nil:
            // The old values once more are as good as a yes to nobody; ask again.
            nothingUnderstood(said)
        }
    }

    private mutating func change(_ said: ReservationUnderstanding) {
        if merge(said) { return proceed() }
        if !said.mentioned.isEmpty { return reopen(said.mentioned) }
        let isNothing = said.answer != nil || !said.slots.isEmpty
        if isNothing || said.commands.contains(.finished) {
            progress()
            return proceed()
        }
        nothingUnderstood(said)
    }

    private mutating func reopen(_ slots: ReservationSlots) {
        progress()
        state.clear(slots)
        state.freeWish = nil
        state.stage = .collecting
        askForMissing()
    }

    private mutating func afterwards(_ said: ReservationUnderstanding) {
        if said.slots.isEmpty {
            // Thanks for a table are the end of the call, not a pause in it.
            let thanks = said.commands.contains(.thanks) && said.answer == nil
            if thanks { return farewell([.welcome]) }
            if takeFarewell(said) { return }
        }
        if said.asksForAnother { forgetBooking() }
        if merge(said) { return proceed() }
        if said.asksForAnother {
            progress()
            return askForMissing()
        }
        if !said.mentioned.isEmpty, state.booking != nil { return reopen(said.mentioned) }
        if said.answer == .yes {
            progress()
            let isNew = state.booking == nil
            return ask(
                .whatElse, expecting: isNew ? .slots([.party, .date, .time]) : .change)
        }
        nothingUnderstood(said)
    }

    /// The next reservation is a new one, under the same name.
    private mutating func forgetBooking() {
        state.booking = nil
        state.isNumberHeard = true
        state.freeWish = nil
        state.clear([.party, .date, .time])
        state.stage = .collecting
    }
}
