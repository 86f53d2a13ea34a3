import Configuration
import Realtime

/// A call that is live, for people who look on.
package struct LiveCall: Sendable, Equatable {
    package var callSid: String
    package var assistantID: String
    /// Caller's and called number in E.164.
    package var from: String
    package var to: String
    package var path: CallPath
    /// Seconds since 1970-01-01T00:00Z.
    package var startedAt: Int64

    package init(
        callSid: String, assistantID: String = "", from: String = "", to: String = "",
        path: CallPath = .gather, startedAt: Int64 = 0
    ) {
        self.callSid = callSid
        self.assistantID = assistantID
        self.from = from
        self.to = to
        self.path = path
        self.startedAt = startedAt
    }
}

/// The calls that are live now, over streams and by `<Gather>`. Any thread; a short lock, twice a
/// call.
package final class LiveCalls: Sendable {
    /// Names one entry: a stream that was connected again has the CallSid of the broken one.
    package struct Ticket: Sendable, Hashable { fileprivate let number: UInt64 }

    private struct State {
        var calls: [Ticket: LiveCall] = [:]
        var counter: UInt64 = 0
    }
    private let state = Locked(State())

    package init() {}

    /// - Returns: what takes the call away again.
    package func add(_ call: LiveCall) -> Ticket {
        state.withLock { state in
            state.counter += 1
            let ticket = Ticket(number: state.counter)
            state.calls[ticket] = call
            return ticket
        }
    }

    /// Harmless for a call that is gone.
    package func remove(_ ticket: Ticket) { state.withLock { $0.calls[ticket] = nil } }

    /// In the order they began; of one CallSid the newest.
    package var all: [LiveCall] {
        let calls = state.withLock { $0.calls }
        var seen: Set<String> = []
        let newestFirst = calls.sorted { $0.key.number > $1.key.number }
        return newestFirst.compactMap { seen.insert($0.value.callSid).inserted ? $0.value : nil }
            .reversed()
    }

    package subscript(callSid: String) -> LiveCall? { all.last { $0.callSid == callSid } }
}
