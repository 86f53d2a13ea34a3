import Dispatch
import Foundation
import Realtime

/// The work that is done once, beside the listening socket: models warmed up, greetings spoken, records
/// seeded, indexes built. Webhooks that come meanwhile wait for its end. Any thread.
package final class Preparation: Sendable {
    /// How far the preparation has got.
    package enum State: Sendable {
        case running
        case done
        case failed(any Error)
    }

    private struct Inside {
        var state = State.running
        var waiting: [@Sendable () -> Void] = []
    }
    private let inside = Locked(Inside())
    private let ended = DispatchGroup()

    package init() { ended.enter() }

    package var state: State { inside.withLock { $0.state } }

    /// Runs the steps beside each other and returns at once; the first failure is kept.
    ///
    /// - Parameter completion: called once, on a thread of its own, when all have ended.
    package func run(
        _ steps: [@Sendable () throws -> Void],
        completion: @escaping @Sendable (State) -> Void = { _ in }
    ) {
        let failure = Locked<(any Error)?>(nil)
        let group = DispatchGroup()
        for step in steps {
            group.enter()
            // A step waits for synthesisers and databases: each has a thread, so that none keeps
            // another from beginning.
            Thread.detachNewThread {
                do { try step() } catch { failure.withLock { $0 = $0 ?? error } }
                group.leave()
            }
        }
        Thread.detachNewThread { [self] in
            group.wait()
            let state = failure.withLock { $0.map(State.failed) ?? .done }
            end(state)
            completion(state)
        }
    }

    private func end(_ state: State) {
        let waiting = inside.withLock { inside in
            inside.state = state
            defer { inside.waiting = [] }
            return inside.waiting
        }
        ended.leave()
        for body in waiting { body() }
    }

    /// Runs `body` when the preparation has ended, however it did: now, on this thread, where that
    /// is past; else on a thread of the preparation.
    package func whenEnded(_ body: @escaping @Sendable () -> Void) {
        let isPast = inside.withLock { inside in
            if case .running = inside.state {
                inside.waiting.append(body)
                return false
            }
            return true
        }
        if isPast { body() }
    }

    /// Blocks until the preparation has ended.
    /// - Throws: what the first step that failed threw.
    package func wait() throws {
        ended.wait()
        if case .failed(let error) = state { throw error }
    }
}
