import DSP

/// The caller's audio since the utterance began: linear samples at 8 kHz, up to a limit.
///
/// Memory is touched page by page as utterances grow, so a call pays only for its longest one.
/// Bound to the call's loop.
package final class UtteranceBuffer {
    private let storage: UnsafeMutableBufferPointer<Int16>
    package private(set) var count = 0
    /// Samples beyond the longest utterance that is kept.
    package private(set) var droppedCount = 0

    /// - Parameter msMax: the longest utterance that is kept, in milliseconds.
    package init(msMax: Int) {
        storage = .allocate(capacity: CallAudio.listening.sampleCount(ms: msMax))
    }

    deinit { storage.deallocate() }

    package func removeAll() { count = 0 }

    /// Does not allocate, lock or wait.
    package func append(_ samples: UnsafeBufferPointer<Int16>) {
        let taken = min(samples.count, storage.count - count)
        droppedCount += samples.count - taken
        guard taken > 0, let source = samples.baseAddress, let target = storage.baseAddress
        else { return }
        (target + count).update(from: source, count: taken)
        count += taken
    }

    /// A copy; allocates.
    package var samples: [Int16] { Array(storage[..<count]) }

    package func withSamples(_ body: (UnsafeBufferPointer<Int16>) -> Void) {
        body(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage)[..<count]))
    }
}
