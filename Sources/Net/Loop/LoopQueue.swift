import Synchronization

/// Something that waits in a loop's queue, linked through itself so that queueing allocates nothing
/// beyond the node.
class LoopNode {
    /// The node below on the stack; written by whoever pushes, read by the loop after it took all.
    fileprivate var next: UnsafeMutableRawPointer?

    /// Runs on the loop.
    func run() {}
}

/// A closure handed to `EventLoop.execute`.
final class LoopWork: LoopNode {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    override func run() {
        body()
    }
}

/// The queue of work for one loop: any thread pushes, the loop takes everything at once.
///
/// A Treiber stack that is only ever emptied as a whole, so a node cannot come back while another
/// thread still compares against it, and turned round after taking, so the order is first in, first
/// out over all threads.
final class LoopQueue: @unchecked Sendable {
    private let top = Atomic<UnsafeMutableRawPointer?>(nil)

    /// True when nothing waits. One relaxed load: cheap enough for every turn of the loop.
    var isEmpty: Bool {
        top.load(ordering: .relaxed) == nil
    }

    /// Adds a node and keeps it alive until it is taken. Any thread; does not lock or allocate.
    func push(_ node: LoopNode) {
        let pointer = Unmanaged.passRetained(node).toOpaque()
        var seen = top.load(ordering: .relaxed)
        while true {
            node.next = seen
            let result = top.weakCompareExchange(
                expected: seen, desired: pointer, successOrdering: .releasing,
                failureOrdering: .relaxed)
            if result.exchanged {
                return
            }
            seen = result.original
        }
    }

    /// Takes everything that waits and hands it over, oldest first. Loop only.
    func drain(_ body: (LoopNode) -> Void) {
        var taken = top.exchange(nil, ordering: .acquiring)
        var first: UnsafeMutableRawPointer?
        while let pointer = taken {
            let node = Unmanaged<LoopNode>.fromOpaque(pointer)
            taken = node._withUnsafeGuaranteedRef { node in
                let below = node.next
                node.next = first
                return below
            }
            first = pointer
        }
        while let pointer = first {
            let node = Unmanaged<LoopNode>.fromOpaque(pointer).takeRetainedValue()
            first = node.next
            body(node)
        }
    }
}
