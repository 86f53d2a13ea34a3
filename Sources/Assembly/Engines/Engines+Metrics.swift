import Engines
import Pipelines
import Telemetry

/// What the engines count.
extension Engines {
    /// What engines count themselves; engines of one vendor together.
    static func ownMetrics(_ engines: [any CountingEngine]) -> [MetricFamily] {
        var sums: [EngineCount] = []
        for count in engines.flatMap(\.counts) {
            if let index = sums.firstIndex(where: { $0.name == count.name }) {
                sums[index].value += count.value
            } else {
                sums.append(count)
            }
        }
        return sums.map {
            MetricFamily($0.name, $0.isGauge ? .gauge : .counter, $0.help, $0.value)
        }
    }

    static func chainMetrics(_ places: [ChainPlace]) -> [MetricFamily] {
        guard !places.isEmpty else { return [] }
        var indices: [String: Int] = [:]
        let labelled = places.map { place in
            let index = indices[place.stage, default: 0]
            indices[place.stage] = index + 1
            return (
                "stage=\"\(place.stage)\",engine=\"\(place.engine)\",place=\"\(index)\"", place
            )
        }
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String,
            _ value: (ChainPlace) -> Int
        ) -> MetricFamily {
            MetricFamily(
                name: name, kind: kind, help: help,
                samples: labelled.map { ($0.0, Double(value($0.1))) })
        }
        return [
            family(
                "streamd_engine_breaker_state", .gauge,
                "0 asked as usual, 1 being probed, 2 skipped."
            ) { $0.breaker.state.rawValue },
            family("streamd_engine_requests_total", .counter, "Requests made.", \.usedCount),
            family(
                "streamd_engine_failures_total", .counter,
                "Requests that failed or took too long, after which the next engine was asked.",
                \.failedCount),
            family(
                "streamd_engine_skips_total", .counter,
                "Requests that went past an engine whose breaker was open.", \.skippedCount),
        ]
    }
}
