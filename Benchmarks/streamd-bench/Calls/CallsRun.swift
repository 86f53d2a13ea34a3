import CallSimulator
import Foundation
import Net
import Realtime

/// Makes the calls of a plan and measures them. Blocks until the last one has ended.
struct CallsRun {
    let plan: CallsPlan
    /// The daemon's process, where it is known.
    var server: ServerProcess?
    /// What the daemon took before its first call; nil to look now.
    var idle: ServerMemory?

    /// Frames are sent by one wake-up of a loop for all calls whose frames lie in the same step: the
    /// spread stays even, and waking up costs little.
    private static let phaseStepMicros = 500

    func measure() throws -> CallsFigures {
        let loops = try EventLoopGroup(count: plan.loopCount, label: "caller")
        defer { loops.shutdown() }
        let memory = idle ?? ServerMemory(server)
        let before = MachineTime(server: server)
        let began = MonotonicClock.nowNanos()
        let results = CallCollector(expected: plan.callCount)
        let spacing = plan.startRate > 0 ? 1 / plan.startRate : 2 / Double(max(1, plan.callCount))
        for number in 0..<plan.callCount {
            Self.sleep(until: began + UInt64(Double(number) * spacing * 1e9))
            let age = Int((MonotonicClock.nowNanos() - began) / 1_000_000)
            let length = plan.seconds > 0 ? max(0, plan.seconds * 1000 - age) : nil
            let call = options(number: number, began: began, lengthMs: length)
            let loop = loops.loops[number % loops.loops.count]
            loop.execute { SimulatedCall(call, loop: loop) { results.add($0) }.start() }
        }
        let peak = results.wait { ServerMemory(server) }
        let use = MachineTime(server: server).since(before)
        return CallsFigures(
            plan: plan, statistics: results.statistics, use: use,
            seconds: Double(MonotonicClock.nowNanos() - began) / 1e9, idle: memory, peak: peak,
            loopCount: loops.loops.count, hasServer: server?.cpuSeconds != nil,
            recorded: results.recorded)
    }

    private func options(number: Int, began: UInt64, lengthMs: Int?) -> SimulatedCallOptions {
        var call = SimulatedCallOptions(
            script: plan.script(call: number, lengthMs: lengthMs),
            number: began &+ UInt64(number))
        call.streamURL = plan.streamURL
        let phase = number * 20_000 / max(1, plan.callCount)
        call.framePhaseMicros = phase / Self.phaseStepMicros * Self.phaseStepMicros
        call.jitterMs = plan.jitterMs
        call.jitterSeed = plan.seed &* 1_000_003 &+ UInt64(number)
        if plan.recordsOneCall, number == 0 { call.recordedSecondsMax = 60 }
        return call
    }

    private static func sleep(until nanos: UInt64) {
        let now = MonotonicClock.nowNanos()
        if nanos > now { usleep(UInt32(min(1_000_000, (nanos - now) / 1000))) }
    }
}

/// Memory of the daemon at one moment, KiB; nil where it is unknown.
struct ServerMemory {
    var residentKiB: Int?
    var proportionalKiB: Int?

    init(_ server: ServerProcess?) {
        residentKiB = server?.residentKiB
        proportionalKiB = server?.proportionalKiB
    }

    mutating func keepLarger(of other: ServerMemory) {
        if let value = other.residentKiB { residentKiB = max(residentKiB ?? value, value) }
        if let value = other.proportionalKiB {
            proportionalKiB = max(proportionalKiB ?? value, value)
        }
    }
}

/// Gathers the results of calls from their loops.
final class CallCollector: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private let expected: Int
    private var count = 0
    private var gathered = CallStatistics()
    private var recordedCall: SimulatedCallResult?

    init(expected: Int) { self.expected = expected }

    func add(_ result: SimulatedCallResult) {
        lock.withLock {
            gathered.add(result)
            if result.recording != nil { recordedCall = result }
            count += 1
        }
    }

    var statistics: CallStatistics { lock.withLock { gathered } }
    /// The call whose sound was kept.
    var recorded: SimulatedCallResult? { lock.withLock { recordedCall } }

    /// Waits for all calls; returns the largest of what `sample` says twice a second.
    func wait(sampling sample: () -> ServerMemory) -> ServerMemory {
        var largest = sample()
        var rounds = 0
        while lock.withLock({ count < expected }) {
            usleep(50_000)
            rounds += 1
            if rounds % 10 == 0 { largest.keepLarger(of: sample()) }
        }
        return largest
    }
}
