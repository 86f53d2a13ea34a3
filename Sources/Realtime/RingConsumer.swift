import Synchronization

/// The reading end of a ``SPSCRing``. One thread at a time may use it; it can be moved to another.
///
/// Nothing here blocks, locks or allocates.
public struct RingConsumer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let control: RingControl
    @usableFromInline let slots: UnsafeMutablePointer<Element>
    /// How many elements the ring holds: a power of two.
    public let capacity: Int
    /// Our own index; the shared copy is only ever stored.
    @usableFromInline var head: UInt
    /// The producer's index as last seen; the shared one is read only when this one says "too few".
    @usableFromInline var cachedTail: UInt

    init(
        control: RingControl, slots: UnsafeMutablePointer<Element>, capacity: Int, index: UInt
    ) {
        self.control = control
        self.slots = slots
        self.capacity = capacity
        head = index
        cachedTail = index
    }

    /// Moves the oldest elements into `destination`, as many as there are and fit, and returns how
    /// many that was: 0 when the ring is empty. What lies behind them in `destination` is
    /// untouched.
    @inlinable
    public mutating func read(into destination: UnsafeMutableBufferPointer<Element>) -> Int {
        let count = peek(into: destination)
        if count > 0 { release(count) }
        return count
    }

    /// Moves the oldest elements into `destination`, as many as there are and fit, and returns how
    /// many that was: 0 when the ring is empty. What lies behind them in `destination` is
    /// untouched.
    @inlinable
    public mutating func read(into destination: inout MutableSpan<Element>) -> Int {
        destination.withUnsafeMutableBufferPointer { read(into: $0) }
    }

    /// Copies the oldest elements like ``read(into:)-(UnsafeMutableBufferPointer<Element>)``, but
    /// leaves them in the ring; ``discard(_:)`` then frees their slots.
    @inlinable
    public mutating func peek(into destination: UnsafeMutableBufferPointer<Element>) -> Int {
        let count = min(destination.count, stock(for: destination.count))
        guard count > 0, let target = destination.baseAddress else { return 0 }
        let start = Int(bitPattern: head & UInt(bitPattern: capacity &- 1))
        let beforeWrap = min(count, capacity &- start)
        target.update(from: slots + start, count: beforeWrap)
        if count > beforeWrap {
            (target + beforeWrap).update(from: slots, count: count &- beforeWrap)
        }
        return count
    }

    /// Takes the oldest element, or returns nil when the ring is empty.
    @inlinable
    public mutating func tryPop() -> Element? {
        guard stock(for: 1) >= 1 else { return nil }
        let element = slots[Int(bitPattern: head & UInt(bitPattern: capacity &- 1))]
        release(1)
        return element
    }

    /// Drops the oldest `count` (0 or more) elements, or all there are if fewer, and returns how
    /// many that was. They are not counted as lost.
    @inlinable @discardableResult
    public mutating func discard(_ count: Int) -> Int {
        precondition(count >= 0, "a negative number of elements cannot be discarded")
        let dropped = min(count, stock(for: count))
        if dropped > 0 { release(dropped) }
        return dropped
    }

    /// How many elements can be read now; it only grows until the next read.
    @inlinable
    public var availableCount: Int {
        Int(bitPattern: control.tail.load(ordering: .relaxed) &- head)
    }

    /// Elements the producer could not write since the ring was made.
    @inlinable
    public var lostCount: UInt64 { control.lost.load(ordering: .relaxed) }

    /// Gives the `count` oldest slots back to the producer.
    @inlinable
    mutating func release(_ count: Int) {
        head &+= UInt(bitPattern: count)
        // Releasing: the producer may write over the slots only after our copies are done.
        control.head.store(head, ordering: .releasing)
    }

    /// Elements there are, as far as they matter for `wanted` of them.
    @inlinable
    mutating func stock(for wanted: Int) -> Int {
        let known = Int(bitPattern: cachedTail &- head)
        if known >= wanted { return known }
        // Acquiring: with the index we see the elements before it.
        cachedTail = control.tail.load(ordering: .acquiring)
        return Int(bitPattern: cachedTail &- head)
    }
}

extension RingConsumer: @unchecked Sendable where Element: Sendable {}
