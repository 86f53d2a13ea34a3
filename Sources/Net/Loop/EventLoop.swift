import CStreamD
import CUV
import Glibc
import Realtime
import Synchronization

/// One thread that waits for sockets, timers and wake-ups, and runs what belongs to them.
///
/// A call lives its whole life on one loop, so nothing on its path needs a lock. The loop is also a
/// serial executor: an actor that names it as its `unownedExecutor` runs on the loop's thread.
/// Built on libuv; one timer descriptor serves all timers, to the nanosecond.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
    /// Names the loop and its thread in logs and debuggers; the thread's name is cut to 15 bytes.
    public let label: String

    let uvLoop: UnsafeMutablePointer<uv_loop_t>
    let timers = TimerHeap()
    /// Where sockets are read into, 64 KiB shared by all streams of the loop.
    let readBuffer: UnsafeMutableRawBufferPointer
    /// Where TLS is decrypted to, likewise shared.
    let plainBuffer: UnsafeMutableRawBufferPointer

    private let handles: LoopHandles
    private let queue = LoopQueue()
    private let threadID = Atomic<UInt>(0)
    private let stopRequested = Atomic<Bool>(false)
    private let thread = Locked<pthread_t?>(nil)
    /// What the timer descriptor is set to; 0 for nothing.
    private var armedNanos: UInt64 = 0
    private static let expired = UInt64.max
    private var resources: [ObjectIdentifier: any LoopResource] = [:]
    private var hasEnded = false

    /// Bytes read from a socket at once.
    static let readBytesMax = 65_536

    /// Makes a loop that does nothing until `start()`.
    public init(label: String) throws(NetError) {
        self.label = label
        handles = try LoopHandles()
        uvLoop = handles.loop
        readBuffer = .allocate(byteCount: Self.readBytesMax, alignment: 64)
        plainBuffer = .allocate(byteCount: Self.readBytesMax, alignment: 64)
        let me = Unmanaged.passUnretained(self).toOpaque()
        handles.start(
            data: me,
            async: { EventLoop.from($0?.pointee.data)?.drainQueue() },
            prepare: { EventLoop.from($0?.pointee.data)?.prepareToWait() },
            check: { EventLoop.from($0?.pointee.data)?.drainIfNeeded() },
            timer: { handle, _, _ in EventLoop.from(handle?.pointee.data)?.fireTimers() })
    }

    deinit {
        queue.drain { _ in }
        handles.close()
        readBuffer.deallocate()
        plainBuffer.deallocate()
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> EventLoop? {
        data.map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - Life

    /// Starts the loop's thread. Once.
    public func start() {
        thread.withLock { thread in
            precondition(thread == nil, "EventLoop.start() twice")
            var id = pthread_t()
            let me = Unmanaged.passRetained(self).toOpaque()
            let code = pthread_create(
                &id, nil,
                { argument in
                    if let argument {
                        Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().runThread()
                    }
                    return nil
                }, me)
            precondition(code == 0, "cannot start a thread for loop \(label)")
            thread = id
        }
    }

    /// Asks the loop to end: streams are closed, set timers dropped, and the thread ends after the
    /// callbacks that run now. Any thread; does not wait.
    public func stop() {
        stopRequested.store(true, ordering: .releasing)
        handles.wake()
    }

    /// Waits for the loop's thread to end. Any thread but the loop's own; returns at once when the
    /// loop was never started.
    public func join() {
        precondition(!isCurrent, "EventLoop.join() on the loop itself would never return")
        let id = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let id {
            pthread_join(id, nil)
        }
    }

    private func runThread() {
        threadID.store(UInt(pthread_self()), ordering: .releasing)
        streamd_thread_set_name(label)
        // libuv writes with write(2): a peer that went away must be an error code, not a signal.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        uv_run(uvLoop, UV_RUN_DEFAULT)
        hasEnded = true
        drainQueue()
        for resource in Array(resources.values) {
            resource.loopWillStop()
        }
        handles.closeStrangers()
        uv_run(uvLoop, UV_RUN_DEFAULT)
        resources.removeAll()
        timers.removeAll()
        threadID.store(0, ordering: .releasing)
    }

    // MARK: - Work

    /// True on the loop's own thread. Any thread.
    public var isCurrent: Bool {
        threadID.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Now, in nanoseconds of CLOCK_MONOTONIC. Any thread.
    public var nowNanos: UInt64 { uv_hrtime() }

    /// Runs the closure on the loop, after all that was handed over before, by any thread. Never
    /// runs it at once. Any thread; allocates; does not lock. Dropped when the loop has ended.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        push(LoopWork(body))
    }

    /// Makes a timer that is not set yet. Loop only.
    public func makeTimer(_ body: @escaping () -> Void) -> LoopTimer {
        precondition(isCurrent, "EventLoop.makeTimer() off the loop")
        return LoopTimer(loop: self, body: body)
    }

    /// Makes a wake-up whose body runs on the loop. Loop only.
    public func makeWakeup(_ body: @escaping () -> Void) -> LoopWakeup {
        precondition(isCurrent, "EventLoop.makeWakeup() off the loop")
        return LoopWakeup(loop: self, body: body)
    }

    /// Queues a node and sees to it that the loop comes by.
    func push(_ node: LoopNode) {
        queue.push(node)
        // The loop itself looks at the queue before it waits: no system call needed.
        if !isCurrent {
            handles.wake()
        }
    }

    /// Registers what has to be closed when the loop stops; held until removed. Loop only.
    func add(_ resource: any LoopResource) {
        resources[ObjectIdentifier(resource)] = resource
        if hasEnded {
            resource.loopWillStop()
        }
    }

    /// The reverse of `add`.
    func remove(_ resource: any LoopResource) {
        resources[ObjectIdentifier(resource)] = nil
    }

    // MARK: - Turns

    private func drainIfNeeded() {
        if !queue.isEmpty {
            drainQueue()
        }
    }

    private func drainQueue() {
        // Work that queues work may go on for a while before sockets get their turn, not for ever.
        var rounds = 0
        while !queue.isEmpty {
            queue.drain { $0.run() }
            rounds += 1
            if rounds == 16 {
                handles.wake()
                break
            }
        }
        if stopRequested.load(ordering: .acquiring), !hasEnded {
            handles.release()
            uv_stop(uvLoop)
        }
    }

    private func prepareToWait() {
        drainIfNeeded()
        let first = timers.firstNanos.map { max($0, 1) } ?? 0
        // A call's timer moves on with every frame. The descriptor stays at the earlier time, goes
        // off once in vain, and is set then: one system call for many frames instead of one each.
        let isEarlier = first != 0 && (armedNanos == 0 || first < armedNanos)
        if isEarlier || armedNanos == Self.expired {
            armedNanos = first
            streamd_timerfd_set(handles.timerDescriptor, first)
        }
    }

    private func fireTimers() {
        // Setting the descriptor anew also clears its expiry, so it is not read.
        armedNanos = Self.expired
        timers.fireDue(nowNanos: nowNanos)
    }
}

/// Something on a loop that has to close its handles when the loop stops.
protocol LoopResource: AnyObject {
    func loopWillStop()
}
