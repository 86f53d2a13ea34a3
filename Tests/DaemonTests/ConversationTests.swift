import Assistants
import Daemon
import Foundation
import Testing

/// The repository's folder.
private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// Every written conversation, over the dialogue itself.
@Suite struct ConversationTests {
    private static let kinds = AssistantKind.allCases.map(\.rawValue)
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

/// Menus that the configuration names, and those that are imported.
@Suite struct MenuFileTests {
    private func configuration(_ folder: String) throws -> Configuration {
        let yaml = """
            store: {path: "\(folder)/streamd.sqlite"}
            assistants:
              - {id: bella, kind: restaurant, menu: bella.csv}
              - {id: mario, kind: restaurant}
              - {id: concya}
            defaultAssistant: bella
            """
        try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
        return try Configuration.read(path: folder + "/a.yaml")
    }

    private func makeFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "streamd-menu-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func aMenuIsFoundBesideItsConfiguration() throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let configuration = try configuration(folder)
        #expect(configuration.assistants.map(\.menu) == [folder + "/bella.csv", "", ""])
    }

    @Test func anImportedMenuIsSoldAtOnceAndToItsOwnGuestsOnly() throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let csv = "name,category,price\nFish Soup,Soups,7.50\n"
        try csv.write(toFile: folder + "/bella.csv", atomically: true, encoding: .utf8)
        let dear = csv.replacing("7.50", with: "9.25")
        try dear.write(toFile: folder + "/mario.csv", atomically: true, encoding: .utf8)
        let configuration = try configuration(folder)
        let items = try MenuFile.import(
            path: folder + "/mario.csv", assistantID: "mario", configuration: configuration)
        #expect(items.map(\.name) == ["Fish Soup"])
        for (id, price) in [("bella", "$7.50"), ("mario", "$9.25")] {
            let chat = try Chat(configuration, assistant: id)
            #expect(chat.say("How much is the fish soup?").text == "Fish Soup is \(price).")
            chat.close()
        }
    }

    @Test func aFaultyFileChangesNothing() throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "name,category,price\nSoup,Soups,7.50\n".write(
            toFile: folder + "/bella.csv", atomically: true, encoding: .utf8)
        let configuration = try configuration(folder)
        _ = try MenuFile.import(
            path: folder + "/bella.csv", assistantID: "bella", configuration: configuration)
        let bad = "name,category,price\nSalad,Salads,5\nBread,,2.00\nCake,Cakes,free\n"
        try bad.write(toFile: folder + "/bad.csv", atomically: true, encoding: .utf8)
        do {
            _ = try MenuFile.import(
                path: folder + "/bad.csv", assistantID: "bella", configuration: configuration)
            Issue.record("it was imported")
        } catch {
            #expect(
                "\(error)" == """
                    \(folder)/bad.csv:3: Bread has no category
                    \(folder)/bad.csv:4: 'free' is no price; write one like 16.95
                    """)
        }
        let chat = try Chat(configuration, assistant: "bella")
        defer { chat.close() }
        #expect(chat.say("What do you have?").text.contains("We have Soup $7.50."))
    }

    @Test(arguments: [("nobody", "there is no assistant 'nobody'"), ("concya", "has no menu")])
    func anAssistantWithoutAMenuIsNamed(id: String, message: String) throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            _ = try MenuFile.import(
                path: folder + "/x.csv", assistantID: id,
                configuration: try configuration(folder))
            Issue.record("it was imported")
        } catch { #expect("\(error)".contains(message), "\(error)") }
    }
}
