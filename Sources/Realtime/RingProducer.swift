import Synchronization

/// The writing end of a ``SPSCRing``. One thread at a time may use it; it can be moved to another.
///
/// Nothing here blocks, locks or allocates.
public struct RingProducer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let control: RingControl
    @usableFromInline let slots: UnsafeMutablePointer<Element>
    /// How many elements the ring holds: a power of two.
    public let capacity: Int
    /// Our own index; the shared copy is only ever stored.
    @usableFromInline var tail: UInt
    /// The consumer's index as last seen: the shared one is read only when this one says "full", so
    /// that its cache line is seldom taken from the consumer.
    @usableFromInline var cachedHead: UInt

    init(
        control: RingControl, slots: UnsafeMutablePointer<Element>, capacity: Int, index: UInt
    ) {
        self.control = control
        self.slots = slots
        self.capacity = capacity
        tail = index
        cachedHead = index
    }

    /// Writes as much of `source` as fits, in order, and returns how many elements that was. The
    /// rest is counted in ``lostCount``.
    @inlinable @discardableResult
    public mutating func write(_ source: UnsafeBufferPointer<Element>) -> Int {
        let wanted = source.count
        let written = min(wanted, room(for: wanted))
        if written > 0, let elements = source.baseAddress {
            let start = Int(bitPattern: tail & UInt(bitPattern: capacity &- 1))
            let beforeWrap = min(written, capacity &- start)
            (slots + start).update(from: elements, count: beforeWrap)
            if written > beforeWrap {
                slots.update(from: elements + beforeWrap, count: written &- beforeWrap)
            }
            tail &+= UInt(bitPattern: written)
            // Releasing: whoever sees the new index sees the elements.
            control.tail.store(tail, ordering: .releasing)
        }
        if written < wanted {
            let lost = control.lost.load(ordering: .relaxed)
            control.lost.store(lost &+ UInt64(wanted &- written), ordering: .relaxed)
        }
        return written
    }

    /// Writes as much of `source` as fits, in order, and returns how many elements that was. The
    /// rest is counted in ``lostCount``.
    @inlinable @discardableResult
    public mutating func write(_ source: Span<Element>) -> Int {
        source.withUnsafeBufferPointer { write($0) }
    }

    /// Writes one element, or returns false when the ring is full. A refusal is not counted as a
    /// loss: the caller still has the element.
    @inlinable
    public mutating func tryPush(_ element: Element) -> Bool {
        guard room(for: 1) >= 1 else { return false }
        slots[Int(bitPattern: tail & UInt(bitPattern: capacity &- 1))] = element
        tail &+= 1
        control.tail.store(tail, ordering: .releasing)
        return true
    }

    /// How many elements fit now; it only grows until the next write.
    @inlinable
    public var freeCount: Int {
        capacity &- Int(bitPattern: tail &- control.head.load(ordering: .relaxed))
    }

    /// Elements that ``write(_:)-(Span<Element>)`` could not take since the ring was made.
    @inlinable
    public var lostCount: UInt64 { control.lost.load(ordering: .relaxed) }

    /// Free slots as far as they matter for `wanted` elements.
    @inlinable
    mutating func room(for wanted: Int) -> Int {
        let known = capacity &- Int(bitPattern: tail &- cachedHead)
        if known >= wanted { return known }
        // Acquiring: the consumer has done with what it says it has read, before we write over it.
        cachedHead = control.head.load(ordering: .acquiring)
        return capacity &- Int(bitPattern: tail &- cachedHead)
    }
}

extension RingProducer: @unchecked Sendable where Element: Sendable {}
