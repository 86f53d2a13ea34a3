import Foundation
import Language
import Pipelines

/// Putting sentences together.
extension ReservationTurn {
    func values(of key: ReservationPromptKey) -> [String: String] {
        var result: [String: String] = [:]
        if let size = state.partySize { result["party"] = SaidValues.people(size) }
        if let name = state.name { result["guest"] = name }
        if let start {
            result["when"] = SaidValues.moment(start, today: today, preposition: true)
            result["day"] = SaidValues.day(start.date, today: today, preposition: true)
            result["time"] = SaidValues.time(start.time)
        }
        if let booking = state.booking {
            result["number"] = SaidValues.digits(booking.number)
        }
        return result
    }

    mutating func ask(_ key: ReservationPromptKey, expecting expectation: ReservationExpectation) {
        state.expectation = expectation
        ask(key)
    }

    mutating func askAnythingElse() {
        state.stage = .done
        ask(.anythingElse, expecting: .anythingElse)
    }

    mutating func say(_ refusal: ReservationRules.Refusal) {
        switch refusal {
        case .partyTooLarge(let most): say(.tooLarge, ["max": SaidValues.number(most)])
        case .tooFarAhead(let days): say(.tooFarAhead, ["max": String(days)])
        case .closedDay(let date):
            sayShared(.closed, ["day": SaidValues.day(date, today: today, preposition: true)])
        case .closedAtTime(let moment): sayHours(moment.date)
        case .past(let moment):
            let isDay = moment.date < today
            let text =
                isDay
                ? SaidValues.date(moment.date) : SaidValues.moment(moment, today: today)
            say(.past, ["when": text])
        }
    }

    mutating func sayHours(_ date: LocalDate) {
        let day = SaidValues.day(date, today: today, preposition: true)
        let periods = settings.openingHours.periods(on: date)
        guard !periods.isEmpty else { return sayShared(.closed, ["day": day]) }
        let hours = SaidValues.seatingHours(
            periods, lastSeatingMinutes: settings.reservations.lastSeatingMinutes)
        say(.closedAtTime, ["day": day, "hours": hours])
    }
}
