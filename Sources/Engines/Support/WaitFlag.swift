import Dispatch

/// Blocks a thread until another says go; for the command line, tests and shutdown only.
final class WaitFlag: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func set() { semaphore.signal() }
    func wait() { semaphore.wait() }
}
