import Foundation
import Language

/// What the tools answered.
extension ReservationTurn {
    mutating func take(_ result: Result<ReservationAnswer, ToolError>) {
        guard let waiting = state.waiting else { return }
        switch result {
        case .failure: storeFailed()
        case .success(let answer):
            state.waiting = nil
            state.storeFailures = 0
            take(answer, to: waiting)
        }
    }

    private mutating func take(_ answer: ReservationAnswer, to call: ReservationCall) {
        switch (answer, call) {
        case (.free, .check(let arguments)):
            state.freeWish = arguments.wish
            proceed()
        case (.booked(let number), .create(let arguments)):
            booked(number, arguments.wish, arguments.name, isNew: true)
        case (.booked(let number), .change(let arguments)):
            booked(number, arguments.wish, arguments.name, isNew: false)
        case (.full(let others), .check(let arguments)):
            full(arguments.wish, others, wasFree: false)
        case (.full(let others), .create(let arguments)):
            full(arguments.wish, others, wasFree: true)
        case (.full(let others), .change(let arguments)):
            full(arguments.wish, others, wasFree: true)
        case (.refused(let refusal), _): refused(refusal)
        case (.cancelled, _), (.notFound, _):
            // A booking that is not there any more is as good as cancelled.
            state.booking = nil
            state.isNumberHeard = true
            state.clear(.all)
            state.freeWish = nil
            say(.cancelledBooking)
            askAnythingElse()
        default: storeFailed()
        }
    }

    private mutating func booked(
        _ number: String, _ wish: TableWish, _ name: String, isNew: Bool
    ) {
        state.booking = .init(number: number, wish: wish, name: name)
        state.stage = .done
        // "booked for Friday", but "changed: on Friday".
        let when = SaidValues.moment(wish.start, today: today, preposition: !isNew)
        say(isNew ? .booked : .changed, ["when": when])
        if isNew {
            state.isNumberHeard = false
            say(.yourNumber)
        }
        if state.endsAfterBooking {
            sayShared(.goodbye)
            next = .hangUp
        } else {
            askAnythingElse()
        }
    }

    private mutating func full(_ wish: TableWish, _ others: [LocalDateTime], wasFree: Bool) {
        state.freeWish = nil
        let when = SaidValues.moment(wish.start, today: today, preposition: false)
        guard !others.isEmpty else {
            say(.fullNoAlternative, ["when": SaidValues.moment(wish.start, today: today)])
            state.clear([.date, .time])
            state.news = []
            state.stage = .collecting
            return ask(.askOtherTime, expecting: .slots([.date, .time]))
        }
        let isSameDay = others.allSatisfy { $0.date == wish.date }
        let options = others.map {
            isSameDay
                ? SaidValues.time($0.time)
                : SaidValues.moment($0, today: today, preposition: false)
        }
        let values = ["when": when, "options": SaidValues.list(options)]
        say(wasFree ? .justTaken : .full, values)
        state.news = []
        state.stage = .choosing(others)
        ask(.askAlternative, expecting: .choice)
    }

    private mutating func refused(_ refusal: ReservationRules.Refusal) {
        say(refusal)
        state.news = []
        state.stage = .collecting
        switch refusal {
        case .partyTooLarge: state.clear(.party)
        case .past, .closedAtTime: state.clear(.time)
        case .tooFarAhead, .closedDay: state.clear(.date)
        }
        askForMissing()
    }

    // MARK: - Trouble of the store

    /// What is being waited for stays, so that a second try has the same idempotency key.
    mutating func awaitRetry() -> Bool {
        state.stage = .retrying
        state.expectation = .yesNo
        return true
    }

    mutating func retry() {
        if let call = state.waiting { self.call(call) } else { proceed() }
    }
}
