/// The last second of the caller's audio, from which the beginning of an utterance is taken once it
/// is known to be one. Fixed memory; nothing allocates after `init`.
struct CallerHistory: ~Copyable {
    static let sampleCount = 8192
    private let storage: UnsafeMutableBufferPointer<Int16>
    /// Samples received since the start of the call.
    private(set) var through: Int64 = 0

    init() {
        storage = .allocate(capacity: Self.sampleCount)
        storage.initialize(repeating: 0)
    }

    deinit { storage.deallocate() }

    mutating func append(_ samples: UnsafeBufferPointer<Int16>) {
        for sample in samples {
            storage[Int(through) & (Self.sampleCount - 1)] = sample
            through += 1
        }
    }

    /// Hands out what is kept from `position` on, in one or two pieces; older samples are left out.
    func forEachPiece(from position: Int64, _ body: (UnsafeBufferPointer<Int16>) -> Void) {
        var from = max(position, through - Int64(Self.sampleCount), 0)
        while from < through {
            let index = Int(from) & (Self.sampleCount - 1)
            let count = min(Int(through - from), Self.sampleCount - index)
            body(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage)[index..<index + count]))
            from += Int64(count)
        }
    }
}
