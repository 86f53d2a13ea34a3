import Engines
import Pipelines
import Telemetry

/// What the engines count.
extension Engines {
    static func whisperMetrics(_ whispers: [WhisperEngine]) -> [MetricFamily] {
        guard !whispers.isEmpty else { return [] }
        func sum(_ value: (WhisperEngine) -> Double) -> Double {
            whispers.reduce(0) { $0 + value($1) }
        }
        return [
            MetricFamily(
                "streamd_whisper_queued", .gauge, "Utterances that wait for a decoder.",
                sum { Double($0.queuedCount) }),
            MetricFamily(
                "streamd_whisper_decodes_total", .counter, "Utterances decoded.",
                sum { Double($0.decodedCount) }),
            MetricFamily(
                "streamd_whisper_aborted_total", .counter, "Decodes cancelled under way.",
                sum { Double($0.abortedCount) }),
            MetricFamily(
                "streamd_whisper_decode_seconds_total", .counter, "Time spent decoding.",
                sum(\.decodeSeconds)),
        ]
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
