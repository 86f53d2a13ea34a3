import Language

/// Questions, trouble and the farewell in words.
extension ScriptedTurn {
    /// Says what this dialogue says, with the state's values.
    mutating func say(_ key: Prompt, _ more: [String: String] = [:], variant: Int = 0) {
        let filled = values(of: key).merging(more) { $1 }
        sentences += Prompts(settings).sentences(key, filled, variant: variant)
    }

    /// Says what assistants of every kind say.
    mutating func sayShared(
        _ key: SharedPromptKey, _ more: [String: String] = [:], variant: Int = 0
    ) {
        sentences += Prompts(settings).sentences(key, more, variant: variant)
    }

    /// Asks, in other words than the last time the same was asked.
    mutating func ask(_ key: Prompt) {
        let count = state.askCounts[key, default: 0]
        // Other words are for those who did not understand, not for those who corrected something.
        let variant = key == state.question && !state.hasProgressed ? count : 0
        state.askCounts[key] = variant + 1
        state.question = key
        say(key, variant: variant)
    }

    /// Asks the open question once more.
    mutating func askAgain() { ask(state.question) }

    mutating func repeatLast() {
        if state.lastReply.isEmpty { askAgain() } else { sentences += state.lastReply }
    }

    /// The caller has said something of use.
    mutating func progress() {
        state.failures = 0
        state.hasProgressed = true
    }

    /// Tells when the business is open on the day that was asked for, or today.
    mutating func tellHours(askedIn text: String, today: LocalDate) {
        let utterance = Utterance(text)
        let dates = (0..<utterance.count).compactMap {
            HeardDate.match(utterance, at: $0, today: today)?.value
        }
        var date = today
        if case .day(let day)? = dates.first { date = day }
        let day = SaidValues.day(date, today: today, preposition: true)
        let periods = settings.openingHours.periods(on: date)
        guard !periods.isEmpty else { return sayShared(.closed, ["day": day]) }
        let hours = SaidValues.seatingHours(periods, lastSeatingMinutes: 0)
        sayShared(.openHours, ["day": day, "hours": hours])
    }

    // MARK: - Trouble

    /// Nothing in the words was of use.
    mutating func nothingUnderstood(_ said: Said) {
        if said.weakCommands.contains(.repeatLast) {
            repeatLast()
        } else if said.commands.contains(.goodbye) {
            farewell()
        } else if said.weakCommands.contains(.greeting) || said.commands.contains(.thanks)
            || said.answer == .yes
        {
            askAgain()
        } else if said.weakCommands.contains(.opening), state.failures == 0 {
            // Counted, so that whoever says nothing else is helped the next time.
            state.failures = 1
            say(state.question)
        } else {
            fail(isQuestion: said.isQuestion)
        }
    }

    /// Counts a turn without progress: asks differently, helps, and at last gives up.
    mutating func fail(isQuestion: Bool = false) {
        state.failures += 1
        guard state.failures < settings.failuresMax else { return giveUp() }
        if isQuestion {
            say(.outOfScope)
            // Whoever asks for something else is given an example of what can be said: the third wording.
            state.askCounts[state.question] = 2
        } else {
            sayShared(.notUnderstood, variant: state.failures - 1)
        }
        askAgain()
    }

    private mutating func giveUp() {
        if settings.handOverNumber != nil { return handOver() }
        sayShared(.giveUp)
        next = .hangUp
    }

    mutating func handOver() {
        guard let number = settings.handOverNumber else {
            sayShared(.noPerson)
            return askAgain()
        }
        sayShared(.handOver)
        next = .handOver(number: number)
    }

    /// Says that the store gave no answer, and asks once whether to try again.
    mutating func storeFailed() {
        state.storeFailures += 1
        say(.storeFailed)
        guard state.storeFailures < 2 else { return giveUp() }
        if awaitRetry() { ask(.tryAgain) } else { say(.tryAgain) }
    }

    // MARK: - Farewell

    /// Ends the call; a number that was not heard is said before.
    mutating func farewell(_ first: [SharedPromptKey] = []) {
        for key in first { sayShared(key) }
        if let unheardNumber { say(unheardNumber) }
        sayShared(.goodbye)
        next = .hangUp
    }
}
