import Language
import Store

/// Putting sentences together.
extension ServiceDeskTurn {
    /// The values of the state that wordings may name.
    private var values: [String: String] {
        var result = [
            "digits": SaidValues.digits(state.digits),
            "count": SaidValues.number(settings.desk.customerNumberDigits),
            "services": SaidValues.list(settings.desk.services.map(\.name)),
        ]
        if let customer = state.customer {
            result["customer"] = customer.name
            result["number"] = SaidValues.digits(customer.number)
        } else if let name = state.newName {
            result["customer"] = name
        }
        if let number = state.taskNumber, state.stage == .done {
            result["number"] = SaidValues.digits(String(number))
        }
        result["phone"] =
            switch state.newPhone {
            case .digits(let digits): "telephone " + SaidValues.digits(digits)
            case .callers: "with the number that you are calling from"
            case .withheld, nil: "without a telephone number"
            }
        result["service"] = state.service
        result["problem"] = state.summary
        result["location"] = state.location
        result["urgency"] = state.urgency.map(Self.words)
        return result
    }

    private static func words(_ urgency: Urgency) -> String {
        switch urgency {
        case .urgent: "urgent"
        case .normal: "of normal urgency"
        case .low: "not urgent"
        }
    }

    mutating func say(_ key: ServicePromptKey, variant: Int = 0) {
        sentences += Prompts(settings).serviceSentences(key, values, variant: variant)
    }

    /// Asks, in other words than the last time the same was asked.
    mutating func ask(_ key: ServicePromptKey, expecting expectation: ServiceExpectation) {
        let count = state.askCounts[key, default: 0]
        // Other words are for those who did not understand, not for those who corrected something.
        var variant = key == state.question && !state.hasProgressed ? count : 0
        // The other wording offers the number that is called from.
        if key == .askPhone, !dialogue.seesNumber { variant = 0 }
        state.askCounts[key] = variant + 1
        state.question = key
        state.expectation = expectation
        say(key, variant: variant)
    }

    mutating func sayOutOfScope() { say(.outOfScope) }

    mutating func askAgain() { ask(state.question, expecting: state.expectation) }

    mutating func progress() {
        state.failures = 0
        state.hasProgressed = true
    }

    /// Nothing in the words was of use.
    mutating func nothingUnderstood(_ said: ServiceUnderstanding) {
        if said.weakCommands.contains(.repeatLast), !state.lastReply.isEmpty {
            sentences += state.lastReply
        } else if said.commands.contains(.goodbye) {
            farewell([])
        } else if said.weakCommands.contains(.greeting) || said.commands.contains(.thanks)
            || said.answer == .yes
        {
            askAgain()
        } else {
            fail(isQuestion: said.isQuestion)
        }
    }

    /// Ends the call; a task number that was not heard is said before.
    mutating func farewell(_ first: [PromptKey]) {
        for key in first { sayShared(key) }
        if !state.isNumberHeard {
            state.stage = .done
            say(.taskNumber)
        }
        sayShared(.goodbye)
        next = .hangUp
    }
}
