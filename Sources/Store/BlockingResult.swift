import Dispatch

/// Waits on a thread of its own for the outcome of a store operation; not for loops.
package final class BlockingResult<Value: Sendable>: @unchecked Sendable {
    // Written once before the signal, read after it.
    private var result: Result<Value, StoreError>?
    private let done = DispatchSemaphore(value: 0)

    package init() {}

    /// Starts an operation and waits for what comes of it.
    package static func of(_ operation: (@escaping StoreCompletion<Value>) -> Void) throws -> Value
    {
        let outcome = BlockingResult<Value>()
        operation(outcome.take)
        return try outcome.get()
    }

    package func take(_ result: Result<Value, StoreError>) {
        self.result = result
        done.signal()
    }

    package func get() throws -> Value {
        done.wait()
        guard let result else { preconditionFailure("the signal comes after the result") }
        return try result.get()
    }
}
