/// What a run must keep to count as good: names with the largest value that is allowed.
struct CallsQuality: CustomStringConvertible {
    /// The figures that issue and documentation promise.
    static let standard = "p99=30,clear99=200,unanswered=0,gaps=0,cutIns=0,failed=0"

    /// The names, with what they limit.
    static let names: [(name: String, about: String, value: @Sendable (CallsFigures) -> Double?)] =
        [
            ("p50", "engine overhead p50, ms", { $0.overheadMs(50) }),
            ("p95", "engine overhead p95, ms", { $0.overheadMs(95) }),
            ("p99", "engine overhead p99, ms", { $0.overheadMs(99) }),
            ("response50", "response p50, ms", { ms($0.statistics.response.percentile(50)) }),
            ("response99", "response p99, ms", { ms($0.statistics.response.percentile(99)) }),
            (
                "clear99", "barge-in to clear p99, ms",
                { $0.statistics.clear.count > 0 ? ms($0.statistics.clear.percentile(99)) : nil }
            ),
            ("unanswered", "turns without an answer", { Double($0.statistics.unansweredCount) }),
            ("gaps", "silences inside replies", { Double($0.statistics.gapCount) }),
            (
                "cutIns", "answers before the caller had finished",
                { Double($0.statistics.cutInCount) }
            ),
            ("ignored", "barge-ins without a clear", { Double($0.statistics.ignoredBargeInCount) }),
            ("failed", "calls that broke", { Double($0.statistics.failedCallCount) }),
            ("late99", "the generator's own lateness p99, ms", { $0.latenessP99Ms }),
            ("cpu", "server's CPU seconds per call-minute", { $0.serverCost }),
        ]

    private static func ms(_ nanos: UInt64) -> Double { Double(nanos) / 1e6 }

    private var limits: [(name: String, limit: Double)] = []

    /// From `name=value,name=value`.
    init(_ text: String) throws {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=").map(String.init)
            guard pair.count == 2, let limit = Double(pair[1]),
                Self.names.contains(where: { $0.name == pair[0] })
            else {
                throw BenchOptions.Fault(
                    description: "--quality: '\(part)' is not NAME=NUMBER; names: "
                        + Self.names.map { "\($0.name) (\($0.about))" }.joined(separator: ", "))
            }
            limits.append((pair[0], limit))
        }
    }

    /// What was not kept, in words; empty where all was. A figure that the run could not have (no
    /// barge-in was made) limits nothing.
    func failures(_ figures: CallsFigures) -> [String] {
        guard figures.statistics.response.count > 0 else { return ["no turn was answered"] }
        return limits.compactMap { name, limit in
            guard let value = Self.names.first(where: { $0.name == name })?.value(figures),
                value > limit
            else { return nil }
            return "\(name) \(Format.short(value)) > \(Format.short(limit))"
        }
    }

    var description: String {
        limits.map { "\($0.name)=\(Format.short($0.limit))" }.joined(separator: ",")
    }
}
