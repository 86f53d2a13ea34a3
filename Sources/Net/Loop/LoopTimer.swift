/// A one-shot timer of a loop that can be set again and again without allocating.
///
/// Loop only. Timers fire in the order of their times, those with the same time in the order they
/// were set; never early. While it is set, the loop keeps it alive.
public final class LoopTimer {
    private let loop: EventLoop
    private var body: (() -> Void)?
    /// The place in the loop's heap, or -1 while not set.
    fileprivate(set) var heapIndex = -1

    init(loop: EventLoop, body: @escaping () -> Void) {
        self.loop = loop
        self.body = body
    }

    /// True while the timer waits to fire.
    public var isSet: Bool { heapIndex >= 0 }

    /// Fires once at the given time of CLOCK_MONOTONIC, in place of any time set before. A time
    /// that has passed fires at the next turn of the loop. Does not allocate once the loop's heap
    /// has grown to its working size.
    public func set(atNanos: UInt64) {
        precondition(loop.isCurrent, "LoopTimer.set() off its loop")
        guard body != nil else { return }
        loop.timers.set(self, atNanos: atNanos)
    }

    /// Fires once after the given number of milliseconds from now.
    public func set(afterMs: Int) {
        set(atNanos: loop.nowNanos &+ UInt64(max(0, afterMs)) &* 1_000_000)
    }

    /// Does not fire, until set again.
    public func cancel() {
        precondition(loop.isCurrent, "LoopTimer.cancel() off its loop")
        loop.timers.remove(self)
    }

    /// Cancels for good and drops the body, and whatever it holds on to.
    public func close() {
        cancel()
        body = nil
    }

    fileprivate func fire() {
        body?()
    }
}

/// The timers of one loop that are set: a binary heap over time and order of setting.
final class TimerHeap {
    private struct Entry {
        var atNanos: UInt64
        var order: UInt64
        var timer: Unmanaged<LoopTimer>

        func precedes(_ other: Entry) -> Bool {
            atNanos != other.atNanos ? atNanos < other.atNanos : order < other.order
        }
    }

    private var entries = ContiguousArray<Entry>()
    private var orderNext: UInt64 = 0

    init() {
        entries.reserveCapacity(256)
    }

    /// The time of the first timer, or `nil` when none is set.
    var firstNanos: UInt64? { entries.first?.atNanos }

    var count: Int { entries.count }

    func set(_ timer: LoopTimer, atNanos: UInt64) {
        orderNext += 1
        if timer.heapIndex >= 0 {
            let index = timer.heapIndex
            entries[index].atNanos = atNanos
            entries[index].order = orderNext
            settle(index)
        } else {
            timer.heapIndex = entries.count
            entries.append(
                Entry(atNanos: atNanos, order: orderNext, timer: .passRetained(timer)))
            siftUp(timer.heapIndex)
        }
    }

    func remove(_ timer: LoopTimer) {
        guard timer.heapIndex >= 0 else { return }
        detach(timer.heapIndex).release()
    }

    /// Fires what is due. A timer that is set again to a time already passed waits for the next
    /// turn, so that it cannot starve the sockets.
    func fireDue(nowNanos: UInt64) {
        let orderLast = orderNext
        while let first = entries.first, first.atNanos <= nowNanos, first.order <= orderLast {
            let timer = detach(0).takeRetainedValue()
            timer.fire()
        }
    }

    /// Lets go of every timer, when the loop ends.
    func removeAll() {
        while !entries.isEmpty {
            detach(entries.count - 1).release()
        }
    }

    private func detach(_ index: Int) -> Unmanaged<LoopTimer> {
        let timer = entries[index].timer
        let last = entries.count - 1
        if index != last {
            entries.swapAt(index, last)
            note(index)
        }
        entries.removeLast()
        if index != last {
            settle(index)
        }
        timer._withUnsafeGuaranteedRef { $0.heapIndex = -1 }
        return timer
    }

    private func note(_ index: Int) {
        entries[index].timer._withUnsafeGuaranteedRef { $0.heapIndex = index }
    }

    private func settle(_ index: Int) {
        if index > 0, entries[index].precedes(entries[(index - 1) / 2]) {
            siftUp(index)
        } else {
            siftDown(index)
        }
    }

    private func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index].precedes(entries[parent]) else { break }
            entries.swapAt(index, parent)
            note(index)
            index = parent
        }
        note(index)
    }

    private func siftDown(_ start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) {
                child += 1
            }
            guard entries[child].precedes(entries[index]) else { break }
            entries.swapAt(index, child)
            note(index)
            index = child
        }
        note(index)
    }
}
