/// Cuts a stream that comes in blocks of any size into frames of one size, without allocating.
///
/// One per stream, used by one thread at a time. Whole frames inside a block are passed on where
/// they lie; only what straddles two blocks is copied.
public struct FrameChunker<Element: BitwiseCopyable>: ~Copyable {
    /// Elements per frame.
    public let frameCount: Int
    /// Elements that wait for the rest of their frame, 0 ..< `frameCount`.
    public private(set) var pendingCount = 0
    @usableFromInline let pending: UnsafeMutablePointer<Element>

    /// Makes room for one frame; `frameCount` must be positive.
    @inlinable
    public init(frameCount: Int) {
        precondition(frameCount > 0, "a frame holds at least one element")
        self.frameCount = frameCount
        pending = .allocate(capacity: frameCount)
    }

    deinit {
        pending.deallocate()
    }

    /// Takes a block and calls `emit` with every frame that is complete; the frame is valid only
    /// during the call.
    @inlinable
    public mutating func push(
        _ block: UnsafeBufferPointer<Element>, emit: (UnsafeBufferPointer<Element>) -> Void
    ) {
        guard var next = block.baseAddress else { return }
        var left = block.count
        if pendingCount > 0 {
            let count = min(left, frameCount - pendingCount)
            (pending + pendingCount).update(from: next, count: count)
            setPending(pendingCount + count)
            next += count
            left -= count
            guard pendingCount == frameCount else { return }
            setPending(0)
            emit(UnsafeBufferPointer(start: pending, count: frameCount))
        }
        while left >= frameCount {
            emit(UnsafeBufferPointer(start: next, count: frameCount))
            next += frameCount
            left -= frameCount
        }
        if left > 0 {
            pending.update(from: next, count: left)
            setPending(left)
        }
    }

    /// Emits what waits as one frame filled up with `padding`, or nothing if nothing waits.
    @inlinable
    public mutating func flush(
        padding: Element, emit: (UnsafeBufferPointer<Element>) -> Void
    ) {
        guard pendingCount > 0 else { return }
        for index in pendingCount..<frameCount {
            pending[index] = padding
        }
        setPending(0)
        emit(UnsafeBufferPointer(start: pending, count: frameCount))
    }

    /// Drops what waits.
    public mutating func reset() {
        pendingCount = 0
    }

    @usableFromInline mutating func setPending(_ count: Int) {
        pendingCount = count
    }
}
