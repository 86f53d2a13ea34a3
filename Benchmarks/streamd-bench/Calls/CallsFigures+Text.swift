import CallSimulator
import Realtime

extension CallsFigures: CustomStringConvertible {
    var description: String {
        let counts = statistics
        var lines = [
            "calls \(counts.callCount) (failed \(counts.failedCallCount)), turns "
                + "\(counts.turnCount), unanswered \(counts.unansweredCount), cut-ins "
                + "\(counts.cutInCount), protocol errors \(counts.protocolErrorCount); "
                + "\(Format.fixed(callMinutes, 2)) call minutes in \(Format.fixed(seconds, 1)) s",
            "latencies, ms      p50     p90     p95     p99     max   count",
        ]
        for (name, histogram) in latencies { lines.append(Self.row(name, histogram)) }
        if let p50 = overheadMs(50), let p99 = overheadMs(99) {
            lines.append(
                "engine overhead    p50 \(Format.fixed(p50, 1)) ms, p99 \(Format.fixed(p99, 1)) ms: "
                    + "response less \(Format.fixed(plan.endpointMs, 0)) ms of endpoint silence")
        }
        lines.append(
            "barge-ins \(counts.bargeInCount), ignored \(counts.ignoredBargeInCount), false "
                + "\(counts.falseBargeInCount)")
        let slack = counts.slackMsMin.map { "\(Format.fixed($0, 1)) ms" } ?? "not seen"
        lines.append(
            "gaps \(counts.gapCount) (longest \(Format.fixed(counts.gapMsMax, 1)) ms), least that "
                + "waited to be played \(slack), most \(Format.fixed(counts.bufferedMsMax, 1)) ms")
        lines += serverLines
        lines.append(
            "generator: \(Format.fixed(generatorCost, 3)) CPU seconds per call-minute, own frames "
                + "late p50 \(Format.ms(counts.lateness, 50)) p99 "
                + "\(Format.ms(counts.lateness, 99)) max \(Format.ms(counts.lateness, 100)) ms, "
                + "frames refused \(counts.refusedFrameCount)")
        lines.append(use.text)
        lines.append(bottleneckText)
        return (lines + counts.failures).joined(separator: "\n")
    }

    private var latencies: [(String, LatencySamples)] {
        [
            ("response", statistics.response), ("from the mouth", statistics.responseFromMouth),
            ("greeting", statistics.greeting), ("clear", statistics.clear),
            ("last old audio", statistics.lastOldAudio),
        ]
    }

    private static func row(_ name: String, _ latency: LatencySamples) -> String {
        let label = name.padding(18)
        guard latency.sampleCount > 0 else { return label + "none" }
        let values = [50.0, 90, 95, 99, 100].map { Format.ms(latency, $0).leftPadding(8) }
        return label.dropLast(2) + values.joined() + "\(latency.sampleCount)".leftPadding(8)
    }

    private var serverLines: [String] {
        guard let cost = serverCost else { return ["server: its process is not known (--pid)"] }
        var lines = ["server: \(Format.fixed(cost, 3)) CPU seconds per call-minute"]
        if let idle = idle.residentKiB, let peak = peak.residentKiB, let each = residentKiBPerCall {
            let shared = proportionalKiBPerCall.map { "\(Format.fixed($0, 0)) KiB" } ?? "unknown"
            lines.append(
                "server memory: \(idle) KiB idle, \(peak) KiB at most, \(Format.fixed(each, 0)) KiB "
                    + "a call (PSS \(shared))")
        }
        return lines
    }

    /// Whether the figures are the server's, in words with the rule.
    var bottleneckText: String {
        let rule =
            "own lateness p99 \(Format.fixed(latenessP99Ms, 1)) ms, limit "
            + "\(Format.fixed(Self.latenessMsMax, 0)) ms"
        let cores = Format.fixed(use.ownCPUSeconds / max(seconds, 1e-3), 2)
        let verdict =
            switch bottleneck {
            case .none: "none: the figures are the server's"
            case .generator:
                "THE GENERATOR was late and not the server alone: it used \(cores) cores in "
                    + "\(loopCount) threads; latencies are upper bounds"
            case .machine:
                "THE MACHINE is full (less than \(Int(Self.idleFractionMin * 100)) % idle; the "
                    + "generator used \(cores) cores): latencies are upper bounds"
            case .others:
                "OTHERS on this machine or its host kept the generator waiting: latencies are "
                    + "upper bounds"
            }
        let quiet = isQuiet ? "" : "; not a quiet machine"
        return "bottleneck: \(verdict) (\(rule)\(quiet))"
    }
}
