import Daemon
import Dispatch
import Realtime
import Testing

/// What is done beside the listening socket, and who waits for it.
@Suite struct PreparationTests {
    private struct Fault: Error {}

    @Test func whoComesEarlyIsCalledAtTheEndAndOnce() async throws {
        let preparation = Preparation()
        let gate = DispatchSemaphore(value: 0)
        let calls = Locked(0)
        preparation.run([{ gate.wait() }, {}])
        preparation.whenEnded { calls.withLock { $0 += 1 } }
        guard case .running = preparation.state else {
            Issue.record("a step still runs")
            return
        }
        #expect(calls.withLock { $0 } == 0)
        gate.signal()
        try await Task.detached { try preparation.wait() }.value
        await withCheckedContinuation { done in preparation.whenEnded { done.resume() } }
        while calls.withLock({ $0 }) == 0 { await Task.yield() }
        #expect(calls.withLock { $0 } == 1)
    }

    @Test func stepsDoNotWaitForEachOther() async throws {
        let preparation = Preparation()
        let first = DispatchSemaphore(value: 0)
        let second = DispatchSemaphore(value: 0)
        preparation.run([
            {
                first.signal(); second.wait()
            },
            {
                second.signal(); first.wait()
            },
        ])
        try await Task.detached { try preparation.wait() }.value
    }

    @Test func aFailureIsKeptAndTheOtherStepsEnd() async throws {
        let preparation = Preparation()
        let isDone = Locked(false)
        preparation.run([{ throw Fault() }, { isDone.withLock { $0 = true } }])
        await #expect(throws: Fault.self) {
            try await Task.detached { try preparation.wait() }.value
        }
        #expect(isDone.withLock { $0 })
        guard case .failed = preparation.state else {
            Issue.record("the failure is not kept")
            return
        }
    }
}
