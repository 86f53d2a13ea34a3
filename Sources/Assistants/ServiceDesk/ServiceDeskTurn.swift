import Foundation
import Language
import Pipelines
import Store

/// One event's way through the service desk's dialogue: a copy of the state that is worked on.
struct ServiceDeskTurn: ScriptedTurn {
    typealias Call = ServiceDeskCall
    typealias Said = ServiceUnderstanding
    typealias Step = DialogueStep<ServiceDeskState, ServiceDeskCall>

    var state: ServiceDeskState
    let dialogue: ServiceDeskDialogue
    let now: Date
    var sentences: [String] = []
    var next = Step.Next.listen

    init(state: ServiceDeskState, dialogue: ServiceDeskDialogue, now: Date) {
        self.state = state
        self.dialogue = dialogue
        self.now = now
    }

    var settings: AssistantSettings { dialogue.settings }

    var isDone: Bool { state.stage == .done }
    var expectsYesNo: Bool { state.expectation == .yesNo }
    var takesDigits: Bool { true }
    var unheardNumber: ServicePromptKey? { state.isNumberHeard ? nil : .taskNumber }

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) { hear(input) }

    mutating func takeSpeech(_ text: String) {
        understand(
            ServiceUnderstanding.read(text, expecting: state.expectation, words: dialogue.words))
    }

    mutating func takeAnswer(_ said: ServiceUnderstanding) {
        switch state.stage {
        case .identifying, .unknown: identify(said)
        case .registering, .confirmingRecord: register(said)
        case .collecting: collect(said)
        case .confirming: confirm(said)
        case .changing: change(said)
        // Free speech around a yes is not held for a change of what is to be done.
        case .retrying: takeRetry(said)
        case .done: afterwards(said)
        }
    }

    // MARK: - Commands

    mutating func takeOwnCommand(_ said: ServiceUnderstanding) -> Bool {
        if said.asksHours, said.isBare {
            tellHours(askedIn: said.text, today: dialogue.clock.local(at: now).date)
            askAgain()
        } else if said.isSomebodyElse, state.customer != nil {
            progress()
            state.customer = nil
            say(.somebodyElse)
            if let digits = said.digits { find(digits) } else { askForNumber() }
        } else {
            return false
        }
        return true
    }

    mutating func startOver() {
        state.clearOrder()
        if state.customer == nil { askForNumber() } else { proceed() }
    }

    mutating func cancel(_ said: ServiceUnderstanding) {
        if state.stage == .done, state.taskNumber != nil {
            say(.alreadyCreated)
            return askAnythingElse()
        }
        state.clearOrder()
        say(.notCreated)
        askAnythingElse()
    }

    // MARK: - The task order

    /// Puts what was said into the order.
    /// - Parameter replaces: a new description takes the place of the old one instead of following it.
    /// - Returns: whether anything new was said.
    @discardableResult
    mutating func merge(_ said: ServiceUnderstanding, replaces: Bool) -> Bool {
        let before = state
        if let service = said.service, state.service == nil || replaces { state.service = service }
        if let location = said.location { state.location = location }
        if let urgency = said.urgency { state.urgency = urgency }
        if let summary = said.summary {
            if let known = state.summary, !replaces {
                if !known.contains(summary) {
                    state.summary = String("\(known), \(summary)".prefix(400))
                }
            } else {
                state.summary = summary
            }
        }
        let isNew =
            before.service != state.service || before.location != state.location
            || before.urgency != state.urgency || before.summary != state.summary
        if isNew { progress() }
        return isNew
    }

    private mutating func collect(_ said: ServiceUnderstanding) {
        var said = said
        if state.expectation == .service, said.service == nil, said.answer == nil,
            said.commands.isEmpty, state.askCounts[.askService, default: 0] > 1
        {
            said.service = ServiceType.general
        }
        if merge(said, replaces: false) { return proceed() }
        if said.commands.contains(.goodbye) || said.commands.contains(.finished) {
            return farewell()
        }
        if state.question == .askProblem, said.answer == .no { return farewell() }
        nothingUnderstood(said)
    }

    private mutating func confirm(_ said: ServiceUnderstanding) {
        var said = said
        // "Yes, it is broken" agrees; what was noted stays as it is.
        if said.answer == .yes {
            said.summary = nil
            said.service = nil
        }
        if merge(said, replaces: true) { return proceed() }
        if said.answer != .yes, !said.mentioned.isEmpty { return reopen(said.mentioned) }
        switch said.answer {
        case .yes:
            progress()
            create()
        case .no:
            progress()
            state.stage = .changing
            ask(.askChange, expecting: .change)
        case nil: nothingUnderstood(said)
        }
    }

    private mutating func change(_ said: ServiceUnderstanding) {
        if merge(said, replaces: true) { return proceed() }
        if !said.mentioned.isEmpty { return reopen(said.mentioned) }
        if said.answer != nil || said.commands.contains(.finished) || said.hasDetails {
            progress()
            return proceed()
        }
        nothingUnderstood(said)
    }

    private mutating func reopen(_ slots: ServiceSlots) {
        progress()
        if slots.contains(.summary) { state.summary = nil }
        if slots.contains(.service) { state.service = nil }
        if slots.contains(.location) { state.location = nil }
        if slots.contains(.urgency) { state.urgency = nil }
        proceed()
    }

    private mutating func afterwards(_ said: ServiceUnderstanding) {
        let isEnd =
            said.commands.contains(.goodbye) || said.commands.contains(.finished)
            || said.answer == .no
        if said.service != nil || said.summary != nil && !isEnd {
            state.clearOrder()
            merge(said, replaces: true)
            return proceed()
        }
        if let digits = said.digits, state.customer == nil { return find(digits) }
        if takeFarewell(said) { return }
        if said.answer == .yes || said.wantsAnother {
            progress()
            state.clearOrder()
            return proceed()
        }
        if state.taskNumber != nil, said.location != nil || said.urgency != nil {
            progress()
            say(.alreadyCreated)
            return askAnythingElse()
        }
        nothingUnderstood(said)
    }
}
