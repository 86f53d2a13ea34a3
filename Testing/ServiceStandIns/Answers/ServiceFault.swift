import Realtime
import Wire

/// The services that are stood in for.
public enum StandInService: String, Sendable, CaseIterable {
    case stt, llm, tts, twilio
}

/// Something that goes wrong with an answer.
public enum ServiceFault: Sendable, Equatable {
    /// Nothing is ever answered.
    case hang
    /// Half of the answer comes, then nothing, and the connection stays.
    case stall
    /// Half of the answer comes, then the connection is cut.
    case cut
    /// An error in OpenAI's form, in the answer's place.
    case status(Int)
    /// Status 200 and bytes that mean nothing.
    case garbage
    /// The answer comes a few bytes at a time.
    case drip(bytes: Int, everyMs: Int)

    /// From the body of `POST /faults`: `fault` is hang, stall, cut, status (with `status`),
    /// garbage or drip (with `bytes` and `everyMs`).
    public init?(_ json: JSONValue) {
        switch json["fault"]?.stringValue {
        case "hang": self = .hang
        case "stall": self = .stall
        case "cut": self = .cut
        case "status":
            let status = json["status"]?.intValue ?? 500
            guard (400...599).contains(status) else { return nil }
            self = .status(status)
        case "garbage": self = .garbage
        case "drip":
            let bytes = json["bytes"]?.intValue ?? 32
            let everyMs = json["everyMs"]?.intValue ?? 200
            guard bytes > 0, everyMs > 0, everyMs <= 60_000 else { return nil }
            self = .drip(bytes: bytes, everyMs: everyMs)
        default: return nil
        }
    }
}

/// Which faults the next requests will meet. Any thread; a short lock.
public final class FaultBoard: Sendable {
    private struct Entry {
        var fault: ServiceFault
        /// Requests that are answered before.
        var spared: Int
        /// Requests still to meet it; nil for all.
        var remaining: Int?
    }

    private let entries = Locked<[StandInService: Entry]>([:])

    public init() {}

    /// The next `count` requests of the service meet the fault, all of them for nil, after so many that
    /// do not; an earlier fault is replaced, and a nil one taken away.
    public func set(
        _ fault: ServiceFault?, for service: StandInService, after spared: Int = 0,
        count: Int? = nil
    ) {
        entries.withLock {
            $0[service] = fault.map { Entry(fault: $0, spared: spared, remaining: count) }
        }
    }

    /// What the request that has come now meets.
    public func take(_ service: StandInService) -> ServiceFault? {
        entries.withLock { entries in
            guard var entry = entries[service] else { return nil }
            if entry.spared > 0 {
                entry.spared -= 1
                entries[service] = entry
                return nil
            }
            if let remaining = entry.remaining {
                entry.remaining = remaining - 1
                entries[service] = remaining > 1 ? entry : nil
            }
            return entry.fault
        }
    }

    /// What the next request meets; takes nothing away.
    public func next(_ service: StandInService) -> ServiceFault? {
        entries.withLock { $0[service]?.fault }
    }

    /// Obeys the body of `POST /faults`: `service` (stt, llm, tts, twilio or all),
    /// `fault` (or none), `after`, `count`.
    /// - Returns: what is wrong with it; nil when it was obeyed.
    public func obey(_ json: JSONValue) -> String? {
        let name = json["service"]?.stringValue ?? "all"
        let services = StandInService.allCases.filter { name == "all" || name == $0.rawValue }
        guard !services.isEmpty else { return "no service '\(name)': stt, llm, tts, twilio or all" }
        let count = json["count"]?.intValue
        guard count.map({ $0 > 0 }) ?? true else { return "count must be 1 or more" }
        let spared = json["after"]?.intValue ?? 0
        guard spared >= 0 else { return "after must be 0 or more" }
        if json["fault"]?.stringValue == "none" {
            for service in services { set(nil, for: service) }
            return nil
        }
        guard let fault = ServiceFault(json) else {
            return "no such fault: hang, stall, cut, status, garbage, drip or none"
        }
        for service in services { set(fault, for: service, after: spared, count: count) }
        return nil
    }
}
