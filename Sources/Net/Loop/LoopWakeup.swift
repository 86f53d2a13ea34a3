import Synchronization

/// Wakes a loop from another thread, to say that something (a ring, a result) is ready.
///
/// Any number of signals before the loop gets round to it are one call of the body; a signal that
/// comes while the body runs leads to another call. What a thread wrote before it signalled is
/// visible to the body.
public final class LoopWakeup: Sendable {
    private let loop: EventLoop
    private let node: WakeupNode

    init(loop: EventLoop, body: @escaping () -> Void) {
        self.loop = loop
        self.node = WakeupNode(body: body)
    }

    /// Asks for a call of the body on the loop. Any thread; never locks, waits or allocates; does
    /// nothing once the wake-up is closed or the loop has ended.
    public func signal() {
        if !node.pending.exchange(true, ordering: .acquiringAndReleasing) {
            loop.push(node)
        }
    }

    /// Drops the body, and whatever it holds on to. Loop only.
    public func close() {
        precondition(loop.isCurrent, "LoopWakeup.close() off its loop")
        node.body = nil
    }
}

/// The link of a `LoopWakeup` in its loop's queue. `body` belongs to the loop.
final class WakeupNode: LoopNode, @unchecked Sendable {
    let pending = Atomic<Bool>(false)
    fileprivate(set) var body: (() -> Void)?

    init(body: @escaping () -> Void) {
        self.body = body
    }

    override func run() {
        // Cleared before the body runs, by a read-modify-write that pairs with the one in signal():
        // a signaller that still saw `true` has its writes seen by this call.
        _ = pending.exchange(false, ordering: .acquiringAndReleasing)
        body?()
    }
}
