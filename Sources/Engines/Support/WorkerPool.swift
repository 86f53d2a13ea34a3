import Foundation
import Realtime

/// Threads for heavy work that must not run on an event loop, fed in order of arrival.
///
/// The threads run at a lower priority than the loops, so that a busy machine delays a transcript
/// rather than everybody's audio. Submitting takes a short lock: once a turn, never once a frame.
public final class WorkerPool: Sendable {
    /// Names a job so that it can be taken back.
    public typealias JobID = UInt64

    private struct State {
        var jobs: [(id: JobID, body: @Sendable (_ worker: Int) -> Void)] = []
        var nextID: JobID = 1
        var runningCount = 0
        var isClosed = false
    }

    /// How much nicer the workers are than the loops (`nice`).
    static let niceness: Int32 = 5
    static let stackBytes = 8 << 20

    public let workerCount: Int
    public let queueMax: Int
    private let state = Locked(State())
    private let available = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - workerCount: threads.
    ///   - queueMax: jobs that may wait; more are refused.
    public init(name: String, workerCount: Int, queueMax: Int) {
        precondition(workerCount > 0 && queueMax > 0, "a pool needs a worker and a place to wait")
        self.workerCount = workerCount
        self.queueMax = queueMax
        for index in 0..<workerCount {
            let thread = Thread { [self] in
                _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
                work(index)
            }
            thread.name = "\(name)-\(index)"
            thread.stackSize = Self.stackBytes
            thread.start()
        }
    }

    /// Jobs that wait.
    public var queuedCount: Int { state.withLock { $0.jobs.count } }
    /// Jobs that run.
    public var runningCount: Int { state.withLock { $0.runningCount } }

    /// Any thread.
    /// - Returns: the job's name, or nil when the queue is full or the pool closed.
    public func submit(_ body: @escaping @Sendable (_ worker: Int) -> Void) -> JobID? {
        let id = state.withLock { state -> JobID? in
            guard !state.isClosed, state.jobs.count < queueMax else { return nil }
            let id = state.nextID
            state.nextID += 1
            state.jobs.append((id, body))
            return id
        }
        if id != nil { available.signal() }
        return id
    }

    /// Takes a waiting job back; one that runs or is done is left alone.
    public func withdraw(_ id: JobID) {
        state.withLock { state in state.jobs.removeAll { $0.id == id } }
    }

    /// Lets running jobs finish and drops the waiting ones.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.jobs = []
        }
        for _ in 0..<workerCount { available.signal() }
    }

    private func work(_ index: Int) {
        while true {
            available.wait()
            let (job, isClosed) = state.withLock {
                state -> ((@Sendable (Int) -> Void)?, Bool) in
                // A withdrawn job leaves its signal behind: the queue can be empty here.
                guard !state.jobs.isEmpty else { return (nil, state.isClosed) }
                state.runningCount += 1
                return (state.jobs.removeFirst().body, state.isClosed)
            }
            if let job {
                job(index)
                state.withLock { $0.runningCount -= 1 }
            } else if isClosed {
                return
            }
        }
    }

    /// One a core.
    public static var coreCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
