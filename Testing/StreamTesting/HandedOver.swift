import Realtime

/// Waits for a value that another thread hands over.
///
/// It goes through a lock that the thread sanitizer knows; it does not see that a continuation
/// orders what comes before its resumption and after.
package func handedOver<Value: Sendable>(
    _ body: (_ done: @escaping @Sendable (Value) -> Void) -> Void
) async -> Value {
    let box = HandedOver<Value>()
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        body { value in
            box.value.withLock { $0 = value }
            continuation.resume()
        }
    }
    guard let value = box.value.withLock({ $0 }) else { preconditionFailure("nothing came") }
    return value
}

private final class HandedOver<Value: Sendable>: Sendable {
    let value = Locked<Value?>(nil)
}
