import Foundation
import Wire

/// One figure that is promised, and where it is found among the benchmarks' results.
struct FigureRow {
    enum Target {
        case atMost(Double)
        case atLeast(Double)
    }

    enum Verdict: String {
        case reached, missed
        case notRun = "not run"
    }

    let name: String
    /// The benchmark's file, without folder and `.json`.
    let file: String
    let target: Target
    let unit: String
    let value: @Sendable (JSONValue) -> Double?

    init(
        _ name: String, _ file: String, _ target: Target, _ unit: String = "",
        _ value: @escaping @Sendable (JSONValue) -> Double?
    ) {
        self.name = name
        self.file = file
        self.target = target
        self.unit = unit
        self.value = value
    }

    /// A figure by the dotted names of members.
    init(
        _ name: String, _ file: String, _ target: Target, _ unit: String = "", at path: String
    ) {
        self.init(name, file, target, unit) { $0.number(at: path) }
    }

    var targetText: String {
        let ending = unit.isEmpty ? "" : " " + unit
        switch target {
        case .atMost(let limit) where limit == 0: return "0" + ending
        case .atMost(let limit): return "≤ " + Format.short(limit) + ending
        case .atLeast(let limit): return "≥ " + Format.short(limit) + ending
        }
    }

    func verdict(_ value: Double?) -> Verdict {
        guard let value else { return .notRun }
        return switch target {
        case .atMost(let limit): value <= limit ? .reached : .missed
        case .atLeast(let limit): value >= limit ? .reached : .missed
        }
    }
}

extension FigureRow {
    /// The figures that docs/benchmarks.md promises, in its order.
    static let all: [FigureRow] = calls + speech + transport + process + recovery

    private static let calls: [FigureRow] = [
        .init(
            "engine overhead p50, 100 calls", "calls-100", .atMost(3), "ms", at: "overhead.p50Ms"),
        .init(
            "engine overhead p99, 100 calls", "calls-100", .atMost(15), "ms",
            at: "overhead.p99Ms"),
        .init(
            "engine overhead p99, 200 calls", "calls-200", .atMost(30), "ms",
            at: "overhead.p99Ms"),
        .init("calls sustained for 5 minutes", "calls-200", .atLeast(200), at: "callsHeld"),
        .init("turns unanswered, 200 calls", "calls-200", .atMost(0), at: "unanswered"),
        .init("gaps inside replies, 200 calls", "calls-200", .atMost(0), at: "gaps"),
        .init(
            "barge-in to clear p99, 200 calls", "calls-200", .atMost(200), "ms", at: "clear.p99Ms"),
        .init(
            "CPU seconds per call-minute, 200 calls", "calls-200", .atMost(0.2),
            at: "cpuSecondsPerCallMinute"),
        .init(
            "memory per call, 200 calls", "calls-200", .atMost(256), "KiB", at: "memoryKiBPerCall"),
        .init("calls at once that held", "ramp", .atLeast(200), at: "callsHeld"),
        .init(
            "cost of a call-minute at most calls against fewest", "ramp", .atMost(1.2), "×",
            costGrowth),
    ]

    private static let speech: [FigureRow] = [
        .init(
            "response p50 with local Whisper, 3 s utterance", "whisper-1", .atMost(450), "ms",
            at: "response.p50Ms"),
        .init("gaps with 8 calls on local Whisper", "whisper-8", .atMost(0), at: "gaps"),
        .init(
            "audio waiting at least, 8 calls on local Whisper", "whisper-8", .atLeast(120), "ms",
            at: "slackMsMin"),
        .init("VAD, 32 ms of speech", "micro", .atMost(50), "µs") {
            component($0, "VAD: Silero, 32 ms of speech", "nanos").map { $0 / 1000 }
        },
    ]

    private static let transport: [FigureRow] = [
        .init("media frame in and out against bare epoll", "micro", .atMost(1.5), "×") {
            component($0, "transport: media frame in and out", "ratio")
        },
        .init("allocations per frame, all components together", "micro", .atMost(0.001)) { json in
            json["components"]?.arrayValue.map { components in
                components.filter { $0["isAllocationFree"]?.boolValue == true }
                    .compactMap { $0["allocations"]?.doubleValue }.reduce(0, +)
            }
        },
        .init("10,000 idle connections", "idle", .atMost(200), "MB") { json in
            json["connections"]?.intValue == json["survivors"]?.intValue
                ? json.number(at: "memoryHeldMB") : nil
        },
        .init("webhooks a second", "webhooks", .atLeast(5000), at: "achievedPerSecond"),
        .init("webhooks that failed", "webhooks", .atMost(0)) { json in
            json.number(at: "failed").flatMap { failed in
                json.number(at: "refused").map { failed + $0 }
            }
        },
    ]

    private static let process: [FigureRow] = [
        .init(
            "exec to first audio, instant engines", "start", .atMost(300), "ms",
            at: "firstAudioMs.p50Ms"),
        .init(
            "exec to first audio, Whisper loaded", "start-whisper", .atMost(1000), "ms",
            at: "firstAudioMs.p50Ms"),
        .init(
            "answer of the directory p99, 5,000 entries", "directory", .atMost(5), "ms",
            at: "p99Ms"),
        .init("calls let in beyond the limit", "admission", .atMost(0)) { json in
            json.number(at: "admitted").flatMap { admitted in
                json.number(at: "refusalsFailed").map { admitted + $0 }
            }
        },
        .init(
            "gaps and unanswered turns of live calls meanwhile", "admission", .atMost(0)
        ) { json in
            json.number(at: "gaps").flatMap { gaps in
                json.number(at: "unanswered").map { gaps + $0 }
            }
        },
    ]

    private static let recovery: [FigureRow] = [
        .init(
            "speech again after a service has failed in a turn, at the longest", "recovery",
            .atMost(1500), "ms", at: "heardAgainMs"),
        .init(
            "silence of such a turn, at the longest", "recovery", .atMost(1500), "ms",
            at: "longestSilenceMs"),
        .init("calls dropped, effects had twice, then", "recovery", .atMost(0)) { json in
            json.number(at: "dropped").flatMap { dropped in
                json.number(at: "effectsTwice").map { dropped + $0 }
            }
        },
    ]

    private static func component(
        _ json: JSONValue, _ name: String, _ figure: String
    ) -> Double? {
        json["components"]?.arrayValue?.first { $0["component"]?.stringValue == name }?[figure]?
            .doubleValue
    }

    /// CPU seconds per call-minute at the largest number of calls that held, against the smallest.
    private static func costGrowth(_ json: JSONValue) -> Double? {
        let held = json["callsHeld"]?.intValue ?? 0
        let steps = (json["steps"]?.arrayValue ?? []).filter {
            ($0["calls"]?.intValue ?? 0) <= held
        }
        guard steps.count > 1, let first = steps.first?.number(at: "cpuSecondsPerCallMinute"),
            let last = steps.last?.number(at: "cpuSecondsPerCallMinute"), first > 0
        else { return nil }
        return last / first
    }
}

extension JSONValue {
    /// The number at the end of a path of member names.
    func number(at path: String) -> Double? {
        path.split(separator: ".").reduce(JSONValue?.some(self)) { $0?[String($1)] }?.doubleValue
    }
}
