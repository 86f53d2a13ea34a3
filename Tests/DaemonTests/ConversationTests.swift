import Assistants
import Conversations
import Foundation
import Testing

/// The repository's folder.
private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// Every written conversation, over the dialogue itself.
@Suite struct ConversationTests {
    private static let kinds = AssistantKind.all.map(\.name)
    private static let paths = kinds.flatMap(paths)

    private static func paths(_ kind: String) -> [String] {
        let folder = root.appending(path: "conversations/" + kind).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
    }

    @Test(arguments: kinds)
    func thereAreConversations(kind: String) throws {
        let paths = Self.paths(kind)
        #expect(paths.count >= 12)
        for path in paths { #expect(try ConversationFile.read(path: path).assistant.kind == kind) }
    }

    @Test(arguments: paths)
    func holdsByText(path: String) async throws {
        let file = try ConversationFile.read(path: path)
        let faults = try await ConversationRunner.run(file, over: try TextChannel(file))
        #expect(faults.isEmpty, "\(path):\n\(faults.joined(separator: "\n"))")
    }

    @Test func theRunnerSeesWhatIsNotAsWritten() async throws {
        let yaml = """
            assistant: {id: a, kind: reservations, timeZone: UTC}
            now: 2026-11-25 15:00
            turns:
              - {caller: A table for two tomorrow at 7 PM, answer: [three people], absent: [name]}
              - {caller: John, ends: true}
            reservations:
              - {party: 2, at: 2026-11-26 19:00, name: John}
            """
        let file = try ConversationFile.parse(yaml: yaml, file: "f.yaml")
        let faults = try await ConversationRunner.run(file, over: try TextChannel(file))
        #expect(faults.count == 4, "\(faults)")
        #expect(faults.first?.contains("lacks \"three people\"") ?? false)
        #expect(faults.last?.hasPrefix("reservations: wanted") ?? false)
    }

    @Test func theRunnerSeesWhatIsNotInTheDesksBooks() async throws {
        let yaml = """
            assistant: {id: a, kind: serviceDesk, timeZone: UTC}
            now: 2026-11-25 15:00
            turns:
              - {caller: I'm new}
              - {caller: My name is Ann Lee}
              - {caller: 555 123 4567}
              - {keys: "1"}
              - {caller: "The sink in the kitchen is leaking, it's urgent"}
              - {keys: "1", answer: [task number]}
            customers: [{number: "10001", name: Ann Lee, phone: "5551234567"}]
            tasks: [{customer: "10001", service: plumbing, location: kitchen, urgency: urgent, summary: [cold]}]
            """
        let file = try ConversationFile.parse(yaml: yaml, file: "f.yaml")
        let faults = try await ConversationRunner.run(file, over: try TextChannel(file))
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.contains("lacks \"cold\"") ?? false)
        var other = file
        other.customers = []
        other.tasks[0].location = "attic"
        let more = try await ConversationRunner.run(other, over: try TextChannel(other))
        #expect(more.contains { $0.hasPrefix("tasks: wanted") })
        #expect(more.contains { $0.hasPrefix("new customers: wanted") })
    }

    @Test(arguments: [
        ("turns: []\n", "f.yaml:1:1: has no turns; write what the caller says"),
        ("turns:\n  - {calller: hi}\n", "unknown key 'calller'; did you mean 'caller'?"),
        (
            "turns: [{caller: hi}]\nnow: yesterday\n",
            "'now' must be like 2026-11-25 15:00, in a known time zone"
        ),
    ])
    func aWrongFileIsRefused(yaml: String, message: String) {
        do {
            _ = try ConversationFile.parse(yaml: yaml, file: "f.yaml")
            Issue.record("it was read")
        } catch { #expect(error.description.contains(message), "\(error)") }
    }
}
