import Assembly
import Calls
import Configuration
import Dispatch
import TwilioServer

/// The calls and messages that are under way, and who may begin one.
struct CallsPart: DaemonPart {
    let lines: Lines
    let turns: Turns
    let assistants: AssistantDirectory
    let registry: CallRegistry

    /// Closing takes a loop's turn each.
    private static let releaseMs = 500

    func start() {}

    func reload(_ settings: Configuration) {
        lines.admission.update(
            maxCalls: settings.limits.maxCalls, perSecond: settings.limits.webhooksPerSecond)
        lines.tokens.setLifetime(ms: settings.twilio.streamTokenMs)
        assistants.setDefault(settings.defaultAssistant)
    }

    func drain() { lines.admission.drain() }

    /// Streamed calls that are live, and turns by webhook and text that are being answered.
    var unfinishedCount: Int { lines.admission.liveCount + turns.count }

    /// Calls that are live still are given up in an orderly way, so that the carrier can connect them to
    /// another node.
    func stop() {
        let group = DispatchGroup()
        for handle in registry.all {
            group.enter()
            handle.send(.release) { _ in group.leave() }
        }
        _ = group.wait(timeout: .now() + .milliseconds(Self.releaseMs))
    }
}
