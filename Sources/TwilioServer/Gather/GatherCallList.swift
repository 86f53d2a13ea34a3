import Calls
import Realtime

/// Calls that are held turn by turn, as far as they count as live: from the first webhook to the
/// goodbye, the status callback, or a silence in which nobody is there any more. Any thread.
package final class GatherCallList: Sendable {
    private let admission: Admission
    private let idleNanos: UInt64
    private let registry: CallRegistry

    private struct Entry {
        /// When the call was last heard of.
        var heardNanos: UInt64
        /// Nil until it has its place.
        var handle: CallHandle?
    }
    private let calls = Locked<[String: Entry]>([:])

    package init(admission: Admission, registry: CallRegistry, idleSeconds: Int) {
        self.admission = admission
        self.registry = registry
        idleNanos = UInt64(idleSeconds) * 1_000_000_000
    }

    /// Takes a place for a call, once. False where there is none.
    package func begin(
        _ call: CallDescription, nowNanos: UInt64 = MonotonicClock.nowNanos()
    ) -> Bool {
        sweep(nowNanos)
        let sid = call.name
        let isKnown = calls.withLock { calls in
            let isKnown = calls[sid] != nil
            calls[sid, default: Entry(heardNanos: nowNanos)].heardNanos = nowNanos
            return isKnown
        }
        if isKnown { return true }
        guard admission.beginCall() else {
            calls.withLock { $0[sid] = nil }
            return false
        }
        let handle = registry.add(call)
        let isThere = calls.withLock { calls in
            calls[sid]?.handle = handle
            return calls[sid] != nil
        }
        // It ended in between, and gave the place back.
        if !isThere { registry.remove(handle) }
        return true
    }

    /// The call was heard of.
    package func touch(_ callSid: String, nowNanos: UInt64 = MonotonicClock.nowNanos()) {
        calls.withLock { $0[callSid]?.heardNanos = nowNanos }
    }

    /// Gives the place back; harmless for a call that has none.
    package func end(_ callSid: String) {
        if let entry = calls.withLock({ $0.removeValue(forKey: callSid) }) { release(entry) }
    }

    /// Gives back the places of calls that nothing was heard of.
    package func sweep(_ nowNanos: UInt64 = MonotonicClock.nowNanos()) {
        let idleNanos = idleNanos
        let gone = calls.withLock { calls in
            let gone = calls.filter {
                nowNanos > $0.value.heardNanos && nowNanos - $0.value.heardNanos > idleNanos
            }
            for callSid in gone.keys { calls[callSid] = nil }
            return gone
        }
        for entry in gone.values { release(entry) }
    }

    private func release(_ entry: Entry) {
        if let handle = entry.handle { registry.remove(handle) }
        admission.endCall()
    }

    package func contains(_ callSid: String) -> Bool { calls.withLock { $0[callSid] != nil } }
}
