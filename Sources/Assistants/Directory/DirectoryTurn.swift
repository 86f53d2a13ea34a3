import Pipelines
import Store

/// One event's way through the directory's dialogue: a copy of the state that is worked on.
struct DirectoryTurn: ScriptedTurn {
    typealias Call = DirectoryCall
    typealias Said = DirectoryUnderstanding
    typealias Step = DialogueStep<DirectoryState, DirectoryCall>

    var state: DirectoryState
    let settings: AssistantSettings
    var sentences: [String] = []
    var next = Step.Next.listen

    init(state: DirectoryState, settings: AssistantSettings) {
        self.state = state
        self.settings = settings
    }

    var isDone: Bool { state.hasAnswered && state.stage == .open }
    /// No question is answered with a number, so that these keys are free at any time.
    var expectsYesNo: Bool { true }
    var takesDigits: Bool { false }
    /// Nothing is done here that would have a number.
    var unheardNumber: DirectoryPromptKey? { nil }

    // MARK: - What the caller did

    mutating func take(_ input: CallerInput) {
        guard state.index != nil else {
            state.heldInput = input
            next = .call(DirectoryCall())
            return
        }
        hear(input)
    }

    mutating func take(_ result: Result<HospitalIndex, ToolError>) {
        guard case .success(let index) = result else { return storeFailed() }
        state.storeFailures = 0
        state.take(index)
        guard let input = state.heldInput else { return }
        state.heldInput = nil
        take(input)
    }

    /// The directory is looked up again with the next words.
    mutating func awaitRetry() -> Bool {
        state.heldInput = nil
        return false
    }

    mutating func retry() { next = .call(DirectoryCall()) }

    mutating func takeSpeech(_ text: String) {
        guard let index = state.index else { return }
        understand(DirectoryUnderstanding.read(text, index: index))
    }

    mutating func takeAnswer(_ said: DirectoryUnderstanding) {
        guard let index = state.index else { return }
        let isOffering = state.isOffering
        state.isOffering = false
        switch state.stage {
        case .choosing(let ids):
            if choose(said, ids, index) { return }
        case .guessing(let ids, let hasCity):
            if judge(said, ids, hasCity: hasCity, index) { return }
        case .guessingCity(let city):
            if said.answer != nil, said.isBare {
                state.stage = .open
                guard said.answer == .yes else { return askCity(nil) }
                return list(city, index)
            }
        case .askingCity(let subject):
            if takeCity(said, subject, index) { return }
        case .open: break
        }
        state.stage = .open
        answer(said, isOffering: isOffering, index)
    }

    // MARK: - Commands

    mutating func takeOwnCommand(_ said: DirectoryUnderstanding) -> Bool {
        let isEnd = said.commands.contains(.goodbye) || said.commands.contains(.finished)
        return isEnd && said.isBare && takeFarewell(said)
    }

    mutating func startOver() {
        state.stage = .open
        state.more = []
        ask(.ask)
    }

    mutating func cancel(_ said: DirectoryUnderstanding) { startOver() }

    // MARK: - Questions

    private mutating func answer(
        _ said: DirectoryUnderstanding, isOffering: Bool, _ index: HospitalIndex
    ) {
        guard !index.hospitals.isEmpty else {
            progress()
            say(.empty)
            return ask(.anythingElse)
        }
        if said.isBare, said.asks.contains(.more) || isOffering && said.answer == .yes {
            return goOn(index)
        }
        if said.asks.contains(.elsewhere), !said.asks.contains(.check), !isSought(said, index) {
            return outOfScope()
        }
        if said.isBare, said.asks.contains(.address), !state.focus.isEmpty {
            return tellAddresses(said, index)
        }
        if !said.name.isEmpty {
            guard isAboutHospitals(said, index) else { return outOfScope() }
            let subject = DirectoryState.Subject(
                words: said.name, spoken: said.spokenName, phrase: said.phrase)
            return check(subject, said.city, index)
        }
        if let (subject, answer) = heardSubject(said, index) {
            return tell(answer, of: subject, said.city, index)
        }
        if let city = said.city {
            if said.follows, var subject = state.subject {
                // Its sound may have had another city in it.
                subject.phrase = []
                return check(subject, city, index)
            }
            return list(city, counts: said.asks.contains(.count), index)
        }
        let isTopical = said.asks.contains(.topic)
        if said.asks.contains(.nearby)
            || isTopical && !said.asks.isDisjoint(with: [.list, .seek, .count])
        {
            return askCity(nil)
        }
        close(said)
    }

    /// True when a hospital is looked for by a name in which other matters were heard ("the cost").
    private func isSought(_ said: DirectoryUnderstanding, _ index: HospitalIndex) -> Bool {
        guard said.asks.contains(.seek), said.name.count < 4 else {
            return said.asks.contains(.seek)
        }
        let subject = DirectoryState.Subject(
            words: said.name, spoken: said.spokenName, phrase: said.phrase)
        if case .unlikely = answer(subject, said.city?.place ?? .anywhere, index) { return false }
        return !said.name.isEmpty
    }

    /// What was asked for where its name was heard as small words ("is that nursing home in the
    /// network?" for Bhatt Nursing Home); nil where it sounds like no name.
    private func heardSubject(
        _ said: DirectoryUnderstanding, _ index: HospitalIndex
    ) -> (DirectoryState.Subject, DirectoryAnswer)? {
        guard said.asks.contains(.check), said.isPhraseOfOne else { return nil }
        let spoken = said.phrase.joined(separator: " ")
        let subject = DirectoryState.Subject(
            words: said.phrase, spoken: spoken, phrase: said.phrase)
        let answer = answer(subject, said.city?.place ?? .anywhere, index)
        if case .unlikely = answer { return nil }
        return (subject, answer)
    }

    /// True when words that name something are about a hospital: by what they ask, by being few, or
    /// by sounding like one.
    private func isAboutHospitals(_ said: DirectoryUnderstanding, _ index: HospitalIndex) -> Bool {
        if said.asks.contains(.topic) || said.asks.contains(.check) { return true }
        if said.asks.contains(.list), said.city != nil { return true }
        if said.asks.contains(.seek) { return true }
        let hits = index.search(said.name, in: said.city?.place ?? .anywhere)
        let score = hits.first?.score ?? 0
        if said.asks.contains(.address) || said.city != nil && !said.isQuestion {
            return score > 0 || said.name.count <= 4
        }
        return score >= HospitalIndex.sure || !said.isQuestion && score >= HospitalIndex.doubtful
    }

    /// Yes, no and thanks, where no question of the directory is open.
    private mutating func close(_ said: DirectoryUnderstanding) {
        if said.answer != .no || state.hasAnswered, takeFarewell(said) { return }
        if said.answer == .yes || said.weakCommands.contains(.greeting) {
            progress()
            return ask(.ask)
        }
        // Nothing but a remark that it repeats is a question of the conversation itself.
        if said.isQuestion, !said.weakCommands.contains(.repeatLast) { return outOfScope() }
        nothingUnderstood(said)
    }

    private mutating func outOfScope() {
        progress()
        state.stage = .open
        say(.outOfScope)
        ask(.ask)
    }
}
