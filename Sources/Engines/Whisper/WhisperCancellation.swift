import Synchronization

/// A flag that a decode looks at between its steps.
final class WhisperCancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Any thread; takes effect within a few milliseconds.
    func cancel() { flag.store(true, ordering: .relaxed) }
    var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
