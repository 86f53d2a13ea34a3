extension EventLoop {
    /// Queues a job of an actor that lives on this loop. Any thread; allocates one node.
    public func enqueue(_ job: consuming ExecutorJob) {
        push(LoopJob(UnownedJob(job), on: self))
    }

    /// The reference that an actor returns from its `unownedExecutor`.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Traps off the loop, so that `assumeIsolated` is right.
    public func checkIsolated() {
        precondition(isCurrent, "not on event loop \(label)")
    }

    /// Says whether the caller is on the loop, without trapping.
    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }
}

/// A job of Swift's runtime in a loop's queue.
private final class LoopJob: LoopNode {
    private let job: UnownedJob
    private unowned let loop: EventLoop

    init(_ job: UnownedJob, on loop: EventLoop) {
        self.job = job
        self.loop = loop
    }

    override func run() {
        job.runSynchronously(on: loop.asUnownedSerialExecutor())
    }
}

/// A value that belongs to a loop, carried through code that is checked for data races.
///
/// It can be handed to any thread, and looked into on its loop only.
public struct LoopBound<Value>: @unchecked Sendable {
    /// Where the value may be looked into.
    public let loop: EventLoop
    private let stored: Value

    /// Wraps a value. Any thread; the value must not be used elsewhere at the same time.
    public init(_ value: Value, loop: EventLoop) {
        self.stored = value
        self.loop = loop
    }

    /// The value. Traps off the loop.
    public var value: Value {
        precondition(loop.isCurrent, "a value of event loop \(loop.label) used off it")
        return stored
    }
}
