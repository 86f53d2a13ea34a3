import Foundation

/// Async work for programs that go step by step.
enum Blocking {
    /// Runs async work from the main thread, and waits for it.
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let box = ValueBox<Value>()
        Task {
            box.value = await body()
            done.signal()
        }
        done.wait()
        guard let value = box.value else { preconditionFailure("the work has ended") }
        return value
    }

    static func waitThrowing<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        try wait { await Result(catching: body) }.get()
    }
}

/// Written by one task before a semaphore, read after it.
private final class ValueBox<Value>: @unchecked Sendable {
    var value: Value?
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
