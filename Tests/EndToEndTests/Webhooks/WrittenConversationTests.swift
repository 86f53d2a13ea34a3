import Configuration
import Conversations
import Engines
import Foundation
import Store
import Testing

/// Every written conversation, by text messages and by `<Gather>`, as signed webhooks to a daemon.
@Suite struct WrittenConversationTests {
    /// One conversation with the numbers that its two businesses have.
    private struct Case {
        var path: String
        var file: ConversationFile
        var number: Int

        var texted: String { "+1555200\(1000 + number)" }
        var called: String { "+1555300\(1000 + number)" }
        var textID: String { "text-\(number)" }
        var callID: String { "call-\(number)" }
    }

    private static func cases() throws -> [Case] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "conversations").path
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        return try paths.enumerated().map { number, path in
            let file = try ConversationFile.read(path: folder + "/" + path)
            return Case(path: path, file: file, number: number)
        }
    }

    @Test func theyHoldBySMSAndByGather() async throws {
        let cases = try Self.cases()
        #expect(cases.count >= 12)
        // One daemon for each moment.
        for (moment, group) in try Dictionary(grouping: cases, by: { try #require($0.file.moment) })
            .sorted(by: { $0.key < $1.key })
        {
            let daemon = try await TestDaemon.start(token: TwilioSide.token, now: moment) {
                $0.twilio.publicURL = TwilioSide.base
                $0.llm = [EngineSettings(ScriptedSettings())]
                $0.assistants = []
                for item in group {
                    var block = item.file.assistant
                    block.id = item.textID
                    $0.assistants.append(block)
                    $0.numbers[item.texted] = NumberBlock(assistant: block.id)
                    block.id = item.callID
                    $0.assistants.append(block)
                    $0.numbers[item.called] = NumberBlock(assistant: block.id, path: .gather)
                }
                $0.defaultAssistant = $0.assistants[0].id
            }
            let database = try Database(DatabaseOptions(path: daemon.databasePath))
            let side = TwilioSide(daemon: daemon)
            for item in group {
                var file = item.file
                file.assistant.id = item.textID
                let text = SMSChannel(
                    side: side, database: database, customer: "+15550001111",
                    business: item.texted)
                let texted = try await ConversationRunner.run(file, over: text)
                #expect(
                    texted.isEmpty, "\(item.path) by SMS:\n\(texted.joined(separator: "\n"))")
                file.assistant.id = item.callID
                let call = GatherChannel(
                    side, database, caller: "+15550001111", called: item.called)
                let spoken = try await ConversationRunner.run(file, over: call)
                #expect(
                    spoken.isEmpty, "\(item.path) by Gather:\n\(spoken.joined(separator: "\n"))")
            }
            database.close()
            try await daemon.stop()
        }
    }
}
