import CallSimulator
import Configuration
import Daemon
import Foundation
import Net
import Telemetry

/// Calls from greeting to hang-up, with turns, interruptions, returned marks and keys, on a daemon
/// of this process.
enum WholeCalls {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    static func run() async throws -> Int32 {
        let library = try FixtureLibrary(folder: "audio-fixtures")
        var frameCount = 0
        var faults: [String] = []
        for setting in settings {
            let (frames, found) = try await play(setting, library)
            frameCount += frames
            faults += found
        }
        for fault in faults { print("realtime-check: \(fault)") }
        print("realtime-check: \(frameCount) frames of callers went through")
        return faults.isEmpty && frameCount > 1000 ? 0 : 1
    }

    private struct Setting {
        var callCount: Int
        var stt: String
        var tts: String
        var audio = "{}"
    }

    private static let settings = [
        // Answers at once.
        Setting(callCount: 4, stt: "fixed", tts: "fixed"),
        // Whisper is fed with every frame, flite's clips grow while they are played.
        Setting(callCount: 2, stt: "whisper", tts: "flite"),
        // What the caller says goes through every filter first.
        Setting(
            callCount: 1, stt: "fixed", tts: "fixed",
            audio: "{highPass: true, noiseSuppression: moderate, automaticGain: true, "
                + "echoCancellation: true}"),
    ]

    private static func yaml(_ setting: Setting) -> String {
        """
        server: {host: 127.0.0.1, port: 0, loops: 1}
        twilio: {validateSignatures: false}
        stt: [{engine: \(setting.stt)}]
        llm: [{engine: fixed}]
        tts: [{engine: \(setting.tts)}]
        audio: \(setting.audio)
        turn: {replyTimeoutMs: 30000}
        store: {path: ":memory:"}
        log: {level: error}
        assistants: [{id: concya}]
        defaultAssistant: concya
        """
    }

    private static func play(
        _ setting: Setting, _ library: FixtureLibrary
    ) async throws -> (frames: Int, faults: [String]) {
        let configuration = try Configuration.parse(
            yaml: yaml(setting), file: "realtime-check")
        let log = Logger(level: .error, format: .text)
        let daemon = try StreamDaemon(
            configuration: configuration,
            secrets: try Secrets(environment: [:], file: "/dev/null"), log: log)
        try daemon.waitUntilPrepared()
        let callers = try EventLoopGroup(count: 1, label: "caller")
        let loop = callers.loops[0]
        var results: [SimulatedCallResult] = []
        try await withThrowingTaskGroup(of: SimulatedCallResult.self) { group in
            for number in 0..<setting.callCount {
                var call = SimulatedCallOptions(
                    script: try script(library, number), number: UInt64(number + 1))
                call.webhookURL = "http://127.0.0.1:\(daemon.port)/twilio/voice"
                group.addTask { [call] in await SimulatedCall.run(call, on: loop) }
            }
            for try await result in group { results.append(result) }
        }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                daemon.stop()
                callers.shutdown()
                log.close()
                continuation.resume()
            }
        }
        return (results.reduce(0) { $0 + Int($1.frameCount) }, results.flatMap(faults))
    }

    /// Two turns; the second call and every other one interrupts in between.
    private static func script(_ library: FixtureLibrary, _ number: Int) throws -> CallerScript {
        let book = try library.clip(saying: "I'd like to book a table.")
        let four = try library.clip(saying: "For four people.")
        var steps: [CallerStep] = [.waitForAgent(pauseMs: 100 + number * 37), .say(book)]
        if number % 2 == 1 { steps.append(.bargeIn(four, afterMs: 700)) }
        steps += [.say(four, pauseMs: 300), .waitForAgent(pauseMs: 300)]
        if number % 2 == 0 { steps += [.dtmf("5"), .silence(ms: 500)] }
        return CallerScript(
            steps, answerTimeoutMs: 30_000, background: .noise(level: -65, seed: UInt64(number + 1))
        )
    }

    private static func faults(_ result: SimulatedCallResult) -> [String] {
        var faults: [String] = []
        if result.end != .hungUp { faults.append("a call ended: \(result.end)") }
        for turn in result.turns where turn.isUnanswered {
            faults.append("no answer to '\(turn.text)'")
        }
        if result.markCount < 5 { faults.append("only \(result.markCount) marks") }
        return faults
    }
}
