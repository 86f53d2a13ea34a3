import Synchronization

/// Room that keeps two words off each other's cache line; two lines wide because the prefetcher of
/// current x86 processors fetches lines in pairs.
@usableFromInline
struct CacheLinePadding {
    let words = InlineArray<16, UInt64>(repeating: 0)

    init() {}
}

/// The state that both ends of a ring share: the two indices, the count of losses and the memory
/// itself.
///
/// Indices count elements from the ring's start and wrap around at the word's size; a slot is the
/// index modulo the capacity. The class is not generic, so that its layout is fixed and its fields
/// are reached without metadata.
@usableFromInline
final class RingControl: @unchecked Sendable {
    let paddingBeforeTail = CacheLinePadding()
    /// Where the producer writes next. Written by the producer only.
    @usableFromInline let tail: Atomic<UInt>
    /// Elements that did not fit. Written by the producer only, so it shares its line.
    @usableFromInline let lost = Atomic<UInt64>(0)
    let paddingBetween = CacheLinePadding()
    /// Where the consumer reads next. Written by the consumer only.
    @usableFromInline let head: Atomic<UInt>
    let paddingAfterHead = CacheLinePadding()
    @usableFromInline let memory: UnsafeMutableRawPointer

    @usableFromInline
    init(byteCount: Int, alignment: Int, firstIndex: UInt) {
        tail = Atomic(firstIndex)
        head = Atomic(firstIndex)
        memory = .allocate(byteCount: byteCount, alignment: alignment)
        // Fresh pages are mapped now and not on the audio path.
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { memory.deallocate() }
}
