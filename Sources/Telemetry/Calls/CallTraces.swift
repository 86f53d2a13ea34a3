import Calls
import Pipelines
import Realtime

/// What happens in calls, as spans for a collector, once there is one. Any thread; a short lock, once
/// a turn.
package final class CallTraces: CallEventSubscriber {
    private struct Traced {
        var trace: CallTrace
        var turnCount = 0
    }
    private struct State {
        var exporter: TraceExporter?
        var calls: [UInt64: Traced] = [:]
    }
    private let state = Locked(State())

    package init() {}

    /// From now on calls that begin are traced.
    package func start(_ exporter: TraceExporter) { state.withLock { $0.exporter = exporter } }

    package var exporter: TraceExporter? { state.withLock { $0.exporter } }

    package func took(_ event: CallEvent) {
        switch event.kind {
        case .began: begin(event)
        case .turn(let record):
            state.withLock { state in
                guard let traced = state.calls[event.leg] else { return }
                state.calls[event.leg]?.turnCount += 1
                state.exporter?.add(traced.trace.spans(of: record))
            }
        case .ended(let summary):
            state.withLock { state in
                guard let traced = state.calls.removeValue(forKey: event.leg) else { return }
                state.exporter?.add([
                    traced.trace.span(
                        endedAtNanos: event.atNanos, ending: summary.why,
                        turnCount: traced.turnCount)
                ])
            }
        case .conversation, .audioLost, .commanded: break
        }
    }

    private func begin(_ event: CallEvent) {
        let unixNanos = WallClock.nowNanos()
        state.withLock { state in
            guard state.exporter != nil else { return }
            state.calls[event.leg] = Traced(
                trace: CallTrace(
                    callSid: event.call.name, assistantID: event.call.assistantID,
                    nowNanos: event.atNanos, unixNanos: unixNanos))
        }
    }
}
