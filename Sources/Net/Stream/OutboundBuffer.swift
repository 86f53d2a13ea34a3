/// Bytes on their way out: grows to what is needed, keeps its memory, and gives back the excess of
/// a peak. How much may be queued is decided by its owner.
struct OutboundBuffer: ~Copyable {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    /// Memory that is kept when the buffer is emptied.
    private static let keptBytesMax = 131_072
    private static let firstBytes = 512

    init() {}

    deinit {
        memory?.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// What is queued; valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory, count: count)
    }

    /// Adds bytes. Allocates only when more is queued than ever before (up to what is kept).
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let needed = count + bytes.count
        if needed > capacity {
            grow(to: needed)
        }
        memory?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count = needed
    }

    /// Forgets the bytes and keeps the memory, unless that is a lot.
    mutating func removeAll() {
        count = 0
        if capacity > Self.keptBytesMax {
            memory?.deallocate()
            memory = nil
            capacity = 0
        }
    }

    private mutating func grow(to needed: Int) {
        var wanted = max(capacity, Self.firstBytes)
        while wanted < needed {
            wanted *= 2
        }
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let memory {
            fresh.copyMemory(from: memory, byteCount: count)
            memory.deallocate()
        }
        memory = fresh
        capacity = wanted
    }
}
