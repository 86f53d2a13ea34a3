import Assembly
import Configuration
import Foundation
import Net
import Options
import Pipelines
import Testing
import VAD

/// Every default is a number of one owner: a file that sets nothing gives what the owners have, and the
/// reference page tells it.
@Suite struct DefaultTests {
    private static func empty() throws -> Configuration {
        try Configuration.parse(
            yaml: "assistants: [{id: a}]\ndefaultAssistant: a\n", file: "t.yaml")
    }

    @Test func anEmptyFileGivesTheOwnersDefaults() throws {
        let configuration = try Self.empty()
        let owners = Configuration()
        for option in Configuration.options {
            guard let field = option.field else {
                Issue.record("\(option.key) has no field to compare")
                continue
            }
            guard option.key != "assistants", option.key != "defaultAssistant" else { continue }
            #expect(field.isSame(configuration, owners), "\(option.key)")
        }
        let server = HTTPServerOptions(configuration.server)
        #expect(server.idleTimeoutMs == HTTPServerOptions().idleTimeoutMs)
        #expect(server.connectionsMax == HTTPServerOptions().connectionsMax)
        #expect(CallerDetection.options(configuration) == SpeechDetectorOptions())
        var conversation = ConversationOptions(configuration, voice: nil, block: AssistantBlock())
        // This depends on the engines.
        conversation.judgesWords = ConversationOptions().judgesWords
        #expect(conversation == ConversationOptions())
    }

    /// What had two owners once, with another number each.
    @Test func theDocumentedNumbersAreTheOwners() {
        let turn = TurnOptions()
        #expect(turn.idlePromptMs == 8000 && turn.idlePromptsMax == 3)
        #expect(turn.replyTimeoutMs == 8000)
        let server = HTTPServerOptions()
        #expect(server.idleTimeoutMs == 60_000 && server.connectionsMax == 12_000)
        #expect(turn.bargeInMs == 60 && SpeechDetectorOptions().playoutOnsetMs == 60)
    }

    @Test func theReferencePageTellsThem() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        for option in Configuration.options {
            let text = option.defaultText(Configuration())
            let line = try #require(
                lines.first { $0.hasPrefix("| `\(option.key)` |") }, "\(option.key)")
            #expect(line.contains("| `\(text)` |"), "\(option.key)")
        }
    }

    /// A key and the property that it fills are called alike.
    @Test func rowsFillPropertiesOfTheirName() throws {
        let owned: [(block: String, names: [String])] = [
            ("turn", Mirror(reflecting: TurnOptions()).children.compactMap(\.label)),
            (
                "vad",
                Mirror(reflecting: SpeechDetectorOptions()).children.compactMap(\.label)
                    + Mirror(reflecting: ConversationOptions()).children.compactMap(\.label)
            ),
            (
                "buffers",
                Mirror(reflecting: ConversationOptions()).children.compactMap(\.label)
                    + Mirror(reflecting: BufferSettings()).children.compactMap(\.label)
            ),
        ]
        for (block, names) in owned {
            let keys = Configuration.options.map(\.key).filter { $0.hasPrefix(block + ".") }
            #expect(!keys.isEmpty)
            for key in keys {
                #expect(names.contains(String(key.dropFirst(block.count + 1))), "\(key)")
            }
        }
    }
}
