import Realtime

/// A part of the process that goes by what happens in calls: log, metrics, traces, records.
public protocol CallEventSubscriber: Sendable {
    /// Told on the call's loop, in the order of the events of a call: must neither wait nor take long.
    func took(_ event: CallEvent)
}

/// What happens in calls, told to all who want to know. Any thread.
///
/// Parts of the process that never wait are told at once, in the order in which they were given.
/// Others get a ``CallEventQueue``, which is bounded and counts what did not fit: nobody who looks on
/// can delay a call.
public final class CallEvents: Sendable {
    private let subscribers: [any CallEventSubscriber]
    private let queues = Locked<[CallEventQueue]>([])

    public init(subscribers: [any CallEventSubscriber]) { self.subscribers = subscribers }

    /// A short lock, some times a turn.
    public func publish(_ event: CallEvent) {
        for subscriber in subscribers { subscriber.took(event) }
        let open = queues.withLock { queues in
            queues.removeAll { $0.isClosed }
            return queues
        }
        for queue in open { queue.add(event) }
    }

    /// The events from now on, for somebody who takes them in their own time.
    /// - Parameters:
    ///   - capacity: events that wait at most; what comes while so many do is lost, and counted.
    ///   - onEvents: called on any thread when there is something again to be taken; must not wait.
    public func subscribe(
        capacity: Int, onEvents: @escaping @Sendable () -> Void = {}
    ) -> CallEventQueue {
        let queue = CallEventQueue(capacity: capacity, onEvents: onEvents)
        queues.withLock { $0.append(queue) }
        return queue
    }
}

/// Events that wait for one who looks on. Any thread; a short lock.
public final class CallEventQueue: Sendable {
    private struct State {
        var events: [CallEvent] = []
        var lostCount = 0
        var isClosed = false
    }
    private let state: Locked<State>
    private let capacity: Int
    private let onEvents: @Sendable () -> Void

    fileprivate init(capacity: Int, onEvents: @escaping @Sendable () -> Void) {
        precondition(capacity > 0, "a queue that holds something")
        self.capacity = capacity
        self.onEvents = onEvents
        var state = State()
        state.events.reserveCapacity(capacity)
        self.state = Locked(state)
    }

    fileprivate func add(_ event: CallEvent) {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            guard state.events.count < capacity else {
                state.lostCount += 1
                return false
            }
            state.events.append(event)
            return state.events.count == 1
        }
        if isFirst { onEvents() }
    }

    /// Takes what waits, oldest first, with the number of events that were lost since the last time;
    /// the newest ones are lost, so they came after what is taken now.
    public func take() -> (events: [CallEvent], lostCount: Int) {
        state.withLock { state in
            defer {
                state.events.removeAll(keepingCapacity: true)
                state.lostCount = 0
            }
            return (state.events, state.lostCount)
        }
    }

    /// No more events are kept.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.events = []
        }
    }

    fileprivate var isClosed: Bool { state.withLock { $0.isClosed } }
}
