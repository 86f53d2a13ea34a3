/// The memory of a dialogue that counts turns without progress.
protocol FailureCounting: Sendable {
    var failures: Int { get set }
}

/// One turn of a scripted dialogue: what all of them say in the same way.
protocol ScriptedTurn {
    associatedtype State: FailureCounting
    associatedtype Call: ScriptedToolCall

    var settings: AssistantSettings { get }
    var state: State { get set }
    var sentences: [String] { get set }
    var next: DialogueStep<State, Call>.Next { get set }

    /// Asks the open question once more.
    mutating func askAgain()
    /// Says what callers can be helped with.
    mutating func sayOutOfScope()
}

extension ScriptedTurn {
    /// Says what assistants of every kind say.
    mutating func sayShared(
        _ key: PromptKey, _ more: [String: String] = [:], variant: Int = 0
    ) {
        sentences += Prompts(settings).sentences(key, more, variant: variant)
    }

    /// Counts a turn without progress: asks differently, helps, and at last gives up.
    mutating func fail(isQuestion: Bool = false) {
        state.failures += 1
        guard state.failures < settings.failuresMax else {
            if settings.handOverNumber != nil { return handOver() }
            sayShared(.giveUp)
            next = .hangUp
            return
        }
        if isQuestion {
            sayOutOfScope()
        } else {
            sayShared(.notUnderstood, variant: state.failures - 1)
        }
        askAgain()
    }

    mutating func handOver() {
        guard let number = settings.handOverNumber else {
            sayShared(.noPerson)
            return askAgain()
        }
        sayShared(.handOver)
        next = .handOver(number: number)
    }
}

extension RestaurantState: FailureCounting {}
extension ServiceDeskState: FailureCounting {}
extension DirectoryState: FailureCounting {}
