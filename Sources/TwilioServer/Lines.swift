import Calls
import Configuration
import Realtime
import Twilio

/// The lines that callers come in on: how many, who waits, what became of them. Any thread.
package struct Lines: Sendable {
    package let admission: Admission
    package let tokens: StreamTokens
    package let endings = CallEndings()
    package let gatherCalls: GatherCallList
    package let waiting: WaitingLine

    package init(_ configuration: Configuration, registry: CallRegistry) {
        admission = Admission(
            maxCalls: configuration.limits.maxCalls,
            perSecond: configuration.limits.webhooksPerSecond,
            nowNanos: MonotonicClock.nowNanos())
        gatherCalls = GatherCallList(
            admission: admission, registry: registry,
            idleSeconds: configuration.gather.idleSeconds)
        waiting = WaitingLine(WaitingLine.Options(configuration.queue))
        tokens = StreamTokens(
            countMax: configuration.limits.streamTokens,
            lifetimeMs: configuration.twilio.streamTokenMs)
    }
}

extension WaitingLine.Options {
    /// Music may play for minutes before a caller is seen again.
    private static let musicSeconds = 600

    package init(_ settings: QueueSettings) {
        self.init(
            placesMax: settings.placesMax, waitSecondsMax: settings.waitSecondsMax,
            unseenSecondsMax: settings.music.isEmpty
                ? settings.holdSeconds * 3 + 15 : Self.musicSeconds)
    }
}
