import Realtime

/// Lets one after the other in, for each key: the messages of one customer are answered in the order
/// they came. Any thread; a short lock.
package final class KeyedQueue: Sendable {
    /// Who comes when so many wait is turned away.
    package static let waitingMax = 16

    private let queues = Locked<[String: [@Sendable () -> Void]]>([:])

    package init() {}

    /// Runs `body` now, or when those before it have left; it has to see to it that `leave` is called.
    /// - Returns: false where too many wait, and `body` is not run.
    package func enter(_ key: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case first, waiting, full }
        let place = queues.withLock { queues -> Place in
            guard let waiting = queues[key] else {
                queues[key] = []
                return .first
            }
            guard waiting.count < Self.waitingMax else { return .full }
            queues[key] = waiting + [body]
            return .waiting
        }
        if place == .first { body() }
        return place != .full
    }

    /// Keys of which somebody is inside.
    package var count: Int { queues.withLock { $0.count } }

    /// The one inside is done.
    package func leave(_ key: String) {
        let next = queues.withLock { queues -> (@Sendable () -> Void)? in
            guard var waiting = queues[key], !waiting.isEmpty else {
                queues[key] = nil
                return nil
            }
            let first = waiting.removeFirst()
            queues[key] = waiting
            return first
        }
        next?()
    }
}
