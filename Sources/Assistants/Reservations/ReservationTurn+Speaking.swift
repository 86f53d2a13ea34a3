import Foundation
import Language
import Pipelines

/// Putting sentences together.
extension ReservationTurn {
    /// The values of the state that wordings may name.
    private var values: [String: String] {
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

    mutating func say(_ key: PromptKey, _ more: [String: String] = [:], variant: Int = 0) {
        let filled = values.merging(more) { $1 }
        sentences += Prompts(settings).sentences(key, filled, variant: variant)
    }

    /// Asks, in other words than the last time the same was asked.
    mutating func ask(_ key: PromptKey, expecting expectation: ReservationExpectation? = nil) {
        let count = state.askCounts[key, default: 0]
        // Other words are for those who did not understand, not for those who corrected something.
        let variant = key == state.question && !state.hasProgressed ? count : 0
        state.askCounts[key] = variant + 1
        state.question = key
        if let expectation { state.expectation = expectation }
        say(key, variant: variant)
    }

    mutating func askAgain() { ask(state.question) }

    mutating func progress() {
        state.failures = 0
        state.hasProgressed = true
    }

    /// Nothing in the words was of use.
    mutating func nothingUnderstood(_ said: ReservationUnderstanding) {
        if said.weakCommands.contains(.repeatLast) {
            if state.lastReply.isEmpty { askAgain() } else { sentences += state.lastReply }
        } else if said.commands.contains(.goodbye) {
            farewell([])
        } else if said.weakCommands.contains(.greeting) || said.commands.contains(.thanks)
            || (said.answer == .yes && state.stage == .collecting)
        {
            askAgain()
        } else if said.weakCommands.contains(.opening), state.failures == 0 {
            // Counted, so that whoever says nothing else is helped the next time.
            state.failures = 1
            say(state.question)
        } else {
            fail(said.isQuestion ? .outOfScope : .notUnderstood)
        }
    }

    /// Counts a turn without progress: asks differently, helps, and at last gives up.
    mutating func fail(_ key: PromptKey) {
        state.failures += 1
        guard state.failures < settings.failuresMax else {
            if settings.handOverNumber != nil { return handOver() }
            say(.giveUp)
            next = .hangUp
            return
        }
        say(key, variant: state.failures - 1)
        if key == .outOfScope && state.question == .askAll { state.askCounts[.askAll] = 2 }
        askAgain()
    }

    mutating func handOver() {
        guard let number = settings.handOverNumber else {
            say(.noPerson)
            return askAgain()
        }
        say(.handOver)
        next = .handOver(number: number)
    }

    /// Ends the call; a confirmation number that was not heard is said before.
    mutating func farewell(_ first: [PromptKey]) {
        for key in first { say(key) }
        if !state.isNumberHeard { say(.yourNumber) }
        say(.goodbye)
        next = .hangUp
    }

    mutating func say(_ refusal: ReservationRules.Refusal) {
        switch refusal {
        case .partyTooLarge(let most): say(.tooLarge, ["max": SaidValues.number(most)])
        case .tooFarAhead(let days): say(.tooFarAhead, ["max": String(days)])
        case .closedDay(let date):
            say(.closed, ["day": SaidValues.day(date, today: today, preposition: true)])
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
        guard !periods.isEmpty else { return say(.closed, ["day": day]) }
        let hours = SaidValues.seatingHours(
            periods, lastSeatingMinutes: settings.lastSeatingMinutes)
        say(.closedAtTime, ["day": day, "hours": hours])
    }
}
