import Realtime

/// Calls that are held turn by turn, as far as they count as live: from the first webhook to the
/// goodbye, the status callback, or a silence in which nobody is there any more. Any thread.
package final class GatherCallList: Sendable {
    private let admission: Admission
    private let idleNanos: UInt64
    /// When each call was last heard of.
    private let calls = Locked<[String: UInt64]>([:])

    package init(admission: Admission, idleSeconds: Int) {
        self.admission = admission
        idleNanos = UInt64(idleSeconds) * 1_000_000_000
    }

    /// Takes a place for a call, once. False where there is none.
    package func begin(_ callSid: String, nowNanos: UInt64 = MonotonicClock.nowNanos()) -> Bool {
        sweep(nowNanos)
        let isKnown = calls.withLock { $0.updateValue(nowNanos, forKey: callSid) != nil }
        if isKnown { return true }
        if admission.beginCall() { return true }
        calls.withLock { $0[callSid] = nil }
        return false
    }

    /// The call was heard of.
    package func touch(_ callSid: String, nowNanos: UInt64 = MonotonicClock.nowNanos()) {
        calls.withLock { calls in
            if calls[callSid] != nil { calls[callSid] = nowNanos }
        }
    }

    /// Gives the place back; harmless for a call that has none.
    package func end(_ callSid: String) {
        if calls.withLock({ $0.removeValue(forKey: callSid) }) != nil { admission.endCall() }
    }

    /// Gives back the places of calls that nothing was heard of.
    package func sweep(_ nowNanos: UInt64 = MonotonicClock.nowNanos()) {
        let idleNanos = idleNanos
        let gone = calls.withLock { calls in
            let gone = calls.filter { nowNanos > $0.value && nowNanos - $0.value > idleNanos }
            for callSid in gone.keys { calls[callSid] = nil }
            return gone.count
        }
        for _ in 0..<gone { admission.endCall() }
    }

    package func contains(_ callSid: String) -> Bool { calls.withLock { $0[callSid] != nil } }
}
