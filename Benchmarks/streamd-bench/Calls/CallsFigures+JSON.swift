import CallSimulator
import Realtime
import Wire

extension CallsFigures {
    /// The figures of one run, as docs/benchmarks.md describes them. Times are milliseconds.
    var members: [JSONValue.Member] {
        let counts = statistics
        return [
            .init("calls", .integer(plan.callCount)), .init("turns", .integer(counts.turnCount)),
            .init("failedCalls", .integer(counts.failedCallCount)),
            .init("failures", .array(counts.failures.map { .string($0) })),
            .init("response", counts.response.json), .init("overhead", overhead),
            .init("responseFromMouth", counts.responseFromMouth.json),
            .init("greeting", counts.greeting.json), .init("clear", counts.clear.json),
            .init("lastOldAudio", counts.lastOldAudio.json),
            .init("bargeIns", .integer(counts.bargeInCount)),
            .init("ignoredBargeIns", .integer(counts.ignoredBargeInCount)),
            .init("falseBargeIns", .integer(counts.falseBargeInCount)),
            .init("cutIns", .integer(counts.cutInCount)),
            .init("unanswered", .integer(counts.unansweredCount)),
            .init("gaps", .integer(counts.gapCount)),
            .init("gapMsMax", .number(counts.gapMsMax)),
            .init("slackMsMin", .optional(counts.slackMsMin)),
            .init("bufferedMsMax", .number(counts.bufferedMsMax)),
            .init("protocolErrors", .integer(counts.protocolErrorCount)),
            .init("frames", .integer(Int(counts.frameCount))),
            .init("refusedFrames", .integer(Int(counts.refusedFrameCount))),
            .init("callMinutes", .number(callMinutes)), .init("seconds", .number(seconds)),
            .init("cpuSecondsPerCallMinute", .optional(serverCost)),
            .init("memoryKiBPerCall", .optional(residentKiBPerCall)),
            .init("memoryPssKiBPerCall", .optional(proportionalKiBPerCall)),
            .init("memoryIdleKiB", .optional(idle.residentKiB.map(Double.init))),
            .init("memoryPeakKiB", .optional(peak.residentKiB.map(Double.init))),
            .init("generator", generator), .init("machine", use.json),
        ]
    }

    private var overhead: JSONValue {
        var members: [JSONValue.Member] = [.init("endpointMs", .number(plan.endpointMs))]
        for percent in [50, 90, 95, 99] {
            members.append(.init("p\(percent)Ms", .optional(overheadMs(Double(percent)))))
        }
        return .object(members)
    }

    private var generator: JSONValue {
        let lateness = statistics.lateness.summary
        return .object([
            .init("cpuSecondsPerCallMinute", .number(generatorCost)),
            .init("latenessP50Ms", .number(lateness.p50Ms)),
            .init("latenessP99Ms", .number(lateness.p99Ms)),
            .init("latenessMaxMs", .number(lateness.maxMs)),
            .init("loops", .integer(loopCount)), .init("jitterMs", .number(plan.jitterMs)),
            .init("bottleneck", .string(bottleneck.rawValue)),
            .init("isQuiet", .bool(isQuiet)),
        ])
    }
}

extension MachineUse {
    var json: JSONValue {
        .object([
            .init("idleFraction", .number(idleFraction)),
            .init("stolenFraction", .number(stolenFraction)),
            .init("othersCores", .number(othersCores)),
        ])
    }
}

extension LatencyFigures {
    /// The usual figures; `{"count": 0}` where nothing was recorded.
    var json: JSONValue {
        guard sampleCount > 0 else { return .object([.init("count", .integer(0))]) }
        func ms(_ nanos: Double) -> JSONValue { .number(nanos / 1e6) }
        func percentile(_ percent: Double) -> JSONValue { ms(Double(self.percentile(percent))) }
        return .object([
            .init("count", .integer(sampleCount)), .init("minMs", ms(Double(minNanos))),
            .init("meanMs", ms(meanNanos)), .init("p50Ms", percentile(50)),
            .init("p90Ms", percentile(90)), .init("p95Ms", percentile(95)),
            .init("p99Ms", percentile(99)), .init("maxMs", ms(Double(maxNanos))),
        ])
    }
}

extension JSONValue {
    /// Null for nil.
    static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
}
