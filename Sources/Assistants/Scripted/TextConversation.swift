import Dispatch
import Language
import Pipelines

/// A conversation by text: the caller's lines in, the assistant's sentences out. For terminals and
/// tests; every line is a committed turn that is heard to its end.
///
/// Its methods block until the reply is there; call them from one thread, not from a loop.
public final class TextConversation: @unchecked Sendable {
    /// The reply to one turn.
    public struct Reply: Sendable, Equatable {
        public var sentences: [String] = []
        public var hangsUp = false
        public var handOverNumber: String?
        public var error: String?

        /// All sentences in one line.
        public var text: String { sentences.joined(separator: " ") }
        public var isLast: Bool { hangsUp || handOverNumber != nil || error != nil }
    }

    /// What is said first; nil where the caller begins.
    public let greeting: String?
    private let loop = DispatchQueue(label: "streamd.text")
    private let session: any DialogueSession
    private var turn = 0

    public init(engine: ScriptedDialogueEngine, call: CallInfo) {
        let loop = self.loop
        session = loop.sync { engine.makeSession(call: call) { work in loop.async { work() } } }
        greeting = session.greeting
    }

    /// Says a line; blocks for the reply.
    public func say(_ text: String) -> Reply { hear(.speech(Transcript(text: text))) }

    /// Takes any input; blocks for the reply.
    public func hear(_ input: CallerInput) -> Reply {
        turn += 1
        let reply = begin(input, turn: turn, commits: true).wait()
        let text = reply.text
        loop.sync { session.heard(turn: turn, text: text) }
        return reply
    }

    /// Judges words that are still being said.
    public func completeness(of text: String) -> Completeness {
        loop.sync { session.completeness(of: text) }
    }

    /// Ends the conversation, as when the caller hangs up.
    public func close() { loop.sync { session.close() } }

    // MARK: - Turns by their steps, for tests of speculation

    /// A reply that comes in.
    package final class Pending: @unchecked Sendable {
        private let ended = DispatchSemaphore(value: 0)
        private let lock = DispatchQueue(label: "streamd.text.reply")
        private var reply = Reply()

        fileprivate func take(_ result: Result<ReplyPart, StageError>) {
            lock.sync {
                switch result {
                case .success(.sentence(let text)): reply.sentences.append(text)
                case .success(.speech(let clip)): reply.sentences.append(clip.transcript)
                case .success(.hangUp): reply.hangsUp = true
                case .success(.handOver(let number)): reply.handOverNumber = number
                case .success(.end): ended.signal()
                case .failure(let error):
                    reply.error = error.description
                    ended.signal()
                }
            }
        }

        /// What has come so far.
        package var soFar: Reply { lock.sync { reply } }
        package func wait() -> Reply {
            ended.wait()
            return soFar
        }
    }

    package func begin(_ input: CallerInput, turn: TurnID, commits: Bool) -> Pending {
        let pending = Pending()
        loop.sync {
            session.respond(to: input, turn: turn) { pending.take($0) }
            if commits { session.commit(turn: turn) }
        }
        return pending
    }

    package func commit(turn: TurnID) { loop.sync { session.commit(turn: turn) } }
    package func cancel(turn: TurnID) { loop.sync { session.cancel(turn: turn) } }
    package func heard(turn: TurnID, text: String) {
        loop.sync { session.heard(turn: turn, text: text) }
    }

    // MARK: - Turns of another engine

    /// What a caller said to another engine, what that said, and what its tools did.
    package struct FollowedTurn {
        let turn: TurnID
        let text: String
        let reply: String
        let actions: [DialogueAction]

        package init(
            _ turn: TurnID, _ text: String, reply: String, actions: [DialogueAction] = []
        ) {
            self.turn = turn
            self.text = text
            self.reply = reply
            self.actions = actions
        }
    }

    package func overheard(_ text: String, turn: TurnID, reply: String) {
        loop.sync {
            session.overheard(.speech(Transcript(text: text)), turn: turn, reply: reply)
        }
    }
    package func witnessed(_ actions: [DialogueAction], turn: TurnID) {
        loop.sync { session.witnessed(actions, turn: turn) }
    }
    /// Turns of another engine that all come before anything that is looked up for them is there.
    package func follow(_ turns: [FollowedTurn]) {
        loop.sync {
            for turn in turns {
                let input = CallerInput.speech(Transcript(text: turn.text))
                session.overheard(input, turn: turn.turn, reply: turn.reply)
                if !turn.actions.isEmpty { session.witnessed(turn.actions, turn: turn.turn) }
            }
        }
    }
    /// What another conversation takes up where this one stops.
    package var memory: String? { loop.sync { session.memory } }
    /// Goes on where another stopped, before anything is said.
    package func resume(from memory: String) -> Bool { loop.sync { session.resume(from: memory) } }
    package func takeActions() -> [DialogueAction] { loop.sync { session.takeActions() } }
}
