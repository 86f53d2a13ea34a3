/// A settable clock with a queue of things to do at given times; equal times keep their order.
final class SimulatedTime {
    private struct Event {
        var at: UInt64
        var sequence: Int
        var body: () -> Void

        func isBefore(_ other: Event) -> Bool {
            at != other.at ? at < other.at : sequence < other.sequence
        }
    }

    private(set) var nowNanos: UInt64 = 1_000_000_000_000
    let epochNanos: UInt64 = 1_000_000_000_000
    private var heap: [Event] = []
    private var sequence = 0

    var nowMs: Double { Double(nowNanos - epochNanos) / 1e6 }

    func nanos(atMs ms: Double) -> UInt64 { epochNanos + UInt64(ms * 1e6) }

    func at(_ nanos: UInt64, _ body: @escaping () -> Void) {
        sequence += 1
        heap.append(Event(at: max(nanos, nowNanos), sequence: sequence, body: body))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    func after(ms: Double, _ body: @escaping () -> Void) {
        at(nowNanos + UInt64(ms * 1e6), body)
    }

    func run(untilMs ms: Double) {
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

/// SplitMix64: the same numbers from the same seed everywhere.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// Speech whose bytes say which word they belong to, so that who hears it knows what was said.
enum CodedSpeech {
    static let codeCount = 200
    static let silence: UInt8 = 0xFF
    static let noise: UInt8 = 0x70

    static func byte(code: Int) -> UInt8 {
        UInt8(code < 100 ? code : 0x80 + code - 100)
    }

    static func code(of byte: UInt8) -> Int? {
        switch byte {
        case 0..<100: Int(byte)
        case 0x80..<0x80 + 100: Int(byte) - 0x80 + 100
        default: nil
        }
    }
}
