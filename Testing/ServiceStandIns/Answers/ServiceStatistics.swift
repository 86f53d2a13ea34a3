import Realtime
import Wire

/// What the stand-ins have done, for tests and to see that they were not the bottleneck.
/// Any thread; a short lock.
public final class ServiceStatistics: Sendable {
    /// The counters of one service.
    public struct Counts: Sendable {
        public var requests = 0
        /// Clients that went away before the answer was complete.
        public var cancelled = 0
        /// Answers that a fault was worked into.
        public var faults = 0
        public var active = 0
        /// The most requests at once.
        public var activeMax = 0
        /// How much later than planned each piece was sent.
        public var lateness = LatencyHistogram()
    }

    private struct State {
        var counts: [StandInService: Counts] = [:]
        var recent: [(service: StandInService, what: String)] = []
    }

    /// Requests that `recent` remembers.
    public static let recentMax = 100

    private let state = Locked(State())

    public init() {}

    /// A request has come.
    func began(_ service: StandInService) {
        change(service) { counts in
            counts.requests += 1
            counts.active += 1
            counts.activeMax = max(counts.activeMax, counts.active)
        }
    }

    /// It meets a fault.
    func suffered(_ service: StandInService) { change(service) { $0.faults += 1 } }

    /// A piece was sent.
    func sent(_ service: StandInService, lateNanos: UInt64) {
        change(service) { $0.lateness.record(lateNanos) }
    }

    /// The request is over.
    func ended(_ service: StandInService, cancelled: Bool) {
        change(service) { counts in
            counts.active -= 1
            if cancelled { counts.cancelled += 1 }
        }
    }

    /// Notes what was heard, said or spoken.
    func note(_ service: StandInService, _ what: String) {
        state.withLock { state in
            if state.recent.count == Self.recentMax { state.recent.removeFirst() }
            state.recent.append((service, what))
        }
    }

    /// The counters of one service so far.
    public func counts(_ service: StandInService) -> Counts {
        state.withLock { $0.counts[service] ?? Counts() }
    }

    /// Begins anew; requests under way go on to count as active.
    public func reset() {
        state.withLock { state in
            for (service, counts) in state.counts {
                var fresh = Counts()
                fresh.active = counts.active
                fresh.activeMax = counts.active
                state.counts[service] = fresh
            }
            state.recent = []
        }
    }

    /// All of it, as `GET /stats` tells it.
    public var json: JSONValue {
        let (all, recent) = state.withLock { ($0.counts, $0.recent) }
        var members = StandInService.allCases.map { service in
            JSONValue.Member(service.rawValue, Self.json(all[service] ?? Counts()))
        }
        members.append(
            .init("recent", .array(recent.map { .string("\($0.service.rawValue): \($0.what)") })))
        return .object(members)
    }

    private static func json(_ counts: Counts) -> JSONValue {
        let late = counts.lateness.summary
        return .object([
            .init("requests", .integer(counts.requests)),
            .init("cancelled", .integer(counts.cancelled)),
            .init("faults", .integer(counts.faults)),
            .init("active", .integer(counts.active)),
            .init("activeMax", .integer(counts.activeMax)),
            .init("latenessP50Ms", .number(late.p50Ms)),
            .init("latenessP99Ms", .number(late.p99Ms)),
            .init("latenessMaxMs", .number(late.maxMs)),
        ])
    }

    private func change(_ service: StandInService, _ body: (inout Counts) -> Void) {
        state.withLock { body(&$0.counts[service, default: Counts()]) }
    }
}
