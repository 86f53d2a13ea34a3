import CallSimulator
import Foundation
import Net
import Realtime

/// Many calls at once in real time against a running daemon: latencies, barge-in, gaps, and what
/// they cost the server.
enum CallsBenchmark {
    private static let known: [(name: String, standard: String?, about: String)] = [
        ("stream", nil, "the stream's address, ws://127.0.0.1:8000/twilio/stream"),
        ("calls", "1", "calls at once"),
        ("turns", "5", "turns of each call"),
        ("barge-every", "0", "every so many turns are said over the assistant; 0 for none"),
        ("kind", "speech", "kind of clips: speech, or another of the manifest"),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json"),
        ("clips", "0", "how many different clips; 0 for all"),
        ("pid", "0", "process of the daemon, for its processor time and memory"),
        ("noise", "-65", "line noise of the caller, dBFS"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            let options = try BenchOptions(arguments, known: known)
            let clips = try FixtureLibrary(folder: options["fixtures"]).clean(
                kind: options["kind"], countMax: try options.integer("clips"))
            return try measure(options, clips)
        } catch {
            print("\(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions, _ clips: [CallerUtterance]) throws -> Int32
    {
        let callCount = try options.integer("calls")
        let server = ServerProcess(pid: try options.integer("pid"))
        let loops = try EventLoopGroup(count: 0)
        defer { loops.shutdown() }
        let idleKiB = server.residentKiB
        let cpuBefore = server.cpuSeconds
        let began = MonotonicClock.nowNanos()
        let results = CallCollector(expected: callCount)
        for number in 0..<callCount {
            let script = try makeScript(options, clips, call: number)
            var call = SimulatedCallOptions(script: script, number: began &+ UInt64(number))
            call.streamURL = options["stream"]
            let loop = loops.loops[number % loops.loops.count]
            loop.execute { [call] in
                SimulatedCall(call, loop: loop) { results.add($0) }.start()
            }
            // Calls begin spread over two seconds, as telephones ring.
            usleep(UInt32(2_000_000 / max(1, callCount)))
        }
        let peakKiB = results.wait { server.residentKiB }
        let seconds = Double(MonotonicClock.nowNanos() - began) / 1e9
        print(results.statistics)
        let minutes = results.callMinutes
        print(String(format: "call minutes %.2f in %.1f s", minutes, seconds))
        if let before = cpuBefore, let after = server.cpuSeconds {
            print(
                String(
                    format: "server: %.3f CPU seconds per call-minute", (after - before) / minutes))
        }
        if let idle = idleKiB, let peak = peakKiB {
            print(
                "server memory: \(idle) KiB before, \(peak) KiB at most, "
                    + "\((peak - idle) / max(1, callCount)) KiB a call")
        }
        return results.statistics.failedCallCount == 0 ? 0 : 1
    }

    private static func makeScript(
        _ options: BenchOptions, _ clips: [CallerUtterance], call: Int
    ) throws -> CallerScript {
        let every = try options.integer("barge-every")
        var steps: [CallerStep] = [.waitForAgent(pauseMs: 300)]
        for turn in 0..<(try options.integer("turns")) {
            let clip = clips[(call * 7 + turn) % clips.count]
            if every > 0, turn % every == every - 1 {
                steps.append(.bargeIn(clip, afterMs: 800 + call * 37 % 600))
            } else {
                steps.append(.say(clip, pauseMs: 300 + call * 53 % 400))
            }
        }
        steps.append(.waitForAgent(pauseMs: 300))
        let level = Float(options["noise"]) ?? -65
        return CallerScript(
            steps, background: .noise(level: level, seed: UInt64(call + 1)))
    }
}

/// Gathers the results of calls from their loops.
final class CallCollector: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private let expected: Int
    private var count = 0
    private var gathered = CallStatistics()
    private var nanos: UInt64 = 0

    init(expected: Int) { self.expected = expected }

    func add(_ result: SimulatedCallResult) {
        lock.withLock {
            gathered.add(result)
            nanos += result.endNanos - result.startNanos
            count += 1
        }
    }

    var statistics: CallStatistics { lock.withLock { gathered } }
    var callMinutes: Double { lock.withLock { Double(nanos) / 60e9 } }

    /// Waits for all calls; returns the largest of what `sample` says four times a second.
    func wait(sampling sample: () -> Int?) -> Int? {
        var largest: Int?
        while lock.withLock({ count < expected }) {
            usleep(250_000)
            if let value = sample() { largest = max(largest ?? value, value) }
        }
        return largest
    }
}
