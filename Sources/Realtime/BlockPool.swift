import Synchronization

/// A fixed number of memory blocks of one size, taken and given back from any thread without locks.
///
/// The free blocks form a stack (Treiber, IBM RJ 5118, 1986). Its head carries a counter beside the
/// index of the top block, which every change advances, so that a head that was popped and pushed
/// again in the meantime is not mistaken for the old one (the ABA problem; it would take 2³²
/// changes within one attempt). All memory is allocated at the start and freed with the pool;
/// blocks still out then are dangling, so keep the pool alive as long as its blocks.
public final class BlockPool: @unchecked Sendable {
    /// Blocks in all, and the usable bytes of each.
    public let blockCount: Int
    public let blockByteCount: Int

    private let strideBytes: Int
    private let memory: UnsafeMutableRawPointer
    /// For each block: which one lies below it on the stack, or `Self.out`.
    private let below: UnsafeMutablePointer<Atomic<UInt32>>
    /// Counter in the upper half, index of the top block (or `Self.none`) in the lower.
    private let top: Atomic<UInt64>
    private let padding = CacheLinePadding()
    private let exhausted = Atomic<UInt64>(0)
    private let free: Atomic<Int>

    private static let none = UInt32.max
    private static let out = UInt32.max - 1

    /// Allocates `blockCount` (1 or more) blocks of `blockByteCount` (1 or more) bytes, zeroed,
    /// each on cache lines of its own.
    public init(blockCount: Int, blockByteCount: Int) {
        precondition(blockCount >= 1 && blockCount < Int(Self.out), "1…2³²−3 blocks")
        precondition(blockByteCount >= 1, "a block has at least one byte")
        self.blockCount = blockCount
        self.blockByteCount = blockByteCount
        strideBytes = (blockByteCount + 63) & ~63
        memory = .allocate(byteCount: strideBytes * blockCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: strideBytes * blockCount)
        below = .allocate(capacity: blockCount)
        for index in 0..<blockCount {
            let next = index + 1 < blockCount ? UInt32(index + 1) : Self.none
            (below + index).initialize(to: Atomic(next))
        }
        top = Atomic(0)
        free = Atomic(blockCount)
    }

    deinit {
        below.deinitialize(count: blockCount)
        below.deallocate()
        memory.deallocate()
    }

    /// Takes a block, or returns nil when all are out, which is counted. Its bytes are what its
    /// last user left. Any thread; does not block or allocate.
    public func acquire() -> UnsafeMutableRawBufferPointer? {
        var seen = top.load(ordering: .acquiring)
        while true {
            let index = UInt32(truncatingIfNeeded: seen)
            guard index != Self.none else {
                exhausted.add(1, ordering: .relaxed)
                return nil
            }
            // May be stale, if another thread takes this block first: then the exchange fails.
            let next = below[Int(index)].load(ordering: .relaxed)
            let (exchanged, current) = top.weakCompareExchange(
                expected: seen, desired: Self.head(after: seen, index: next),
                successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
            if exchanged {
                below[Int(index)].store(Self.out, ordering: .relaxed)
                free.subtract(1, ordering: .relaxed)
                return UnsafeMutableRawBufferPointer(
                    start: memory + Int(index) * strideBytes, count: blockByteCount)
            }
            seen = current
        }
    }

    /// Gives a block back. Traps when it is not of this pool or is not out. Any thread; does not
    /// block or allocate.
    public func release(_ block: UnsafeMutableRawBufferPointer) {
        guard let start = block.baseAddress else { preconditionFailure("an empty block") }
        let (index, rest) = (start - memory).quotientAndRemainder(dividingBy: strideBytes)
        precondition(rest == 0 && index >= 0 && index < blockCount, "a block of another pool")
        let (wasOut, _) = below[index].compareExchange(
            expected: Self.out, desired: Self.none, ordering: .relaxed)
        precondition(wasOut, "a block given back twice")
        // Before the push, so that the count never falls below zero.
        free.add(1, ordering: .relaxed)
        var seen = top.load(ordering: .relaxed)
        while true {
            below[index].store(UInt32(truncatingIfNeeded: seen), ordering: .relaxed)
            // Releasing: the next user sees all that this one did to the block.
            let (exchanged, current) = top.weakCompareExchange(
                expected: seen, desired: Self.head(after: seen, index: UInt32(index)),
                successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
            if exchanged { return }
            seen = current
        }
    }

    /// Blocks not out; exact when no other thread is at work, else a moment old. Any thread.
    public var freeCount: Int { free.load(ordering: .relaxed) }

    /// How often ``acquire()`` found no block since the start. Any thread.
    public var exhaustedCount: UInt64 { exhausted.load(ordering: .relaxed) }

    private static func head(after seen: UInt64, index: UInt32) -> UInt64 {
        ((seen >> 32) &+ 1) << 32 | UInt64(index)
    }
}
