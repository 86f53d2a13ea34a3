import CallSimulator
import Daemon
import Foundation
import Testing

/// Whole calls whose ear is a service behind a WebSocket, in another process.
@Suite(.serialized) struct EarCallTests {
    static let secondWords = "what the second engine heard"

    private func start(
        _ kind: EarKind, _ services: ServiceProcess, isPatient: Bool
    ) async throws -> TestDaemon {
        var ear = kind.settings(services)
        ear.apiKeyEnv = "STT_KEY"
        if isPatient {
            // A crowded machine makes nobody sick.
            ear.connectMs = 20_000
            ear.firstByteMs = 20_000
            ear.totalMs = 60_000
            ear.answerMs = 20_000
        }
        var second = EngineSettings(engine: "fixed")
        second.text = Self.secondWords
        let ears = [ear, second]
        return try await TestDaemon.start(environment: ["STT_KEY": "secret"]) { $0.stt = ears }
    }

    @Test(arguments: EarKind.allCases)
    func aCallIsAnswered(kind: EarKind) async throws {
        let services = try await blocking { try ServiceProcess() }
        let daemon = try await start(kind, services, isPatient: true)
        let result = await daemon.call(
            try .turns(["speech/book-a-table.rms", "speech/yes.rms"]))
        #expect(result.faults == [])
        #expect(await daemon.logs("call ended", result.callSid))
        let turns = daemon.lines([" turn {", result.callSid, "\"input\":\"speech\""])
        #expect(turns.count == 2, "\(daemon.logLines)")
        for (turn, text) in zip(turns, ["table", "yes"]) {
            #expect(turn.lowercased().contains(text), "\(turn)")
        }
        #expect(daemon.lines(["engine failed"]) == [])
        let notes = try await services.statistics()["recent"]?.arrayValue ?? []
        let scheme = kind == .deepgram || kind == .flux ? "Token" : "Bearer"
        #expect(
            notes.contains {
                $0.stringValue == "stt: connection \(kind.path) with \(scheme) key"
            })
        try await daemon.stop()
    }

    static let faults: [(EarKind, String)] = [
        (.deepgram, "\"fault\":\"hang\""), (.deepgram, "\"fault\":\"cut\""),
        (.flux, "\"fault\":\"garbage\""), (.flux, "\"fault\":\"status\",\"status\":401"),
        (.openAIRealtime, "\"fault\":\"garbage\""), (.openAIRealtime, "\"fault\":\"hang\""),
        (.concya, "\"fault\":\"cut\""), (.concya, "\"fault\":\"status\",\"status\":503"),
    ]

    @Test(arguments: faults)
    func aFaultyServiceIsFollowedByTheNext(kind: EarKind, fault: String) async throws {
        let services = try await blocking { try ServiceProcess(["--fixtures", "none"]) }
        let daemon = try await start(kind, services, isPatient: false)
        try await services.setFault("stt", fault)
        let result = await daemon.call(try .turns(["speech/book-a-table.rms"]))
        #expect(result.end == .hungUp && result.protocolErrors == [])
        #expect(result.turns.first?.responseNanos != nil, "\(daemon.logLines)")
        #expect(await daemon.logs("call ended", result.callSid))
        #expect(!daemon.lines(["engine failed", "stage=stt"]).isEmpty, "\(daemon.logLines)")
        #expect(!daemon.lines([" turn {", result.callSid, Self.secondWords]).isEmpty)
        #expect(daemon.lines(["outcome=failed"]) == [] && daemon.lines(["stage failed"]) == [])
        try await daemon.stop()
    }

    @Test func aMissingKeyIsNamed() async throws {
        await #expect {
            _ = try await TestDaemon.start { $0.stt = [EngineSettings(engine: "deepgram")] }
        } throws: { error in
            "\(error)".contains("DEEPGRAM_API_KEY is not set, which stt[0] (deepgram) needs")
        }
    }
}
