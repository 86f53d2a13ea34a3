import Realtime

/// How streams ended, kept for the moment until Twilio asks what to do next with the call.
package final class CallEndings: Sendable {
    package enum Ending: Equatable, Sendable {
        case hangUp
        case dial(number: String)
    }

    /// Twilio asks within a second; what nobody asked for is the oldest and goes first.
    static let countMax = 10_000

    private struct State {
        var endings: [String: Ending] = [:]
        var order: [String] = []
    }
    private let state = Locked(State())

    package init() {}

    /// Any thread.
    package func note(_ ending: Ending, callSid: String) {
        state.withLock { state in
            if state.endings.updateValue(ending, forKey: callSid) == nil {
                state.order.append(callSid)
            }
            if state.order.count > Self.countMax {
                state.endings.removeValue(forKey: state.order.removeFirst())
            }
        }
    }

    /// Any thread. The ending stays, since a webhook can come twice.
    package func ending(of callSid: String) -> Ending? { state.withLock { $0.endings[callSid] } }
}
