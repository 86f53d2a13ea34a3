import Language
import Pipelines

/// Answers everything with one sentence, at once or after a set time. For benchmarks.
public struct FixedDialogue: DialogueEngine {
    public let name = "fixed"
    let text: String
    let greeting: String?
    let delayMs: Int

    public init(text: String, greeting: String? = nil, delayMs: Int = 0) {
        self.text = text
        self.greeting = greeting
        self.delayMs = delayMs
    }

    public func makeSession(call: CallInfo, loop: any CallLoop) -> any DialogueSession {
        FixedDialogueSession(
            text: text, greeting: greeting, delay: FixedDelay(loop: loop, milliseconds: delayMs))
    }
}

final class FixedDialogueSession: DialogueSession {
    let greeting: String?
    private let text: String
    private let delay: FixedDelay

    init(text: String, greeting: String?, delay: FixedDelay) {
        self.text = text
        self.greeting = greeting
        self.delay = delay
    }

    func completeness(of text: String) -> Completeness { .unknown }

    func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        // A benchmark's caller may be silent for as long as it likes.
        if case .silence = input { return output(.success(.end)) }
        delay.run { [text] in
            output(.success(.sentence(text)))
            output(.success(.end))
        }
    }

    func commit(turn: TurnID) {}
    func cancel(turn: TurnID) { delay.cancel() }
    func heard(turn: TurnID, text: String) {}
    // There is nothing to remember.
    var memory: String? { "" }
    func resume(from memory: String) -> Bool { memory.isEmpty }
    func close() { delay.close() }
}
