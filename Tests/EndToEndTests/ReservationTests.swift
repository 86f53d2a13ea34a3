import CallSimulator
import Configuration
import Engines
import Foundation
import Store
import Testing

/// Nothing set beforehand: Whisper, the scripted dialogue, flite and SQLite.
@Suite struct ReservationTests {
    @Test func aTableIsBookedBySpeechAlone() async throws {
        let daemon = try await TestDaemon.start {
            $0.stt = [EngineSettings(WhisperSettings())]
            $0.llm = [EngineSettings(ScriptedSettings())]
            $0.tts = [EngineSettings(FliteSettings())]
            $0.turn.idlePromptMs = 120_000
            $0.turn.replyTimeoutMs = 60_000
        }
        var script = try CallerScript.turns([
            "speech/table-for-4-tomorrow.rms", "speech/john-miller.rms",
            "speech/make-it-five.rms", "speech/yes-please.rms",
        ])
        script.background = .noise(level: -65)
        let result = await daemon.call(script)
        #expect(result.end == .hungUp)
        #expect(result.protocolErrors == [])
        #expect(result.turns.count == 4)
        for turn in result.turns { #expect(!turn.isUnanswered, "\(turn.text)") }
        try await daemon.stop(keepingFiles: true)

        defer { daemon.removeFiles() }
        let database = try Database(DatabaseOptions(path: daemon.databasePath))
        defer { database.close() }
        let now = Int64(Date().timeIntervalSince1970)
        let rows = try await database.value {
            database.reservations(
                assistantID: "concya", startingIn: now..<(now + 3 * 86_400), completion: $0)
        }
        let heard = daemon.lines(["transcription", result.callSid]).joined(separator: "\n")
        #expect(rows.count == 1, "\(heard)")
        let row = try #require(rows.first)
        #expect(row.partySize == 5 && row.status == .booked, "\(heard)")
        #expect(row.startsAtLocal.hasSuffix(" 19:00"), "\(row.startsAtLocal)")
        #expect(row.name == "John Miller", "\(heard)")
        #expect(row.callSid == result.callSid)
        #expect(!row.confirmationNumber.isEmpty && !row.tableNames.isEmpty)
        let turns = try await database.value {
            database.turns(callSid: result.callSid, completion: $0)
        }
        #expect(turns.count { !$0.callerText.isEmpty } == 4)
    }
}
