import CallSimulator
import Configuration
import Engines
import Foundation
import Testing
import Wire

/// Whole calls whose recogniser is a service behind a WebSocket, in another process.
@Suite struct RecogniserCallTests {
    static let secondWords = "what the second engine heard"
    /// Knows the fixtures, which takes it a moment to learn.
    private static let knowing = Result { try ServiceProcess() }

    private func start(
        _ kind: RecogniserKind, _ services: ServiceProcess, isPatient: Bool
    ) async throws -> TestDaemon {
        var recogniser = kind.settings(services)
        recogniser.remote?.apiKeyEnv = "STT_KEY"
        if isPatient {
            // A crowded machine makes nobody sick.
            recogniser.times = .patient
            recogniser.times.stallMs = 0
        }
        var second = EngineSettings(FixedSpeechToTextSettings())
        second[\FixedSpeechToTextSettings.text] = Self.secondWords
        let recognisers = [recogniser, second]
        return try await TestDaemon.start(environment: ["STT_KEY": "secret"]) {
            $0.stt = recognisers
            $0.assistants[0].greeting = "Hello."
        }
    }

    /// Every word that was said comes out, turn by turn, and nothing twice.
    @Test(arguments: RecogniserKind.allCases)
    func aCallIsAnswered(kind: RecogniserKind) async throws {
        let services = try await blocking { try Self.knowing.get() }
        let daemon = try await start(kind, services, isPatient: true)
        let names = ["speech/book-a-table.rms", "speech/yes.rms"]
        let result = await daemon.call(try .turns(names))
        #expect(result.faults == [])
        #expect(await daemon.logs("call ended", result.callSid))
        let said = try names.map { try Fixture.utterance($0).text.spokenWords }
        #expect(try callerWords(daemon, result) == said, "\(daemon.logLines)")
        #expect(daemon.lines(["engine failed"]) == [])
        let notes = try await services.statistics()["recent"]?.arrayValue ?? []
        let scheme = kind == .deepgram || kind == .flux ? "Token" : "Bearer"
        #expect(
            notes.contains {
                $0.stringValue == "stt: connection \(kind.path) with \(scheme) key"
            })
        try await daemon.stop()
    }

    /// What the caller said, by the records of the turns.
    private func callerWords(
        _ daemon: TestDaemon, _ result: SimulatedCallResult
    ) throws -> [[String]] {
        try daemon.lines([" turn {", result.callSid, "\"input\":\"speech\""]).map { line in
            let json = line[(line.firstIndex(of: "{") ?? line.endIndex)...]
            let record = try JSONValue(parsing: Array(json.utf8).span)
            return (record["caller"]?.stringValue ?? "").spokenWords
        }
    }

    enum Strike: String, CaseIterable, Sendable {
        case killed, hung, garbled

        /// The body of `POST /faults`; nil for what is done to the process.
        var fault: String? {
            switch self {
            case .killed: nil
            case .hung: "\"fault\":\"hang\""
            case .garbled: "\"fault\":\"garbage\""
            }
        }
    }

    /// Each service is struck while it works on the caller's words: the next engine is given all of
    /// them, the caller is answered once, and the call goes on.
    @Test(arguments: RecogniserKind.allCases, Strike.allCases)
    func aServiceThatIsStruckIsFollowedByTheNext(kind: RecogniserKind, strike: Strike) async throws
    {
        let services = try await blocking {
            // Slow enough to be killed in the middle of an answer.
            try ServiceProcess(
                ["--fixtures", "none"] + (strike == .killed ? ["--stt-ms", "700"] : []))
        }
        let daemon = try await start(kind, services, isPatient: false)
        if let fault = strike.fault { try await services.setFault("stt", fault) }
        let script = try CallerScript.turns([
            "speech/book-a-table.rms", "speech/for-four-people.rms",
        ])
        async let call = daemon.call(script)
        if strike == .killed {
            try await waitForAnswer(of: services)
            services.kill()
        }
        let result = await call
        #expect(result.faults == [], "\(daemon.logLines)")
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=stt"]).isEmpty, "\(daemon.logLines)")
        let said = Array(repeating: Self.secondWords.spokenWords, count: 2)
        #expect(try callerWords(daemon, result) == said, "\(daemon.logLines)")
        #expect(daemon.lines(["outcome=failed"]) == [] && daemon.lines(["stage failed"]) == [])
        let waits = result.turns.map { ($0.responseNanos ?? .max) / 1_000_000 }
        print("\(kind.rawValue) \(strike.rawValue): heard again after \(waits) ms")
        try await daemon.stop()
    }

    /// Until an answer is under way.
    private func waitForAnswer(of services: ServiceProcess) async throws {
        for _ in 0..<6000 {
            let statistics = try await services.statistics()
            if statistics["stt"]?["active"]?.intValue ?? 0 > 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func aMissingKeyIsNamed() async throws {
        await #expect {
            _ = try await TestDaemon.start { $0.stt = [EngineSettings(DeepgramListenSettings())] }
        } throws: { error in
            "\(error)".contains("DEEPGRAM_API_KEY is not set, which stt[0] (deepgram) needs")
        }
    }
}
