import Configuration
import Engines
import Foundation
import Testing

/// A daemon listens at once; what it needs for calls is prepared beside that.
@Suite struct StartTests {
    @Test func aWebhookThatComesBeforeTheIndexIsThereIsAnsweredWithIt() async throws {
        let samples = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "samples/hospitals")
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: samples.path)
                .first { $0.hasSuffix(".csv") })
        let daemon = try await TestDaemon.start(isPrepared: false) {
            $0.llm = [EngineSettings(ScriptedSettings())]
            var block = $0.assistants[0]
            block.kind = "directory"
            block.hospitals = samples.appending(path: file).path
            block.path = .gather
            $0.assistants = [block]
        }
        let answer = try await daemon.form(
            "/twilio/voice",
            [(name: "CallSid", value: "CA1"), (name: "To", value: "+15551234567")])
        #expect(answer.status == 200)
        #expect(answer.body.contains("<Gather"))
        let ready = try await daemon.get("/readyz")
        #expect(ready.status == 200)
        let log = try String(contentsOfFile: daemon.folder + "/log", encoding: .utf8)
        let listening = try #require(log.range(of: " listening "))
        let isReady = try #require(log.range(of: " ready "))
        #expect(listening.lowerBound < isReady.lowerBound)
        try await daemon.stop()
    }
}
