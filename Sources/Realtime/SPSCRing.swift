/// A bounded first-in-first-out queue between exactly two threads, without locks.
///
/// ```swift
/// var ring = SPSCRing<Int16>.make(minimumCapacity: 8_000)
/// var producer = ring.takeProducer()      // moves to the writing thread
/// var consumer = ring.takeConsumer()      // moves to the reading thread
/// ```
///
/// When the ring is full, what fits is written and the rest is counted as lost; when it is empty,
/// a read returns 0. Nothing but ``make(minimumCapacity:)`` allocates; nothing ever waits. The
/// memory is freed when both handles are gone. Elements are plain bits (`BitwiseCopyable`), so that
/// blocks are copied as memory and nothing has to be destroyed.
public enum SPSCRing<Element: BitwiseCopyable> {
    /// Makes a ring of at least `minimumCapacity` (1 or more) elements, rounded up to a power of
    /// two; all of its capacity can be used. Allocates.
    @inlinable
    public static func make(minimumCapacity: Int) -> SPSCRingPair<Element> {
        make(minimumCapacity: minimumCapacity, firstIndex: 0)
    }

    /// Makes a ring whose indices start at `firstIndex`, so that a test can see them wrap around.
    @usableFromInline
    package static func make(
        minimumCapacity: Int, firstIndex: UInt
    ) -> SPSCRingPair<Element> {
        precondition(minimumCapacity >= 1, "a ring holds at least one element")
        precondition(minimumCapacity <= 1 << 40, "a ring of this size cannot be meant")
        var capacity = 1
        while capacity < minimumCapacity { capacity <<= 1 }
        let control = RingControl(
            byteCount: capacity * MemoryLayout<Element>.stride,
            // Own cache lines: a neighbour on the heap must not share one with the samples.
            alignment: max(128, MemoryLayout<Element>.alignment),
            firstIndex: firstIndex)
        let slots = control.memory.bindMemory(to: Element.self, capacity: capacity)
        return SPSCRingPair(
            producer: RingProducer(
                control: control, slots: slots, capacity: capacity, index: firstIndex),
            consumer: RingConsumer(
                control: control, slots: slots, capacity: capacity, index: firstIndex))
    }
}

/// A fresh ring's two ends, each to be taken once.
public struct SPSCRingPair<Element: BitwiseCopyable>: ~Copyable {
    private var producer: RingProducer<Element>?
    private var consumer: RingConsumer<Element>?

    init(producer: consuming RingProducer<Element>, consumer: consuming RingConsumer<Element>) {
        self.producer = consume producer
        self.consumer = consume consumer
    }

    /// The writing end. Traps when it was taken before.
    public mutating func takeProducer() -> RingProducer<Element> {
        guard let taken = producer.take() else {
            preconditionFailure("a ring has one producer, and it was taken before")
        }
        return taken
    }

    /// The reading end. Traps when it was taken before.
    public mutating func takeConsumer() -> RingConsumer<Element> {
        guard let taken = consumer.take() else {
            preconditionFailure("a ring has one consumer, and it was taken before")
        }
        return taken
    }
}

extension SPSCRingPair: Sendable where Element: Sendable {}
