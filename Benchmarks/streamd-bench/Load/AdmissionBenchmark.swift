import Foundation
import Realtime
import Wire

/// More calls than `limits.maxCalls`: the callers beyond it hear that all lines are busy, and those
/// who are talking notice nothing.
enum AdmissionBenchmark {
    private static let known: [BenchOptions.Known] =
        [
            ("serve", nil, "configuration of the daemon to start"),
            ("key", "", "KEY=VALUE, a key of that file set anew; may be repeated"),
            ("calls", "50", "calls that are let in: limits.maxCalls"),
            ("extra", "200", "calls tried beyond, by webhook and by stream in turn"),
            ("extra-rate", "50", "of them in a second"),
            ("quality", CallsQuality.standard, "what the live calls keep"),
            ("json", "", "file for the figures"),
        ] + CallsPlan.known

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("admission: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        var plan = try CallsPlan(options)
        plan.callCount = try options.integer("calls")
        let quality = try CallsQuality(options["quality"])
        let rate = max(1, try options.integer("extra-rate"))
        let settings =
            try options.settings("key") + [
                (key: "limits.maxCalls", value: "\(plan.callCount)"),
                (key: "limits.webhooksPerSecond", value: "\(rate * 2)"),
                // The webhooks are not signed.
                (key: "twilio.validateSignatures", value: "false"),
            ]
        let daemon = try DaemonProcess.ready(configFile: options["serve"], settings: settings)
        defer { daemon.stop() }
        plan.streamURL = daemon.stream
        if options["endpoint-ms"].isEmpty {
            plan.endpointMs = Double(daemon.configuration.turn.endpointMs)
        }
        let startSeconds =
            plan.startRate > 0 ? Double(plan.callCount) / plan.startRate : 2
        let crowd = Crowd(
            port: daemon.port, count: try options.integer("extra"), perSecond: rate,
            afterSeconds: startSeconds + 0.5)
        let figures = try CallsRun(plan: plan, server: daemon.process).measure()
        let refusals = crowd.wait()
        let failures = quality.failures(figures)
        print(figures)
        print(failures.isEmpty ? "quality: held (\(quality))" : "quality: NOT held: \(failures)")
        print(refusals)
        try options.write(
            benchmark: "admission",
            [.init("held", .bool(failures.isEmpty))] + refusals.members + figures.members)
        return failures.isEmpty && refusals.admitted + refusals.failed == 0 ? 0 : 1
    }
}

/// What callers beyond the limit met with.
struct Refusals: CustomStringConvertible {
    /// Webhooks that were answered by "All our lines are busy" and a hang-up.
    var busyWebhooks = 0
    /// Streams that were closed with 1013.
    var busyStreams = 0
    /// Let in although no line was free.
    var admitted = 0
    /// Neither: an error.
    var failed = 0
    var firstFault = ""
    var latency = LatencyHistogram()

    var description: String {
        "beyond the limit: \(busyWebhooks) webhooks heard that all lines are busy, \(busyStreams) "
            + "streams were closed with 1013, \(admitted) were let in, \(failed) failed; answered in "
            + "p50 \(Format.ms(latency, 50)) p99 \(Format.ms(latency, 99)) ms"
            + (firstFault.isEmpty ? "" : "\nfirst fault: \(firstFault)")
    }

    var members: [JSONValue.Member] {
        [
            .init("busyWebhooks", .integer(busyWebhooks)),
            .init("busyStreams", .integer(busyStreams)), .init("admitted", .integer(admitted)),
            .init("refusalsFailed", .integer(failed)), .init("refusal", latency.json),
        ]
    }

    mutating func note(_ fault: String) {
        failed += 1
        if firstFault.isEmpty { firstFault = fault }
    }
}

/// Callers who come when all lines are taken: a thread of its own.
private final class Crowd: @unchecked Sendable {
    // Written before the semaphore is signalled, read after it.
    private let done = DispatchSemaphore(value: 0)
    private var refusals = Refusals()

    init(port: Int, count: Int, perSecond: Int, afterSeconds: Double) {
        Thread.detachNewThread { [self] in
            usleep(UInt32(afterSeconds * 1e6))
            for number in 0..<count {
                let began = MonotonicClock.nowNanos()
                do {
                    try number % 2 == 0 ? webhook(port, number) : stream(port, number)
                } catch {
                    refusals.note("\(error)")
                }
                refusals.latency.record(MonotonicClock.nowNanos() - began)
                let spent = UInt32((MonotonicClock.nowNanos() - began) / 1000)
                let pause = UInt32(1_000_000 / perSecond)
                if pause > spent { usleep(pause - spent) }
            }
            done.signal()
        }
    }

    func wait() -> Refusals {
        done.wait()
        return refusals
    }

    private func webhook(_ port: Int, _ number: Int) throws {
        let answer = try RawSocket(port: port).request(
            "POST", "/twilio/voice",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "CallSid=CAextra\(number)&To=%2B15551234567&From=%2B15550001111")
        if answer.status == 200, answer.body.contains("busy"), answer.body.contains("<Hangup/>") {
            refusals.busyWebhooks += 1
        } else if answer.body.contains("<Stream") {
            refusals.admitted += 1
        } else {
            refusals.note("\(answer.status) \(answer.body.prefix(200))")
        }
    }

    private func stream(_ port: Int, _ number: Int) throws {
        let socket = try RawSocket(port: port)
        try socket.upgrade()
        try socket.begin(callSid: "CAextra\(number)", streamSid: "MZextra\(number)")
        switch try socket.receive() {
        case .close(1013): refusals.busyStreams += 1
        case .close(let code): refusals.note("the stream was closed with \(code)")
        case .text, .ping: refusals.admitted += 1
        }
    }
}
