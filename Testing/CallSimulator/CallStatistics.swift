import Realtime

/// The figures of many calls together.
public struct CallStatistics: Sendable, CustomStringConvertible {
    public private(set) var callCount = 0
    /// Calls that did not end by the caller hanging up, with the first 16 reasons.
    public private(set) var failedCallCount = 0
    public private(set) var failures: [String] = []
    public private(set) var turnCount = 0
    /// End of speech to first audio of the answer; turns where the agent cut in are left out.
    public private(set) var response = LatencySamples()
    /// The same from when the mouth closed, up to 20 ms before.
    public private(set) var responseFromMouth = LatencySamples()
    /// Start to first audio.
    public private(set) var greeting = LatencySamples()
    /// First frame of speech over the agent to `clear`, and to the last audio talked over.
    public private(set) var clear = LatencySamples()
    public private(set) var lastOldAudio = LatencySamples()
    public private(set) var bargeInCount = 0
    /// Barge-ins that no `clear` followed although an answer was due.
    public private(set) var ignoredBargeInCount = 0
    /// Utterances over the agent to which no answer is due (coughs) and that a `clear` followed.
    public private(set) var falseBargeInCount = 0
    public private(set) var cutInCount = 0
    public private(set) var unansweredCount = 0
    public private(set) var gapCount = 0
    public private(set) var gapMsMax = 0.0
    public private(set) var bufferedMsMax = 0.0
    /// How near any playback buffer came to running dry inside a reply; nil when no reply was long
    /// enough to see.
    public private(set) var slackMsMin: Double?
    /// How long the calls lasted together.
    public private(set) var durationNanos: UInt64 = 0
    public private(set) var frameCount: Int64 = 0
    public private(set) var refusedFrameCount: Int64 = 0
    public private(set) var receivedByteCount: Int64 = 0
    public private(set) var protocolErrorCount = 0
    /// How late this side was with its own frames: above a few milliseconds, nothing else here is
    /// worth much.
    public private(set) var lateness = LatencyHistogram()

    public init() {}

    /// Takes one call's figures.
    public mutating func add(_ result: SimulatedCallResult) {
        callCount += 1
        if result.end != .hungUp {
            failedCallCount += 1
            if failures.count < 16 { failures.append("\(result.callSid): \(result.end)") }
        }
        if let greetingNanos = result.greetingNanos { greeting.record(greetingNanos) }
        for turn in result.turns { add(turn) }
        gapCount += result.gapCount
        gapMsMax = max(gapMsMax, result.gaps.map(\.milliseconds).max() ?? 0)
        bufferedMsMax = max(bufferedMsMax, result.bufferedMsMax)
        if let slack = result.slackMsMin { slackMsMin = min(slackMsMin ?? slack, slack) }
        durationNanos += result.durationNanos
        frameCount += result.frameCount
        refusedFrameCount += result.refusedFrameCount
        receivedByteCount += result.receivedByteCount
        protocolErrorCount += result.protocolErrorCount
        lateness.merge(result.lateness)
    }

    private mutating func add(_ turn: CallTurn) {
        turnCount += 1
        if turn.cutInNanos != nil { cutInCount += 1 }
        if turn.isUnanswered { unansweredCount += 1 }
        if turn.isBargeIn {
            bargeInCount += 1
            if turn.expectsReply {
                if let nanos = turn.clearLatencyNanos { clear.record(nanos) }
                if let nanos = turn.lastOldAudioLatencyNanos { lastOldAudio.record(nanos) }
                if turn.clearNanos == nil { ignoredBargeInCount += 1 }
            } else if turn.clearNanos != nil {
                falseBargeInCount += 1
            }
        }
        guard turn.expectsReply, turn.cutInNanos == nil else { return }
        if let nanos = turn.responseNanos { response.record(nanos) }
        if let nanos = turn.responseFromMouthNanos { responseFromMouth.record(nanos) }
    }

    public var description: String {
        """
        calls \(callCount) (failed \(failedCallCount)), turns \(turnCount), \
        unanswered \(unansweredCount), cut in \(cutInCount), gaps \(gapCount) \
        (longest \(Self.show(gapMsMax)) ms), protocol errors \(protocolErrorCount)
        response        \(Self.show(response))
        from the mouth  \(Self.show(responseFromMouth))
        greeting        \(Self.show(greeting))
        clear           \(Self.show(clear))
        last old audio  \(Self.show(lastOldAudio))
        barge-ins \(bargeInCount), ignored \(ignoredBargeInCount), false \(falseBargeInCount)
        frames \(frameCount) (refused \(refusedFrameCount)), own lateness \(Self.show(lateness))
        furthest ahead of real time \(Self.show(bufferedMsMax)) ms
        """ + failures.map { "\n" + $0 }.joined()
    }

    private static func show(_ latency: some LatencyFigures) -> String {
        guard latency.sampleCount > 0 else { return "none" }
        let values = [50.0, 90, 95, 99].map {
            "p\(Int($0)) \(show(Double(latency.percentile($0)) / 1e6))"
        }
        return values.joined(separator: " ")
            + " max \(show(Double(latency.maxNanos) / 1e6)) ms (\(latency.sampleCount))"
    }

    /// One place after the point.
    private static func show(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
