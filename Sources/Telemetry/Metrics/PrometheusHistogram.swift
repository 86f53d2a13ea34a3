import Synchronization

/// A histogram with fixed upper bounds, written from any thread without locks.
///
/// Buckets are counted singly here and summed up when they are rendered, as the Prometheus text
/// format wants them.
package final class PrometheusHistogram: @unchecked Sendable {
    // The storage is fixed after init and every cell is atomic.

    package let bounds: [Double]
    private let cells: UnsafeMutablePointer<Atomic<Int>>
    /// The sum of all values in millionths, so that an integer can hold it.
    private let sumMillionths = Atomic<Int>(0)

    /// - Parameter bounds: upper bounds, ascending, in the metric's unit.
    package init(bounds: [Double]) {
        precondition(bounds == bounds.sorted() && !bounds.isEmpty, "bounds must ascend")
        self.bounds = bounds
        cells = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: bounds.count + 1)
        cells.deallocate()
    }

    /// Any thread; does not allocate or lock.
    package func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        cells[index].wrappingAdd(1, ordering: .relaxed)
        sumMillionths.wrappingAdd(Int((value * 1e6).rounded()), ordering: .relaxed)
    }

    package func render(_ name: String, help: String) -> String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
        var total = 0
        for (index, bound) in bounds.enumerated() {
            total += cells[index].load(ordering: .relaxed)
            text += "\(name)_bucket{le=\"\(Self.number(bound))\"} \(total)\n"
        }
        total += cells[bounds.count].load(ordering: .relaxed)
        text += "\(name)_bucket{le=\"+Inf\"} \(total)\n"
        text += "\(name)_sum \(Self.number(Double(sumMillionths.load(ordering: .relaxed)) / 1e6))\n"
        return text + "\(name)_count \(total)\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
