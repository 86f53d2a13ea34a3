import Realtime

/// Turns that are being worked out, and who waits for them. The same webhook may come again while
/// the first is answered, and a slow turn is asked for again and again: one does the work, all get
/// its answer. Any thread; a short lock.
package final class PendingTurns: Sendable {
    /// The TwiML, or nil where the turn could not be kept and is to be asked for again.
    package typealias Waiter = @Sendable (String?) -> Void

    private let waiters = Locked<[String: [Waiter]]>([:])

    package init() {}

    /// Waits for a turn.
    /// - Returns: whether the caller is the first, who has to work it out and `finish` it.
    package func join(_ key: String, _ waiter: @escaping Waiter) -> Bool {
        waiters.withLock { waiters in
            waiters[key, default: []].append(waiter)
            return waiters[key]?.count == 1
        }
    }

    /// Turns that are being worked out.
    package var count: Int { waiters.withLock { $0.count } }

    /// Hands the answer to all who wait.
    package func finish(_ key: String, _ answer: String?) {
        let waiting = waiters.withLock { $0.removeValue(forKey: key) ?? [] }
        for waiter in waiting { waiter(answer) }
    }
}
