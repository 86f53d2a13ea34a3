import Glibc
import TestSupport

/// A network between the agent and the caller's telephone: it delays messages and, being TCP, never
/// lets one overtake another. No I/O and no clock. Copies each message.
///
/// Delays are exponential, cut off at three times the 99th percentile, and repeat with their seed.
package struct ArrivalJitter {
    private let scaleNanos: Double
    private let delayNanosMax: Double
    private var generator: SeededGenerator
    private var waiting: [(dueNanos: UInt64, bytes: [UInt8])] = []
    private var first = 0
    private var lastDueNanos: UInt64 = 0

    /// - Parameter p99Ms: one message in a hundred takes longer.
    package init(p99Ms: Double, seed: UInt64) {
        scaleNanos = p99Ms * 1e6 / log(100)
        delayNanosMax = p99Ms * 3e6
        generator = SeededGenerator(seed: seed)
    }

    /// When the oldest message arrives; nil when none is under way.
    package var nextNanos: UInt64? { first < waiting.count ? waiting[first].dueNanos : nil }

    /// A message was sent.
    package mutating func put(_ bytes: UnsafeRawBufferPointer, atNanos nanos: UInt64) {
        lastDueNanos = max(lastDueNanos, nanos + UInt64(min(delayNanosMax, nextDelayNanos())))
        waiting.append((lastDueNanos, Array(bytes)))
    }

    /// The oldest message, if it has arrived.
    package mutating func take(atNanos nanos: UInt64) -> [UInt8]? {
        guard let due = nextNanos, due <= nanos else { return nil }
        defer {
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            }
        }
        return waiting[first].bytes
    }

    private mutating func nextDelayNanos() -> Double {
        let uniform = Double(generator.next() >> 11) * 0x1p-53
        return -log(1 - uniform) * scaleNanos
    }
}
