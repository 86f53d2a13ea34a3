import Foundation
import Language
import Pipelines

/// One event's way through the reservation dialogue: a copy of the state that is worked on.
struct ReservationTurn {
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

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) {
        state.hasProgressed = false
        switch input {
        case .silence(let count): takeSilence(count)
        case .unintelligible: fail(.notUnderstood)
        case .dtmf(let keys): takeKeys(keys)
        case .speech(let transcript): takeSpeech(transcript.text)
        }
    }

    private mutating func takeSilence(_ count: Int) {
        if state.stage == .done {
            if count > 1 { farewell([]) } else { ask(.anythingElse) }
        } else if count > 2 {
            say(.silenceGoodbye)
            next = .hangUp
        } else {
            say(.stillThere, variant: count - 1)
            askAgain()
        }
    }

    private mutating func takeKeys(_ keys: String) {
        switch (keys, state.expectation) {
        case ("1", .yesNo): takeSpeech("yes")
        case ("2", .yesNo): takeSpeech("no")
        case ("0", _): takeSpeech("operator")
        case ("*", _): takeSpeech("repeat that")
        default: takeSpeech(keys.filter(\.isNumber))
        }
    }

    private mutating func takeSpeech(_ text: String) {
        let said = ReservationUnderstanding.read(
            text, expecting: state.expectation, today: today)
        guard !said.isEmpty else { return fail(.notUnderstood) }
        if takeCommand(said) { return }
        switch state.stage {
        case .collecting: collect(said)
        case .choosing(let offers): choose(said, offers)
        case .confirming: confirm(said)
        case .changing: change(said)
        case .retrying: retry(said)
        case .cancelling: cancelBooking(said)
        case .done: afterwards(said)
        }
    }

    /// Does what was asked of the conversation itself; false where the stage must decide.
    private mutating func takeCommand(_ said: ReservationUnderstanding) -> Bool {
        let commands = said.commands
        if commands.contains(.person) {
            handOver()
        } else if commands.contains(.startOver) {
            state.clear([.party, .date, .time, .name])
            state.stage = .collecting
            state.freeWish = nil
            progress()
            say(.startOver)
            ask(.askAll, expecting: .slots([.party, .date, .time]))
        } else if commands.contains(.cancel) || commands.contains(.dismiss), said.slots.isEmpty,
            state.stage != .cancelling
        {
            cancel(commands.contains(.cancel))
        } else if commands.contains(.repeatLast), said.slots.isEmpty {
            repeatLast()
        } else if commands.contains(.help), said.slots.isEmpty {
            say(.help)
            askAgain()
        } else if commands.contains(.wait), said.slots.isEmpty, said.answer == nil {
            say(.takeYourTime)
        } else if said.asksHours {
            tellHours(said)
        } else {
            return false
        }
        return true
    }

    /// Drops what is under way; what is booked only when that alone can be meant, after a question.
    private mutating func cancel(_ isExplicit: Bool) {
        progress()
        if let booking = state.booking {
            guard state.stage == .done else { return keepBooking(booking) }
            guard isExplicit else { return farewell([]) }
            state.stage = .cancelling
            return ask(.confirmCancel, expecting: .yesNo)
        }
        state.clear([.party, .date, .time, .name])
        state.freeWish = nil
        state.stage = .done
        say(.cancelled)
        ask(.anythingElse, expecting: .anythingElse)
    }

    private mutating func keepBooking(_ booking: ReservationState.Booking) {
        state.partySize = booking.wish.partySize
        state.date = booking.wish.date
        state.time = .exact(booking.wish.time.minuteOfDay)
        state.name = booking.name
        state.freeWish = nil
        state.stage = .done
        say(.unchanged)
        ask(.anythingElse, expecting: .anythingElse)
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
                progress()
                return call(.cancel(.init(confirmationNumber: booking.number)))
            }
            nothingUnderstood(said)
        }
    }

    private mutating func repeatLast() {
        if state.lastReply.isEmpty { askAgain() } else { sentences += state.lastReply }
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
            return farewell([])
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

    private mutating func retry(_ said: ReservationUnderstanding) {
        if merge(said) { return proceed() }
        switch said.answer {
        case .yes:
            progress()
            if let call = state.waiting { self.call(call) } else { proceed() }
        case .no: farewell([])
        case nil: nothingUnderstood(said)
        }
    }

    private mutating func afterwards(_ said: ReservationUnderstanding) {
        let isEnd =
            said.commands.contains(.goodbye) || said.commands.contains(.finished)
            || said.answer == .no || (said.commands.contains(.thanks) && said.answer != .yes)
        if said.slots.isEmpty && isEnd {
            return farewell(said.commands.contains(.thanks) ? [.welcome] : [])
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
