import Language
import Pipelines

/// From what happened to what is meant.
extension ScriptedTurn {
    /// The step that an event makes.
    func step(_ event: DialogueEvent<Call.Answer>) -> DialogueStep<State, Call> {
        var turn = self
        switch event {
        case .caller(let input): turn.take(input)
        case .answer(let result): turn.take(result)
        }
        if case .call = turn.next {
            // The reply is not complete yet, so the one before is still the last.
        } else {
            turn.state.lastReply = turn.sentences
        }
        return DialogueStep(state: turn.state, sentences: turn.sentences, next: turn.next)
    }

    mutating func hear(_ input: CallerInput) {
        state.hasProgressed = false
        switch input {
        case .silence(let count): takeSilence(count)
        case .unintelligible: fail()
        case .dtmf(let keys): takeKeys(keys)
        case .speech(let transcript): takeSpeech(transcript.text)
        }
    }

    private mutating func takeSilence(_ count: Int) {
        if isDone {
            if count > 1 { farewell() } else { askAnythingElse() }
        } else if count > 2 {
            sayShared(.silenceGoodbye)
            next = .hangUp
        } else {
            sayShared(.stillThere, variant: count - 1)
            askAgain()
        }
    }

    private mutating func takeKeys(_ keys: String) {
        switch keys {
        case "1" where expectsYesNo: takeSpeech("yes")
        case "2" where expectsYesNo: takeSpeech("no")
        case "0": takeSpeech("operator")
        case "*": takeSpeech("repeat that")
        default: takesDigits ? takeSpeech(keys.filter(\.isNumber)) : fail()
        }
    }

    mutating func understand(_ said: Said) {
        guard !said.isEmpty else { return fail() }
        if !takeCommand(said) { takeAnswer(said) }
    }

    /// Does what was asked of the conversation itself; false where the open question must decide.
    private mutating func takeCommand(_ said: Said) -> Bool {
        func asks(_ command: HeardCommand) -> Bool {
            said.commands.contains(command) && said.isMeant(command)
        }
        if asks(.person) {
            handOver()
        } else if asks(.startOver) {
            progress()
            sayShared(.startOver)
            startOver()
        } else if asks(.cancel) || asks(.dismiss) {
            progress()
            cancel(said)
        } else if asks(.repeatLast) {
            repeatLast()
        } else if asks(.help) {
            say(.help)
            askAgain()
        } else if asks(.wait), said.answer == nil {
            sayShared(.takeYourTime)
        } else {
            return takeOwnCommand(said)
        }
        return true
    }

    // MARK: - Answers that are alike

    /// The answer to "Shall I try once more?".
    mutating func takeRetry(_ said: Said) {
        switch said.answer {
        case .yes:
            progress()
            retry()
        case .no: farewell()
        case nil: nothingUnderstood(said)
        }
    }

    /// The answer to "Is there anything else?", where it is a farewell or thanks; false where it is not.
    mutating func takeFarewell(_ said: Said) -> Bool {
        let commands = said.commands
        if commands.contains(.goodbye) || commands.contains(.finished) || said.answer == .no {
            farewell(commands.contains(.thanks) ? [.welcome] : [])
        } else if commands.contains(.thanks), said.answer == nil {
            progress()
            sayShared(.welcome)
            askAnythingElse()
        } else {
            return false
        }
        return true
    }
}
