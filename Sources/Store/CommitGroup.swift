import Realtime

/// Operations that wait for the database, taken together: one commit makes all that waited durable.
///
/// A disk takes as long to sync one order as a hundred. While it does, more operations come, and the
/// next commit is theirs. Each is a savepoint of its own, so that one that fails takes nothing of
/// the others with it; none is answered before the commit.
final class CommitGroup: Sendable {
    /// One operation: what it does, and who waits for it.
    struct Operation: Sendable {
        /// On the worker. Keeps its result; returns its error.
        var run: @Sendable (SQLConnection) -> StoreError?
        /// On the worker, once; an error tells that what was done did not last.
        var complete: @Sendable (StoreError?) -> Void
    }

    private struct Waiting {
        var operations: [Operation] = []
        var isDraining = false
    }

    /// Commits grow with the load up to this; it bounds how long the first has to wait for the last.
    static let countMax = 256

    private let waiting = Locked(Waiting())

    /// Queues an operation. Any thread.
    /// - Returns: whether somebody has to call ``drain(on:)``.
    func append(_ operation: Operation) -> Bool {
        waiting.withLock { waiting in
            waiting.operations.append(operation)
            defer { waiting.isDraining = true }
            return !waiting.isDraining
        }
    }

    /// Runs all that waits, in the order it came. On the worker.
    func drain(on connection: SQLConnection) {
        while let batch = next() {
            if batch.count == 1 {
                batch[0].complete(batch[0].run(connection))
            } else {
                run(batch, on: connection)
            }
        }
    }

    private func next() -> [Operation]? {
        waiting.withLock { waiting in
            guard !waiting.operations.isEmpty else {
                waiting.isDraining = false
                return nil
            }
            let batch = Array(waiting.operations.prefix(Self.countMax))
            waiting.operations.removeFirst(batch.count)
            return batch
        }
    }

    private func run(_ batch: [Operation], on connection: SQLConnection) {
        var failures: [StoreError?] = []
        do throws(StoreError) {
            try connection.transaction { () throws(StoreError) in
                for operation in batch {
                    failures.append(
                        try connection.savepoint { operation.run(connection) })
                }
            }
            for (operation, failure) in zip(batch, failures) { operation.complete(failure) }
        } catch  where failures.isEmpty && error.concernsAll {
            // To wait for the same lock or server again with each of them would take minutes.
            for operation in batch { operation.complete(error) }
        } catch {
            // Nothing of the group was kept: what had run is told so, the rest is tried by itself.
            for (index, operation) in batch.enumerated() {
                let hasRun = index < failures.count
                operation.complete(hasRun ? failures[index] ?? error : operation.run(connection))
            }
        }
    }
}

extension StoreError {
    /// True when no other operation would fare better.
    fileprivate var concernsAll: Bool {
        switch self {
        case .locked, .unreachable, .closed: true
        default: false
        }
    }
}
