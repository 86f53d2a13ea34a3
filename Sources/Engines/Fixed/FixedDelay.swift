import Pipelines

/// Runs one thing at once or after a set time on a loop; a new one replaces the one that waits.
final class FixedDelay {
    private let loop: any CallLoop
    private let milliseconds: Int
    private var timer: (any CallTimer)?
    private var pending: (() -> Void)?

    init(loop: any CallLoop, milliseconds: Int) {
        self.loop = loop
        self.milliseconds = milliseconds
    }

    func run(_ body: @escaping () -> Void) {
        guard milliseconds > 0 else { return body() }
        pending = body
        let timer = self.timer ?? loop.makeTimer { [weak self] in self?.fire() }
        self.timer = timer
        timer.set(atNanos: loop.nowNanos + UInt64(milliseconds) * 1_000_000)
    }

    func cancel() {
        pending = nil
        timer?.cancel()
    }

    func close() {
        cancel()
        timer?.close()
        timer = nil
    }

    private func fire() {
        let body = pending
        pending = nil
        body?()
    }
}
