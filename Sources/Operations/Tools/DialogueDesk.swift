import Dispatch
import Net
import Pipelines
import Realtime

/// A conversation by text with any dialogue engine, on a loop of its own: every line is a committed turn
/// that is heard to its end. For one thread; its methods block.
final class DialogueDesk {
    /// The reply to one line.
    struct Reply: Sendable, Equatable {
        var sentences: [String] = []
        var hangsUp = false
        var handOverNumber: String?
        var error: String?

        var text: String { sentences.joined(separator: " ") }
        var isLast: Bool { hangsUp || handOverNumber != nil || error != nil }
    }

    private let loop: EventLoop
    private let session: LoopBound<any DialogueSession>
    private var turn = 0

    init(_ engine: any DialogueEngine, call: CallInfo) throws {
        let loop = try EventLoop(label: "dialogue")
        loop.start()
        self.loop = loop
        session = Self.value(on: loop) {
            LoopBound(engine.makeSession(call: call, loop: loop), loop: loop)
        }
    }

    var greeting: String? { Self.value(on: loop) { [session] in session.value.greeting } }

    /// Says a line and waits for the whole reply.
    func say(_ line: String) -> Reply {
        turn += 1
        let turn = turn
        let reply = Locked(Reply())
        let isDone = DispatchSemaphore(value: 0)
        loop.execute { [session] in
            session.value.respond(to: .speech(Transcript(text: line)), turn: turn) { result in
                let ends = reply.withLock { $0.take(result) }
                if ends { isDone.signal() }
            }
            session.value.commit(turn: turn)
        }
        isDone.wait()
        let whole = reply.withLock { $0 }
        loop.execute { [session] in session.value.heard(turn: turn, text: whole.text) }
        return whole
    }

    func close() {
        Self.value(on: loop) { [session] in session.value.close() }
        loop.stop()
        loop.join()
    }

    private static func value<Value: Sendable>(
        on loop: EventLoop, _ body: @escaping @Sendable () -> Value
    ) -> Value {
        let found = Locked<Value?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        loop.execute {
            let value = body()
            found.withLock { $0 = value }
            isDone.signal()
        }
        isDone.wait()
        guard let value = found.withLock({ $0 }) else {
            preconditionFailure("the signal comes after the value")
        }
        return value
    }
}

extension DialogueDesk.Reply {
    /// - Returns: whether the reply is whole.
    fileprivate mutating func take(_ result: Result<ReplyPart, StageError>) -> Bool {
        switch result {
        case .success(.sentence(let text)): sentences.append(text)
        // By text nobody hears it: what is known of its words stands for it.
        case .success(.speech(let clip)): sentences.append(clip.transcript)
        case .success(.hangUp): hangsUp = true
        case .success(.handOver(let number)): handOverNumber = number
        case .success(.end): return true
        case .failure(let failure):
            error = failure.description
            return true
        }
        return false
    }
}
