import Foundation
import Language
import Pipelines
import Store

/// One event's way through the restaurant's dialogue: a copy of the state that is worked on.
struct RestaurantTurn: ScriptedTurn {
    typealias Call = RestaurantCall
    typealias Said = OrderUnderstanding
    typealias Step = DialogueStep<RestaurantState, RestaurantCall>

    var state: RestaurantState
    let dialogue: RestaurantDialogue
    let now: Date
    var sentences: [String] = []
    var next = Step.Next.listen

    init(state: RestaurantState, dialogue: RestaurantDialogue, now: Date) {
        self.state = state
        self.dialogue = dialogue
        self.now = now
    }

    var rules: OrderRules { dialogue.rules }
    var settings: AssistantSettings { dialogue.rules.settings }
    var today: LocalDate { rules.clock.local(at: now).date }

    var isDone: Bool { state.stage == .done }
    var expectsYesNo: Bool { state.expectation == .yesNo }
    var takesDigits: Bool { true }
    var unheardNumber: OrderPromptKey? { state.isNumberHeard ? nil : .orderNumber }

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) {
        guard state.menu != nil else {
            state.heldInput = input
            return call(.menu)
        }
        switch input {
        case .speech: hear(input)
        case .silence, .unintelligible, .dtmf: state.isReserving ? reserve(input) : hear(input)
        }
    }

    mutating func takeSpeech(_ text: String) {
        guard let menu = state.menu else { return }
        let said = OrderUnderstanding.read(text, menu: menu, expecting: state.expectation)
        if concernsReservation(said) {
            state.topic = .reservation
            return reserve(.speech(Transcript(text: text)))
        }
        // A question in the middle of a reservation does not end it.
        if said.question == nil { state.topic = .order }
        understand(said)
    }

    mutating func takeAnswer(_ said: OrderUnderstanding) {
        if let question = said.question { return answer(question, said) }
        if said.asksTotal {
            tellOrder()
            return goOn()
        }
        if said.asksDuration, said.mentions.isEmpty { return tellDuration() }
        switch state.stage {
        case .choosing(let mention): choose(said, mention)
        case .sizing(let line): takeSize(said, line)
        case .confirming: confirm(said)
        case .changing: change(said)
        case .retrying:
            if merge(said) { goOn() } else { takeRetry(said) }
        case .done: afterwards(said)
        case .collecting: collect(said)
        }
    }

    // MARK: - Tables

    /// True when the reservation dialogue is to hear what was said.
    private func concernsReservation(_ said: OrderUnderstanding) -> Bool {
        let isOrder = !said.mentions.isEmpty || said.question != nil || said.wantsToOrder
        if state.isReserving {
            // A name that is asked for may sound like a dish.
            if state.reservation.expectation == .slots(.name) { return said.question == nil }
            let isSure = said.mentions.contains { $0.isSure } || said.wantsToOrder
            return said.wantsTable || said.question == nil && !isSure
        }
        let wantsTable = said.wantsTable || said.namesTable && state.lines.isEmpty
        if wantsTable, !said.wantsToOrder { return true }
        // A booked table may be changed or cancelled as long as no order is under way.
        guard state.topic == .reservation, state.reservation.booking != nil, !isOrder,
            state.lines.isEmpty
        else { return false }
        let heard = ReservationUnderstanding.read(
            said.text, expecting: state.reservation.expectation, today: today)
        return !heard.slots.subtracting(.name).isEmpty || !heard.mentioned.isEmpty
            || heard.commands.contains(.cancel)
    }

    private mutating func reserve(_ input: CallerInput) {
        take(dialogue.reservations.step(state.reservation, .caller(input), now: now))
    }

    /// Takes what the reservation dialogue said and wants.
    mutating func take(_ step: DialogueStep<ReservationState, ReservationCall>) {
        state.reservation = step.state
        sentences += step.sentences
        switch step.next {
        case .listen:
            guard step.state.stage == .done else { break }
            guard state.lines.isEmpty else {
                // Back to the order that was interrupted, instead of "Is there anything else?".
                if step.state.question == .anythingElse, !sentences.isEmpty {
                    sentences.removeLast()
                }
                progress()
                return goOn()
            }
            state.stage = .done
            state.question = .anythingElse
        case .hangUp: next = .hangUp
        case .handOver(let number): next = .handOver(number: number)
        case .call(let call): self.call(.reservation(call))
        }
    }

    // MARK: - Commands

    mutating func takeOwnCommand(_ said: OrderUnderstanding) -> Bool {
        guard said.asksHours else { return false }
        tellHours(askedIn: said.text, today: today)
        askAgain()
        return true
    }

    mutating func startOver() {
        state.clearOrder()
        ask(.askItem)
    }

    mutating func cancel(_ said: OrderUnderstanding) {
        if state.stage == .done, state.placed != nil, state.lines.isEmpty {
            say(.alreadyPlaced)
            return askAnythingElse()
        }
        state.clearOrder()
        say(.notOrdered)
        askAnythingElse()
    }

    // MARK: - The stages

    /// - Returns: whether anything in the words went into the order.
    mutating func merge(_ said: OrderUnderstanding) -> Bool {
        let before = state
        let count = sentences.count
        if let service = said.service { state.service = service }
        if let address = said.address {
            state.address = address
            state.service = .delivery
        }
        apply(said)
        let isNew =
            before.lines != state.lines || before.service != state.service
            || before.address != state.address || before.stage != state.stage
            || before.waitingMentions != state.waitingMentions || sentences.count > count
        if isNew { progress() }
        return isNew
    }

    private mutating func collect(_ said: OrderUnderstanding) {
        if merge(said) { return goOn() }
        if said.commands.contains(.goodbye) { return farewell() }
        if state.lines.isEmpty {
            if said.commands.contains(.thanks), takeFarewell(said) { return }
            if said.wantsToOrder {
                progress()
                return openForOrders ? goOn() : refuseClosed()
            }
            if said.commands.contains(.finished) || said.answer == .no { return farewell() }
        } else if said.answer != nil || said.commands.contains(.finished), isQuestionOpen {
            return askAgain()
        }
        nothingUnderstood(said)
    }

    /// "No, that's all" to a question that has to be answered is not a failure.
    private var isQuestionOpen: Bool {
        state.question == .askService || state.question == .askAddress
    }

    private mutating func choose(_ said: OrderUnderstanding, _ offered: ItemMention) {
        if let mention = said.mentions.first, mention.ids.count == 1,
            offered.ids.contains(mention.ids[0])
        {
            state.stage = .collecting
            var said = said
            said.mentions[0] = joined(offered, mention)
            return goOn(with: said)
        }
        if !said.mentions.isEmpty || said.removesLast {
            state.stage = .collecting
            if merge(said) { return goOn() }
            state.stage = .choosing(offered)
        }
        let picked: Int? =
            switch said.choice {
            case .index(let index): offered.ids.indices.contains(index) ? offered.ids[index] : nil
            case .last: offered.ids.last
            case .any: offered.ids.first
            default: nil
            }
        if let picked {
            state.stage = .collecting
            var mention = offered
            mention.ids = [picked]
            var said = said
            said.mentions = [mention]
            return goOn(with: said)
        }
        if said.answer == .no || said.commands.contains(.finished) {
            progress()
            state.stage = .collecting
            return goOn()
        }
        if merge(said) { return goOn() }
        nothingUnderstood(said)
    }

    /// Takes what was picked, even if it says no more than the order has already.
    private mutating func goOn(with said: OrderUnderstanding) {
        _ = merge(said)
        progress()
        goOn()
    }

    private mutating func takeSize(_ said: OrderUnderstanding, _ line: Int) {
        guard state.lines.indices.contains(line) else { return goOn() }
        if said.mentions.isEmpty, let size = said.size {
            progress()
            state.stage = .collecting
            setSize(size, of: line)
            var rest = said
            rest.size = nil
            rest.number = nil
            _ = merge(rest)
            if state.lines[line].size != nil { tellLine(line, .added) }
            return goOn()
        }
        if merge(said) { return goOn() }
        nothingUnderstood(said)
    }

    private mutating func confirm(_ said: OrderUnderstanding) {
        if merge(said) { return goOn() }
        switch said.answer {
        case .yes:
            progress()
            place()
        case .no:
            progress()
            state.stage = .changing
            ask(.askChange)
        case nil: nothingUnderstood(said)
        }
    }

    private mutating func change(_ said: OrderUnderstanding) {
        var said = said
        // Asked what to change, "three" and "large" are changes.
        if said.mentions.isEmpty { said.changes = true }
        if merge(said) { return goOn() }
        if said.answer != nil || said.commands.contains(.finished) {
            progress()
            state.stage = .collecting
            return goOn()
        }
        nothingUnderstood(said)
    }

    private mutating func afterwards(_ said: OrderUnderstanding) {
        if said.isOrdering, !said.mentions.isEmpty || said.wantsToOrder {
            state.stage = .collecting
            if merge(said) { return goOn() }
            progress()
            return openForOrders ? ask(.askItem) : refuseClosed()
        }
        if takeFarewell(said) { return }
        if said.answer == .yes {
            progress()
            return say(.whatElse)
        }
        if state.placed != nil, said.changes || said.removesLast || said.service != nil {
            progress()
            say(.alreadyPlaced)
            return askAnythingElse()
        }
        nothingUnderstood(said)
    }
}
