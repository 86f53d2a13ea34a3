import Realtime

/// The way to a live call from anywhere: what it is, and commands to it. Any thread.
public final class CallHandle: Sendable {
    public let call: CallDescription
    /// Counts the legs that were ever registered: a call that was connected again has another.
    public let leg: UInt64
    private let perform: @Sendable (CallCommand, @escaping CallCommandCompletion) -> Void

    fileprivate init(
        _ call: CallDescription, leg: UInt64,
        perform: @escaping @Sendable (CallCommand, @escaping CallCommandCompletion) -> Void
    ) {
        self.call = call
        self.leg = leg
        self.perform = perform
    }

    /// Has the command done; returns at once. `completion` is called once, on any thread, also where
    /// the call ends before.
    public func send(_ command: CallCommand, completion: @escaping CallCommandCompletion) {
        if let fault = command.fault { return completion(.failure(fault)) }
        perform(command, completion)
    }

    /// Has the command done, and waits until it is.
    /// - Throws: why it was not done.
    public func send(_ command: CallCommand) async throws(CallCommandError) {
        let result = await withCheckedContinuation { continuation in
            send(command) { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}

/// The calls that are live now, whatever carries them. Any thread; a short lock, twice a call.
public final class CallRegistry: Sendable {
    private struct State {
        var handles: [UInt64: CallHandle] = [:]
        var legCount: UInt64 = 0
    }
    private let state = Locked(State())

    public init() {}

    /// Registers a leg of a call.
    /// - Parameter perform: does a command, from any thread, without waiting, and sees to it that the
    ///   completion is called once.
    /// - Returns: what takes it away again.
    public func add(
        _ call: CallDescription,
        perform: @escaping @Sendable (CallCommand, @escaping CallCommandCompletion) -> Void
    ) -> CallHandle {
        state.withLock { state in
            state.legCount += 1
            let handle = CallHandle(call, leg: state.legCount, perform: perform)
            state.handles[handle.leg] = handle
            return handle
        }
    }

    /// Registers a leg that takes no commands: what holds it has no way to the caller until they speak.
    public func add(_ call: CallDescription) -> CallHandle {
        add(call) { command, completion in
            completion(.failure(.unsupported(command: command.name, path: call.path)))
        }
    }

    /// Harmless for one that is gone.
    public func remove(_ handle: CallHandle) {
        state.withLock { $0.handles[handle.leg] = nil }
    }

    /// In the order they began; of several legs of one call the newest.
    public var all: [CallHandle] {
        let handles = state.withLock { $0.handles }
        var seen: Set<CallID> = []
        let newestFirst = handles.sorted { $0.key > $1.key }
        return newestFirst.compactMap { seen.insert($0.value.call.id).inserted ? $0.value : nil }
            .reversed()
    }

    /// The newest leg of a call; nil where it is not live.
    public subscript(id: CallID) -> CallHandle? {
        let handles = state.withLock { $0.handles }
        return handles.filter { $0.value.call.id == id }.max { $0.key < $1.key }?.value
    }
}
