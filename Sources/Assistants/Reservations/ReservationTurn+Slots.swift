import Foundation
import Language

/// Taking values in, and asking for those that are missing.
extension ReservationTurn {
    /// Puts what was said into the state.
    /// - Returns: whether anything new was said, problems included.
    @discardableResult
    mutating func merge(_ said: ReservationUnderstanding) -> Bool {
        let before = state
        var problems = false
        if let size = said.partySize {
            if let refusal = rules.refusal(partySize: size) {
                say(refusal)
                state.partySize = before.booking == nil ? nil : before.partySize
                problems = true
            } else if size != state.partySize {
                state.partySize = size
                state.news.insert(.party)
            }
        }
        if let date = said.date, !merge(date) { problems = true }
        mergeTime(said)
        if let name = said.name, name != state.name {
            state.name = name
            state.news.insert(.name)
        }
        let isNew = !state.news.isEmpty || problems
        if isNew {
            progress()
            if state.stage != .collecting { state.stage = .collecting }
        }
        return isNew
    }

    private mutating func mergeTime(_ said: ReservationUnderstanding) {
        if let part = said.partOfDay, part != state.partOfDay {
            // "in the evening", after "seven"
            if said.time == nil, case .dial? = state.time { state.news.insert(.time) }
            state.partOfDay = part
        }
        guard let time = said.time else { return }
        if said.partOfDay == nil && isOutside(time) { state.partOfDay = nil }
        if time != state.time { state.news.insert(.time) }
        state.time = time
    }

    /// True when a new time contradicts the part of the day that was said before.
    private func isOutside(_ time: HeardTime) -> Bool {
        guard let part = state.partOfDay else { return false }
        return !time.candidates.contains { part.minutes.contains($0) }
    }

    /// - Returns: false when the day cannot be had, which has been said.
    private mutating func merge(_ date: HeardDate) -> Bool {
        switch date {
        case .noSuchDay(let month, let day):
            say(.noSuchDay, ["day": SaidValues.dayAndMonth(month: month, day: day)])
            state.date = nil
            return false
        case .weekdayDiffers(_, let actual):
            let text = "the " + SaidValues.dayAndMonth(month: actual.month, day: actual.day)
            say(.weekdayDiffers, ["day": text, "weekday": actual.weekday.name])
            state.date = nil
            return false
        case .day(let day):
            if let refusal = refused(date: day) {
                say(refusal)
                state.date = nil
                return false
            }
            if day != state.date { state.news.insert(.date) }
            state.date = day
            return true
        }
    }

    func refused(date: LocalDate) -> ReservationRules.Refusal? {
        rules.refusal(date: date, now: now)
    }

    /// The moment that is wished for, once day and time are known.
    var start: LocalDateTime? {
        guard let date = state.date, let time = state.time else { return nil }
        return rules.moment(time, on: date, partOfDay: state.partOfDay, now: now)
    }

    var wish: TableWish? {
        guard let size = state.partySize, let start else { return nil }
        return TableWish(partySize: size, date: start.date, time: start.time)
    }

    /// Goes as far as what is known allows: refuses, checks, asks or reads back.
    mutating func proceed() {
        if let start,
            let refusal = rules.refusal(
                partySize: state.partySize, start: start, now: now)
        {
            say(refusal)
            switch refusal {
            case .partyTooLarge: state.clear(.party)
            case .past, .closedAtTime: state.clear(.time)
            case .tooFarAhead, .closedDay: state.clear(.date)
            }
            state.news = []
            state.stage = .collecting
            return askForMissing()
        }
        if let wish, wish != state.freeWish {
            return call(.check(.init(wish: wish, changing: state.booking?.number)))
        }
        guard state.missing.isEmpty else {
            acknowledge()
            return askForMissing()
        }
        if settings.reservations.confirmsBeforeBooking || state.booking != nil {
            readBack()
        } else {
            book()
        }
    }

    /// Says back what was understood in this turn, before the next question.
    private mutating func acknowledge() {
        var parts: [String] = []
        let when = whenText()
        if state.news.contains(.party), let size = state.partySize {
            parts.append(SaidValues.people(size))
        }
        if !state.news.isDisjoint(with: [.date, .time]), let when { parts.append(when) }
        if state.news == .name, let name = state.name { parts.append("Thank you, \(name)") }
        guard !parts.isEmpty else { return }
        sentences.append(SaidValues.sentence(parts.joined(separator: " ")) + ".")
    }

    /// "tomorrow at 7 PM", or as much of it as is known.
    private func whenText() -> String? {
        if let start { return SaidValues.moment(start, today: today, preposition: true) }
        if let date = state.date {
            return SaidValues.day(date, today: today, preposition: true)
        }
        guard let time = state.time else { return nil }
        let moment = rules.moment(time, on: today, partOfDay: state.partOfDay, now: now)
        return "at " + SaidValues.time(moment.time)
    }

    mutating func askForMissing() {
        let missing = state.missing.subtracting(.name)
        let key: ReservationPromptKey
        switch missing {
        case [.party, .date, .time]: key = .askAll
        case [.party, .date]: key = .askPartyAndDate
        case [.party, .time]: key = .askPartyAndTime
        case [.date, .time]: key = .askDateAndTime
        case [.party]: key = .askParty
        case [.date]: key = .askDate
        case [.time]: key = .askTime
        default:
            if state.missing.isEmpty { return proceed() }
            return ask(.askName, expecting: .slots(.name))
        }
        ask(key, expecting: .slots(missing))
    }

    mutating func readBack() {
        state.stage = .confirming
        ask(state.booking == nil ? .confirm : .confirmChange, expecting: .yesNo)
    }

    /// Books, or changes what is booked.
    mutating func book() {
        guard let wish, let name = state.name else { return askForMissing() }
        if let booking = state.booking {
            let arguments = ChangeReservation.Arguments(
                confirmationNumber: booking.number, wish: wish, name: name)
            call(.change(arguments))
        } else {
            call(.create(.init(wish: wish, name: name)))
        }
    }

    mutating func call(_ call: ReservationCall) {
        state.waiting = call
        next = .call(call)
    }
}
