import Foundation
import Language
import Pipelines
import Store

/// One event's way through the service desk's dialogue: a copy of the state that is worked on.
struct ServiceDeskTurn: ScriptedTurn {
    typealias Call = ServiceDeskCall
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

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) {
        state.hasProgressed = false
        switch input {
        case .silence(let count): takeSilence(count)
        case .unintelligible: fail(isQuestion: false)
        case .dtmf(let keys): takeKeys(keys)
        case .speech(let transcript): takeSpeech(transcript.text)
        }
    }

    private mutating func takeSilence(_ count: Int) {
        if state.stage == .done {
            if count > 1 { farewell([]) } else { ask(.anythingElse, expecting: .anything) }
        } else if count > 2 {
            sayShared(.silenceGoodbye)
            next = .hangUp
        } else {
            sayShared(.stillThere, variant: count - 1)
            askAgain()
        }
    }

    private mutating func takeKeys(_ keys: String) {
        let isYesNo = state.expectation == .yesNo
        switch keys {
        case "1" where isYesNo: takeSpeech("yes")
        case "2" where isYesNo: takeSpeech("no")
        case "0": takeSpeech("operator")
        case "*": takeSpeech("repeat that")
        default: takeSpeech(keys.filter(\.isNumber))
        }
    }

    private mutating func takeSpeech(_ text: String) {
        let said = ServiceUnderstanding.read(
            text, expecting: state.expectation, words: dialogue.words)
        guard !said.isEmpty else { return fail(isQuestion: false) }
        if takeCommand(said) { return }
        switch state.stage {
        case .identifying, .unknown: identify(said)
        case .registering, .confirmingRecord: register(said)
        case .collecting: collect(said)
        case .confirming: confirm(said)
        case .changing: change(said)
        case .retrying: retry(said)
        case .done: afterwards(said)
        }
    }

    /// Does what was asked of the conversation itself; false where the stage must decide.
    private mutating func takeCommand(_ said: ServiceUnderstanding) -> Bool {
        let commands = said.commands
        let isBare = !said.hasDetails && said.digits == nil && said.name == nil
        if commands.contains(.person), isBare {
            handOver()
        } else if commands.contains(.startOver) {
            progress()
            state.clearOrder()
            sayShared(.startOver)
            if state.customer == nil { askForNumber() } else { proceed() }
        } else if commands.contains(.cancel) || commands.contains(.dismiss), isBare {
            cancel()
        } else if commands.contains(.repeatLast), isBare {
            repeatLast()
        } else if commands.contains(.help), isBare {
            say(.help)
            askAgain()
        } else if commands.contains(.wait), isBare, said.answer == nil {
            sayShared(.takeYourTime)
        } else if said.asksHours, isBare {
            tellHours()
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

    private mutating func cancel() {
        progress()
        if state.stage == .done, state.taskNumber != nil {
            say(.alreadyCreated)
            return ask(.anythingElse, expecting: .anything)
        }
        state.clearOrder()
        state.stage = .done
        say(.notCreated)
        ask(.anythingElse, expecting: .anything)
    }

    private mutating func repeatLast() {
        if state.lastReply.isEmpty { askAgain() } else { sentences += state.lastReply }
    }

    private mutating func tellHours() {
        let today = dialogue.clock.local(at: now).date
        let periods = settings.openingHours.periods(on: today)
        guard !periods.isEmpty else { return sayShared(.closed, ["day": "today"]) }
        let hours = SaidValues.seatingHours(periods, lastSeatingMinutes: 0)
        sayShared(.openHours, ["day": "today", "hours": hours])
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
        if isNew {
            progress()
            state.sequence += 1
        }
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
            return farewell([])
        }
        if state.question == .askProblem, said.answer == .no { return farewell([]) }
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
        state.sequence += 1
        proceed()
    }

    private mutating func retry(_ said: ServiceUnderstanding) {
        switch said.answer {
        case .yes:
            progress()
            if let call = state.waiting { self.call(call) } else { proceed() }
        case .no: farewell([])
        case nil: nothingUnderstood(said)
        }
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
        if said.commands.contains(.thanks), said.answer == nil, !said.commands.contains(.goodbye),
            !said.commands.contains(.finished)
        {
            progress()
            sayShared(.welcome)
            return ask(.anythingElse, expecting: .anything)
        }
        if isEnd { return farewell(said.commands.contains(.thanks) ? [.welcome] : []) }
        if said.answer == .yes || said.wantsAnother {
            progress()
            state.clearOrder()
            return proceed()
        }
        if state.taskNumber != nil, said.location != nil || said.urgency != nil {
            progress()
            say(.alreadyCreated)
            return ask(.anythingElse, expecting: .anything)
        }
        nothingUnderstood(said)
    }
}
