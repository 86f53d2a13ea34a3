import Pipelines

/// A call's loop on a settable clock. Nothing of it is safe from other threads: what a simulation does,
/// it does on one.
package final class SimulatedLoop: CallLoop, @unchecked Sendable {
    package let time: SimulatedTime

    package init(_ time: SimulatedTime) { self.time = time }

    package var nowNanos: UInt64 { time.nowNanos }

    package func execute(_ body: @escaping @Sendable () -> Void) {
        time.at(time.nowNanos) { body() }
    }

    package func makeTimer(_ body: @escaping () -> Void) -> SimulatedTimer {
        SimulatedTimer(time, body)
    }

    package func makeWakeup(_ body: @escaping () -> Void) -> SimulatedWakeup {
        SimulatedWakeup(time, body)
    }
}

/// A timer of a ``SimulatedLoop``.
package final class SimulatedTimer: CallTimer {
    private let time: SimulatedTime
    private var body: (() -> Void)?
    private var generation = 0

    fileprivate init(_ time: SimulatedTime, _ body: @escaping () -> Void) {
        self.time = time
        self.body = body
    }

    package func set(atNanos: UInt64) {
        generation += 1
        let set = generation
        time.at(atNanos) { [weak self] in
            guard let self, generation == set else { return }
            body?()
        }
    }

    package func set(afterMs: Int) { set(atNanos: time.nowNanos + UInt64(afterMs) * 1_000_000) }
    package func cancel() { generation += 1 }

    package func close() {
        cancel()
        body = nil
    }
}

/// A wake-up of a ``SimulatedLoop``.
package final class SimulatedWakeup: CallWakeup, @unchecked Sendable {
    private let time: SimulatedTime
    private var body: (() -> Void)?
    private var isDue = false

    fileprivate init(_ time: SimulatedTime, _ body: @escaping () -> Void) {
        self.time = time
        self.body = body
    }

    package func signal() {
        guard !isDue else { return }
        isDue = true
        time.after(ms: 0.03) { [weak self] in
            guard let self else { return }
            isDue = false
            body?()
        }
    }

    package func close() { body = nil }
}
