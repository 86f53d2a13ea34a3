import CAllocationCounter
import CEchoFloor
import Realtime
import Wire

/// Something to do many times, with the least that could be done instead.
struct MicroComponent {
    let name: String
    /// What one operation is: "20 ms frame", "event", "request".
    let unit: String
    /// Operations of one round when the benchmark is not tiny.
    let count: Int
    /// It is on the audio path: an allocation is a fault.
    var isAllocationFree = true
    let floor: MicroFloor
    /// Does so many operations on the calling thread.
    let run: (Int) -> Void
    /// Looked at after the rounds: further figures, by name.
    var details: () -> [String: Double] = { [:] }
}

/// What a component cannot be cheaper than.
struct MicroFloor {
    let name: String
    let run: (Int) -> Void

    /// memcpy of as many bytes as the component moves.
    static func copy(_ byteCount: Int) -> MicroFloor {
        // Lives as long as the process: a benchmark has few.
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * byteCount)
        memory.initialize(repeating: 1, count: 2 * byteCount)
        return MicroFloor(name: "memcpy \(byteCount) B") { count in
            streamd_copy_floor(memory, memory + byteCount, byteCount, count)
        }
    }
}

/// One line of the table. Nanoseconds are CPU time where a socket is involved, else elapsed time.
struct MicroResult {
    var component: String
    var unit: String
    var nanos: Double
    var floor: String
    var floorNanos: Double
    var ratio: Double
    /// Per operation; nil where they are not counted.
    var allocations: Double?
    var isAllocationFree: Bool
    var details: [String: Double]

    var json: JSONValue {
        .object([
            .init("component", .string(component)), .init("unit", .string(unit)),
            .init("nanos", .number(nanos)), .init("floor", .string(floor)),
            .init("floorNanos", .number(floorNanos)), .init("ratio", .number(ratio)),
            .init("allocations", .optional(allocations)),
            .init("isAllocationFree", .bool(isAllocationFree)),
            .init(
                "details",
                .object(
                    details.sorted { $0.key < $1.key }
                        .map { .init($0.key, .number($0.value)) })),
        ])
    }
}

/// Measures components in rounds; component and floor take turns, and the median round counts.
struct MicroClock {
    var rounds: Int
    /// The operations of each round are divided by this.
    var divisor: Int

    func measure(_ component: MicroComponent) -> MicroResult {
        let count = max(1, component.count / divisor)
        var nanos: [Double] = []
        var floorNanos: [Double] = []
        var allocations: UInt64 = 0
        // Buffers grow to their working size, tables are made, caches warm.
        component.run(min(count, 200))
        component.floor.run(min(count, 200))
        for _ in 0..<rounds {
            let before = streamd_allocations_of_this_thread()
            let elapsed = time(count, component.run)
            allocations = max(allocations, streamd_allocations_of_this_thread() - before)
            nanos.append(elapsed)
            floorNanos.append(time(count, component.floor.run))
        }
        let floor = Self.median(floorNanos)
        let own = Self.median(nanos)
        return MicroResult(
            component: component.name, unit: component.unit, nanos: own,
            floor: component.floor.name, floorNanos: floor, ratio: own / max(floor, 0.01),
            allocations: streamd_allocations_are_counted()
                ? Double(allocations) / Double(count) : nil,
            isAllocationFree: component.isAllocationFree, details: component.details())
    }

    private func time(_ count: Int, _ work: (Int) -> Void) -> Double {
        let begin = MonotonicClock.nowNanos()
        work(count)
        return Double(MonotonicClock.nowNanos() - begin) / Double(count)
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// Keeps the compiler from leaving out work whose result nobody uses.
@inline(never)
func consume(_ value: Int) { consumed &+= value }

nonisolated(unsafe) private var consumed = 0
