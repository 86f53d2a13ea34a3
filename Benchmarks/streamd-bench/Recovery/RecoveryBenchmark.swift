import CallSimulator
import Foundation
import Net
import Realtime
import ServiceStandIns
import Store

/// Services that fail in the middle of a turn: how long the caller hears nothing, whether the call
/// goes on, and whether anything is done twice. A caller books a table; in one of the turns one
/// service is killed, hangs, answers garbage, breaks off or falls silent, each in turn.
enum RecoveryBenchmark {
    static let services = [StandInService.stt, .llm, .tts]
    static let faults = ["killed", "hang", "garbage", "cut", "stall"]

    private static let known: [BenchOptions.Known] = [
        ("serve", nil, "configuration of the daemon to start, with a service first in every chain"),
        ("key", "", "KEY=VALUE, a key of that file set anew; may be repeated"),
        ("services", "stt,llm,tts", "which of the services fail"),
        ("faults", faults.joined(separator: ","), "in which ways"),
        ("turn", "3", "in which of the caller's turns; the table is booked in the third"),
        ("stt-ms", "150", "delay of a transcript"), ("llm-first-ms", "200", "of the first token"),
        ("llm-token-ms", "10", "of every further token"), ("tts-first-ms", "100", "of speech"),
        (
            "pause-ms", "3000",
            "how long the caller is silent after the agent; longer than the silences looked for"
        ),
        ("fixtures", "audio-fixtures", "folder with MANIFEST.json"),
        ("wav", "", "folder for the calls' sound"), ("json", "", "file for the figures"),
    ]

    static func run(arguments: [String]) -> Int32 {
        do {
            return try measure(try BenchOptions(arguments, known: known))
        } catch {
            print("recovery: \(error)")
            return 64
        }
    }

    private static func measure(_ options: BenchOptions) throws -> Int32 {
        let services = try options["services"].split(separator: ",").map { name in
            guard let service = Self.services.first(where: { $0.rawValue == name }) else {
                throw BenchOptions.Fault(description: "there is no service \(name)")
            }
            return service
        }
        let faults = options["faults"].split(separator: ",").map(String.init)
        for fault in faults where !Self.faults.contains(fault) {
            throw BenchOptions.Fault(
                description: "no fault '\(fault)'; choose of \(Self.faults.joined(separator: ", "))"
            )
        }
        let run = try RecoveryRun(options)
        defer { run.stop() }
        var figures = RecoveryFigures()
        for service in services {
            for fault in faults { figures.cases.append(try run.call(service, fault)) }
        }
        print(figures)
        try options.write(benchmark: "recovery", figures.members)
        let isWell = figures.droppedCount + figures.twiceCount + figures.silentCount == 0
        return isWell ? 0 : 1
    }
}

/// A daemon with its services, and the calls made to it one after the other. For one thread.
private final class RecoveryRun {
    private let daemon: DaemonProcess
    private let children: [StandInService: ServiceChild]
    private let loops: EventLoopGroup
    private let script: CallerScript
    private let turn: Int
    private let wavFolder: String

    /// What the caller says: the table is booked with the third.
    private static let lines = [
        "a table for 4 people tomorrow at 7 pm", "John Miller", "yes please",
    ]
    private static let childSecondsMax = 1800
    private static let turnSecondsMax = 60

    init(_ options: BenchOptions) throws {
        turn = try options.integer("turn")
        wavFolder = options["wav"]
        let library = try FixtureLibrary(folder: options["fixtures"])
        let pauseMs = try options.integer("pause-ms")
        let steps = try Self.lines.map {
            CallerStep.say(try library.clip(saying: $0), pauseMs: pauseMs)
        }
        script = CallerScript(
            steps + [.waitForAgent(pauseMs: pauseMs)], answerTimeoutMs: 20_000,
            background: .noise(level: -65))
        let delays = ["stt-ms", "llm-first-ms", "llm-token-ms", "tts-first-ms"].flatMap {
            ["--" + $0, options[$0]]
        }
        var children: [StandInService: ServiceChild] = [:]
        var settings = try options.settings("key")
        for service in RecoveryBenchmark.services {
            let fixtures = service == .stt ? options["fixtures"] : "none"
            let child = try ServiceChild(
                service, words: delays + ["--fixtures", fixtures, "--llm", "tools"],
                seconds: Self.childSecondsMax)
            children[service] = child
            settings.append(
                (key: "\(service.rawValue).0.baseURL", value: "\"\(child.baseURL)\""))
        }
        self.children = children
        daemon = try DaemonProcess.ready(configFile: options["serve"], settings: settings)
        loops = try EventLoopGroup(count: 1, label: "caller")
    }

    func stop() {
        daemon.stop()
        loops.shutdown()
        for child in children.values { child.kill() }
    }

    /// One call in which one service fails in one way, from one turn on.
    func call(_ service: StandInService, _ fault: String) throws -> RecoveryCase {
        guard let child = children[service] else {
            throw BenchOptions.Fault(description: "there is no service \(service)")
        }
        var call = SimulatedCallOptions(script: script, number: MonotonicClock.nowNanos())
        call.streamURL = daemon.stream
        call.recordedSecondsMax = 120
        let sid = call.callSid
        let outcome = CallOutcome()
        let loop = loops.loops[0]
        loop.execute { [call] in
            SimulatedCall(call, loop: loop) { outcome.set($0) }.start()
        }
        try waitForTurn(turn - 1, sid, outcome)
        try strike(child, fault, outcome)
        let result = outcome.wait()
        try child.start()
        try child.setFault(nil)
        if !wavFolder.isEmpty {
            try result.recording?.write(wav: "\(wavFolder)/\(service.rawValue)-\(fault).wav")
        }
        let failures = daemon.log.split(separator: "\n").count {
            $0.contains("engine failed") && $0.contains("stage=\(service.rawValue)")
        }
        defer { failuresBefore[service] = failures }
        return RecoveryCase(
            service: service.rawValue, fault: fault, turn: turn, result: result,
            rowCount: try rowCount(sid), failureCount: failures - (failuresBefore[service] ?? 0))
    }

    private var failuresBefore: [StandInService: Int] = [:]

    /// Until the turn's record is in the daemon's log; the caller then keeps silent for a while.
    private func waitForTurn(_ turn: Int, _ sid: String, _ outcome: CallOutcome) throws {
        for _ in 0..<Self.turnSecondsMax * 50 {
            let isOver = daemon.log.split(separator: "\n").contains {
                $0.contains(" turn ") && $0.contains(sid) && $0.contains("\"turn\":\(turn),")
            }
            if isOver { return }
            guard outcome.result == nil else { break }
            usleep(20_000)
        }
        throw BenchOptions.Fault(description: "turn \(turn) did not come to its end")
    }

    /// Hanging and the like begin with the next request; killed is while one is being answered.
    private func strike(_ child: ServiceChild, _ fault: String, _ outcome: CallOutcome) throws {
        guard fault == "killed" else { return try child.setFault(fault) }
        while outcome.result == nil {
            if try child.activeCount() > 0 { return child.kill() }
            usleep(1000)
        }
    }

    private func rowCount(_ sid: String) throws -> Int {
        let database = try Database(daemon.database)
        defer { database.close() }
        return try Blocking.waitThrowing {
            try await database.value {
                database.reservations(
                    assistantID: "concya", startingIn: 0..<Int64.max, completion: $0)
            }
        }.count { $0.callSid == sid }
    }
}

/// How a call came out, from its loop to the thread that waits.
private final class CallOutcome: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private let done = DispatchSemaphore(value: 0)
    private var value: SimulatedCallResult?

    var result: SimulatedCallResult? { lock.withLock { value } }

    func set(_ result: SimulatedCallResult) {
        lock.withLock { value = result }
        done.signal()
    }

    func wait() -> SimulatedCallResult {
        done.wait()
        guard let result else { preconditionFailure("the call has ended") }
        return result
    }
}
