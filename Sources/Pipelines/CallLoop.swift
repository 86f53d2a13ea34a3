/// The loop of a call: one thread that runs all that belongs to it, with time and timers.
///
/// The conversation and its engines need no more than this of a loop, so a network's loop will do,
/// and so will a settable clock. Everything that is bound to a call's loop is called there only.
public protocol CallLoop: AnyObject, Sendable {
    associatedtype Timer: CallTimer
    associatedtype Wakeup: CallWakeup

    /// Now, in nanoseconds of one monotonic clock. Any thread.
    var nowNanos: UInt64 { get }
    /// Runs the closure on the loop, after all that was handed over before; never at once. Any
    /// thread; may allocate; does not wait.
    func execute(_ body: @escaping @Sendable () -> Void)
    /// Makes a timer that is not set yet. On the loop.
    func makeTimer(_ body: @escaping () -> Void) -> Timer
    /// Makes a way for other threads to have `body` run on the loop. On the loop.
    func makeWakeup(_ body: @escaping () -> Void) -> Wakeup
}

/// A way for other threads to have a closure of a ``CallLoop`` run on it, over and over.
public protocol CallWakeup: AnyObject, Sendable {
    /// Asks for a call of the body on the loop; several before it comes are one. Any thread; never
    /// locks, waits or allocates; does nothing once it is closed.
    func signal()
    /// Drops the body, and whatever it holds on to. On the loop.
    func close()
}

/// A one-shot timer of a ``CallLoop`` that can be set again and again. On its loop only; while it is
/// set, the loop keeps it alive.
public protocol CallTimer: AnyObject {
    /// Fires once at this time of the loop's clock, in place of any time set before; a time that has
    /// passed fires at the loop's next turn.
    func set(atNanos: UInt64)
    /// Fires once after so many milliseconds from now.
    func set(afterMs: Int)
    /// Does not fire, until set again.
    func cancel()
    /// Cancels for good and drops the body, and whatever it holds on to.
    func close()
}
