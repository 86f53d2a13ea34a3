import CallSimulator
import Foundation
import Net

/// Many calls at once in real time against a daemon: latencies, barge-in, gaps, and what they cost
/// the server; as text, JSON and HTML. A ramp finds how many calls it can hold.
enum CallsBenchmark {
    private static let known: [BenchOptions.Known] =
        [
            ("stream", "", "the stream's address, ws://127.0.0.1:8000/twilio/stream"),
            ("serve", "", "configuration of a daemon to start instead; anew for each step"),
            ("key", "", "KEY=VALUE, a key of --serve's file set anew; may be repeated"),
            ("pid", "0", "process of the daemon at --stream, for its processor time and memory"),
            ("calls", "1", "calls at once"),
            ("ramp", "", "FROM:TO:STEP, or FROM:TO to double and halve: the most calls that hold"),
            ("quality", CallsQuality.standard, "what must hold, NAME=LARGEST,…"),
            ("json", "", "file for the figures"), ("html", "", "file for the report"),
        ] + CallsPlan.known

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("\(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        guard options["stream"].isEmpty != options["serve"].isEmpty else {
            throw BenchOptions.Fault(description: "give either --stream or --serve")
        }
        let quality = try CallsQuality(options["quality"])
        let target = try CallsTarget(options)
        var plan = try CallsPlan(options)
        plan.recordsOneCall = !options["html"].isEmpty
        if options["ramp"].isEmpty {
            plan.callCount = try options.integer("calls")
            let (figures, log) = try target.measure(plan)
            print(figures)
            let failures = quality.failures(figures)
            print(verdict(failures, quality))
            let step = CallsRamp.Step(
                callCount: plan.callCount, figures: figures, failures: failures)
            let report = CallsReport(
                steps: [step], held: failures.isEmpty ? plan.callCount : 0, quality: quality,
                daemonLog: log, isRamp: false)
            try report.write(options)
            return figures.statistics.failedCallCount == 0 ? 0 : 1
        }
        let ramp = try CallsRamp(options["ramp"])
        var log = ""
        let (steps, held) = try ramp.run(quality: quality) { count in
            plan.callCount = count
            let (figures, said) = try target.measure(plan)
            log = said
            return figures
        } report: { step, isRetry in
            print("— \(step.callCount) calls\(isRetry ? ", once more" : "")\n\(step.figures)")
            print(verdict(step.failures, quality))
        }
        print("\nlargest number of calls that held \(quality): \(held)")
        let report = CallsReport(
            steps: steps, held: held, quality: quality, daemonLog: log, isRamp: true)
        try report.write(options)
        return held > 0 ? 0 : 1
    }

    private static func verdict(_ failures: [String], _ quality: CallsQuality) -> String {
        failures.isEmpty
            ? "quality: held (\(quality))"
            : "quality: NOT held: \(failures.joined(separator: ", "))"
    }
}

/// The daemon that is called: one that runs, or one to be started for each run.
struct CallsTarget {
    private let stream: String
    private let pid: Int
    private let configFile: String
    private let settings: [(key: String, value: String)]
    private let hasEndpoint: Bool

    init(_ options: BenchOptions) throws {
        stream = options["stream"]
        configFile = options["serve"]
        pid = try options.integer("pid")
        settings = try options.settings("key")
        hasEndpoint = !options["endpoint-ms"].isEmpty
        guard settings.isEmpty || !configFile.isEmpty else {
            throw BenchOptions.Fault(description: "--key needs --serve")
        }
    }

    init(configFile: String, settings: [(key: String, value: String)], hasEndpoint: Bool) {
        stream = ""
        pid = 0
        self.configFile = configFile
        self.settings = settings
        self.hasEndpoint = hasEndpoint
    }

    /// Makes the calls; what the daemon logged comes back where it was started here.
    func measure(_ plan: CallsPlan) throws -> (figures: CallsFigures, log: String) {
        var plan = plan
        guard !configFile.isEmpty else {
            plan.streamURL = stream
            let server = pid > 0 ? ServerProcess(pid: pid) : nil
            return (try CallsRun(plan: plan, server: server).measure(), "")
        }
        let daemon = try DaemonProcess.ready(
            configFile: configFile, settings: settings, callCount: plan.callCount)
        defer { daemon.stop() }
        plan.streamURL = daemon.stream
        if !hasEndpoint { plan.endpointMs = Double(daemon.configuration.turn.endpointMs) }
        let figures = try CallsRun(plan: plan, server: daemon.process).measure()
        return (figures, plan.recordsOneCall ? daemon.log : "")
    }
}
