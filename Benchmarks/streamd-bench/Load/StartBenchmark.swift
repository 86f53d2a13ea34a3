import Foundation
import Realtime
import Wire

/// From the start of `streamd serve` to its first answered call: when `/readyz` says yes, and when
/// the first audio comes on a stream that was opened as soon as the port took it.
enum StartBenchmark {
    private static let known: [BenchOptions.Known] = [
        ("serve", nil, "configuration of the daemon to start"),
        ("key", "", "KEY=VALUE, a key of that file set anew; may be repeated"),
        ("runs", "5", "how often"), ("json", "", "file for the figures"),
    ]

    private struct Run: Sendable {
        var readyMs: Double
        var firstAudioMs: Double
    }

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("start: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        let settings = try options.settings("key")
        var runs: [Run] = []
        for number in 0..<max(1, try options.integer("runs")) {
            let daemon = try DaemonProcess(configFile: options["serve"], settings: settings)
            defer { daemon.stop() }
            runs.append(try once(daemon, number: number))
        }
        let ready = runs.map(\.readyMs).sorted()
        let audio = runs.map(\.firstAudioMs).sorted()
        for (name, values) in [("/readyz", ready), ("first audio of a call", audio)] {
            print(
                "\(name.padding(24))median \(Format.fixed(median(values), 1)) ms, "
                    + "\(Format.fixed(values[0], 1))…\(Format.fixed(values[values.count - 1], 1)) "
                    + "ms after exec (\(values.count) runs)")
        }
        try options.write(
            benchmark: "start",
            [
                .init("runs", .integer(runs.count)), .init("readyMs", json(ready)),
                .init("firstAudioMs", json(audio)),
            ])
        return 0
    }

    private static func once(_ daemon: DaemonProcess, number: Int) throws -> Run {
        let ready = Moment()
        let port = daemon.port
        Thread.detachNewThread {
            ready.set(
                try? patiently {
                    let answer = try RawSocket(port: port).request("GET", "/readyz")
                    guard answer.status == 200 else {
                        throw BenchOptions.Fault(description: "not ready: \(answer.status)")
                    }
                })
        }
        let socket = try patiently { try RawSocket(port: port) }.value
        try socket.upgrade()
        try socket.begin(callSid: "CAstart\(number)", streamSid: "MZstart\(number)")
        let media = Array("\"event\":\"media\"".utf8)
        while true {
            switch try socket.receive() {
            case .text(let bytes) where bytes.firstRange(of: media) != nil:
                let audio = MonotonicClock.nowNanos()
                guard let readyNanos = ready.wait() else {
                    throw BenchOptions.Fault(description: "/readyz never said yes")
                }
                return Run(
                    readyMs: Double(readyNanos - daemon.startedNanos) / 1e6,
                    firstAudioMs: Double(audio - daemon.startedNanos) / 1e6)
            case .text, .ping: continue
            case .close(let code):
                throw BenchOptions.Fault(description: "the stream was closed with \(code)")
            }
        }
    }

    /// Tries every half millisecond for up to half a minute.
    private static func patiently<Value>(
        _ body: () throws -> Value
    ) throws -> (value: Value, nanos: UInt64) {
        let began = MonotonicClock.nowNanos()
        while true {
            do {
                return (try body(), MonotonicClock.nowNanos())
            } catch {
                guard MonotonicClock.nowNanos() - began < 30_000_000_000 else { throw error }
                usleep(500)
            }
        }
    }

    private static func median(_ sorted: [Double]) -> Double {
        (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    private static func json(_ sorted: [Double]) -> JSONValue {
        .object([
            .init("p50Ms", .number(median(sorted))), .init("minMs", .number(sorted[0])),
            .init("maxMs", .number(sorted[sorted.count - 1])),
        ])
    }
}

/// A moment that another thread notes.
private final class Moment: @unchecked Sendable {
    // Written before the semaphore is signalled, read after it.
    private let done = DispatchSemaphore(value: 0)
    private var nanos: UInt64?

    func set(_ found: (value: Void, nanos: UInt64)?) {
        nanos = found?.nanos
        done.signal()
    }

    func wait() -> UInt64? {
        done.wait()
        return nanos
    }
}
