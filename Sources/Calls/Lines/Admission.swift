import Realtime

/// Decides whether one more call may come in: a bound on live calls and a token bucket on new ones.
/// Any thread; off the audio path.
package final class Admission: Sendable {
    package enum Decision: Equatable {
        case admitted
        /// All lines are busy: the caller hears so.
        case busy
        /// Webhooks come faster than the limit: answered with 429.
        case tooFast
    }

    private struct State {
        var liveCount = 0
        var tokens: Double
        var refilledAtNanos: UInt64
        var maxCalls: Int
        var perSecond: Int
        var isDraining = false
    }

    private let state: Locked<State>

    package init(maxCalls: Int, perSecond: Int, nowNanos: UInt64) {
        state = Locked(
            State(
                tokens: Double(perSecond), refilledAtNanos: nowNanos, maxCalls: maxCalls,
                perSecond: perSecond))
    }

    package func update(maxCalls: Int, perSecond: Int) {
        state.withLock {
            $0.maxCalls = maxCalls
            $0.perSecond = perSecond
        }
    }

    /// A webhook announces a call; nothing is held for it until its stream begins.
    package func webhook(nowNanos: UInt64) -> Decision {
        state.withLock { state in
            let elapsed = nowNanos > state.refilledAtNanos ? nowNanos - state.refilledAtNanos : 0
            state.refilledAtNanos = nowNanos
            state.tokens = min(
                Double(state.perSecond),
                state.tokens + Double(elapsed) / 1e9 * Double(state.perSecond))
            guard state.tokens >= 1 else { return .tooFast }
            state.tokens -= 1
            return state.liveCount < state.maxCalls && !state.isDraining ? .admitted : .busy
        }
    }

    /// A stream begins: takes a place, to be given back with `callEnded`.
    package func beginCall() -> Bool {
        state.withLock { state in
            guard state.liveCount < state.maxCalls, !state.isDraining else { return false }
            state.liveCount += 1
            return true
        }
    }

    package func endCall() {
        state.withLock { state in
            precondition(state.liveCount > 0, "a call ended that had not begun")
            state.liveCount -= 1
        }
    }

    /// How many calls more could begin now.
    package var freePlaces: Int {
        state.withLock { $0.isDraining ? 0 : max(0, $0.maxCalls - $0.liveCount) }
    }

    /// From now on nobody is admitted.
    package func drain() { state.withLock { $0.isDraining = true } }
    package var isDraining: Bool { state.withLock { $0.isDraining } }
    package var liveCount: Int { state.withLock { $0.liveCount } }
}
