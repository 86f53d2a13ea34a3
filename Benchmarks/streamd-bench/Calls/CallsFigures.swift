import CallSimulator
import Realtime

/// What one run of calls showed.
struct CallsFigures {
    let plan: CallsPlan
    let statistics: CallStatistics
    let use: MachineUse
    /// From the first call's beginning to the last one's end.
    let seconds: Double
    let idle: ServerMemory
    let peak: ServerMemory
    /// Threads of this program that made the calls.
    let loopCount: Int
    /// True when the server's process could be looked at.
    let hasServer: Bool
    /// One call with its sound, if that was asked for.
    let recorded: SimulatedCallResult?

    var callMinutes: Double { Double(statistics.durationNanos) / 60e9 }

    /// Processor seconds of the server for a minute of a call.
    var serverCost: Double? {
        hasServer && callMinutes > 0 ? use.serverCPUSeconds / callMinutes : nil
    }
    /// The same of this program.
    var generatorCost: Double { callMinutes > 0 ? use.ownCPUSeconds / callMinutes : 0 }

    /// KiB for each call, beyond what the idle server had.
    var residentKiBPerCall: Double? { perCall(idle.residentKiB, peak.residentKiB) }
    var proportionalKiBPerCall: Double? { perCall(idle.proportionalKiB, peak.proportionalKiB) }

    private func perCall(_ before: Int?, _ most: Int?) -> Double? {
        guard let before, let most else { return nil }
        return Double(most - before) / Double(max(1, plan.callCount))
    }

    /// What the server adds to the silence that it has to wait for, at a percentile of the response;
    /// negative where it found the end of speech earlier than the manifest has it.
    func overheadMs(_ percent: Double) -> Double? {
        guard statistics.response.count > 0 else { return nil }
        return Double(statistics.response.percentile(percent)) / 1e6 - plan.endpointMs
    }

    // MARK: Who was the bottleneck

    /// Above this lateness of its own frames, 99th percentile, this program's figures are in doubt: a
    /// quarter of a frame.
    static let latenessMsMax = 5.0
    /// The machine is full when less than this of its processors' time is idle.
    static let idleFractionMin = 0.05
    /// A quiet machine has less than this of its time stolen, and fewer processors used by others.
    static let stolenFractionMax = 0.02
    static let othersCoresMax = 0.1

    enum Bottleneck: String { case none, machine, generator, others }

    var latenessP99Ms: Double { Double(statistics.lateness.percentile(99)) / 1e6 }

    /// Why this program was late with its own frames, if it was.
    var bottleneck: Bottleneck {
        guard latenessP99Ms > Self.latenessMsMax else { return .none }
        if use.ownCPUSeconds / max(seconds, 1e-3) >= 0.9 * Double(loopCount) { return .generator }
        let isForeign =
            use.stolenFraction > Self.stolenFractionMax
            || use.othersCores > Self.othersCoresMax && hasServer
        if isForeign { return .others }
        return use.idleFraction < Self.idleFractionMin ? .machine : .generator
    }

    /// True when the machine had little else to do.
    var isQuiet: Bool {
        use.stolenFraction <= Self.stolenFractionMax
            && (use.othersCores <= Self.othersCoresMax || !hasServer)
    }
}

extension MachineUse {
    /// In words.
    var text: String {
        "machine \(Int((idleFraction * 100).rounded())) % idle, "
            + "\(Format.fixed(stolenFraction * 100, 1)) % stolen, "
            + "other processes \(Format.fixed(othersCores, 2)) cores"
    }
}
