/// A settable clock with a queue of things to do at given times; equal times keep their order.
package final class SimulatedTime {
    private struct Event {
        var at: UInt64
        var sequence: Int
        var body: () -> Void

        func isBefore(_ other: Event) -> Bool {
            at != other.at ? at < other.at : sequence < other.sequence
        }
    }

    package private(set) var nowNanos: UInt64 = 1_000_000_000_000
    package let epochNanos: UInt64 = 1_000_000_000_000
    private var heap: [Event] = []
    private var sequence = 0

    package init() {}

    package var nowMs: Double { Double(nowNanos - epochNanos) / 1e6 }

    package func nanos(atMs ms: Double) -> UInt64 { epochNanos + UInt64(ms * 1e6) }

    package func ms(of nanos: UInt64) -> Double { (Double(nanos) - Double(epochNanos)) / 1e6 }

    package func at(_ nanos: UInt64, _ body: @escaping () -> Void) {
        sequence += 1
        heap.append(Event(at: max(nanos, nowNanos), sequence: sequence, body: body))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    package func after(ms: Double, _ body: @escaping () -> Void) {
        at(nowNanos + UInt64(ms * 1e6), body)
    }

    package func run(untilMs ms: Double) {
        let end = nanos(atMs: ms)
        while let first = heap.first, first.at <= end {
            let last = heap.removeLast()
            if !heap.isEmpty {
                heap[0] = last
                sink()
            }
            nowNanos = first.at
            first.body()
        }
        nowNanos = end
    }

    private func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
