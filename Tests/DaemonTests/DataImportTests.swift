import Configuration
import Foundation
import Operations
import Options
import Testing

/// Menus that the configuration names, and those that are imported.
@Suite struct MenuImportTests {
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
        // The configuration names it.
        try "name,category,price\nSoup,Soups,7.50\n".write(
            toFile: folder + "/bella.csv", atomically: true, encoding: .utf8)
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
        let done = try DataImport.run(
            .menu, path: folder + "/mario.csv", assistantID: "mario", configuration: configuration)
        #expect(done == "mario: 1 items in 1 categories")
        for (id, price) in [("bella", "$7.50"), ("mario", "$9.25")] {
            let chat = try Chat(configuration, secrets: noSecrets(), assistant: id)
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
        _ = try DataImport.run(
            .menu, path: folder + "/bella.csv", assistantID: "bella", configuration: configuration)
        let bad = "name,category,price\nSalad,Salads,5\nBread,,2.00\nCake,Cakes,free\n"
        try bad.write(toFile: folder + "/bad.csv", atomically: true, encoding: .utf8)
        do {
            _ = try DataImport.run(
                .menu, path: folder + "/bad.csv", assistantID: "bella",
                configuration: configuration)
            Issue.record("it was imported")
        } catch {
            #expect(
                "\(error)" == """
                    \(folder)/bad.csv:3: Bread has no category
                    \(folder)/bad.csv:4: 'free' is not a price; write one like 16.95
                    """)
        }
        let chat = try Chat(configuration, secrets: noSecrets(), assistant: "bella")
        defer { chat.close() }
        #expect(chat.say("What do you have?").text.contains("We have Soup $7.50."))
    }

    @Test(arguments: [("nobody", "there is no assistant 'nobody'"), ("concya", "has no menu")])
    func anAssistantWithoutAMenuIsNamed(id: String, message: String) throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            _ = try DataImport.run(
                .menu, path: folder + "/x.csv", assistantID: id,
                configuration: try configuration(folder))
            Issue.record("it was imported")
        } catch { #expect("\(error)".contains(message), "\(error)") }
    }
}

/// What is taken in comes out again, for every kind of records.
@Suite struct DataExportTests {
    private let files = [
        (
            "menu", "bella",
            "name,category,price,sizes,extras,tags,aliases,description\n"
                + "Fish Soup,Soups,7.50,,,,broth,\"hot, red\"\n"
        ),
        ("customers", "handy", "number,name,phone\n10041,Paul,+15552220041\n10042,Ann,\n"),
        ("hospitals", "loop", "name,address,city,aliases\nLotus,1 Main Road,Pune,L|P\n"),
        ("tables", "concya", "name,seats,group\nBar,2,\nHall 1,4,hall\n"),
    ]

    private func configuration(_ folder: String) throws -> Configuration {
        let yaml = """
            store: {path: "\(folder)/streamd.sqlite"}
            assistants:
              - {id: bella, kind: restaurant}
              - {id: handy, kind: serviceDesk, customerNumberDigits: 5}
              - {id: loop, kind: directory}
              - {id: concya}
            defaultAssistant: concya
            """
        return try Configuration.parse(yaml: yaml, file: "a.yaml")
    }

    private func inFolder(_ body: (String, Configuration) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "streamd-data-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder, try configuration(folder))
    }

    @Test func whatGoesInComesOut() throws {
        try inFolder { (folder: String, configuration: Configuration) throws in
            for (name, id, text) in files {
                let kind = try #require(DataImport.Kind(rawValue: name))
                let path = "\(folder)/\(name).csv"
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                let done = try DataImport.run(
                    kind, path: path, assistantID: id, configuration: configuration)
                #expect(done.hasPrefix("\(id): "), "\(done)")
                let exported = try DataExport.run(
                    try #require(DataExport.Kind(rawValue: name)), assistantID: id,
                    configuration: configuration)
                #expect(exported == text)
            }
        }
    }

    @Test func recordsOfConversationsAreExported() throws {
        try inFolder { (folder: String, configuration: Configuration) throws in
            try files[1].2.write(toFile: folder + "/c.csv", atomically: true, encoding: .utf8)
            _ = try DataImport.run(
                .customers, path: folder + "/c.csv", assistantID: "handy",
                configuration: configuration)
            let chat = try Chat(configuration, secrets: noSecrets(), assistant: "handy")
            for line in ["10042", "The sink in the attic leaks, it's urgent", "yes"] {
                _ = chat.say(line)
            }
            chat.close()
            let tasks = try DataExport.run(
                .tasks, assistantID: "handy", configuration: configuration)
            #expect(tasks.split(separator: "\n").count == 2)
            #expect(tasks.contains(",10042,Ann,,plumbing,The sink in the attic leaks,attic,urgent"))
            for kind in [DataExport.Kind.orders, .reservations] {
                let text = try DataExport.run(
                    kind, assistantID: "concya", configuration: configuration)
                #expect(text.split(separator: "\n").count == 1)
            }
        }
    }

    @Test func aFaultyFileOrTheWrongAssistantChangesNothing() throws {
        try inFolder { (folder: String, configuration: Configuration) throws in
            let path = folder + "/x.csv"
            func attempt(_ kind: DataImport.Kind, _ id: String, _ text: String) throws -> String {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                do {
                    return try DataImport.run(
                        kind, path: path, assistantID: id, configuration: configuration)
                } catch { return "\(error)" }
            }
            #expect(
                try attempt(.customers, "handy", "number,name\n10041,Paul\n1,Bob\n")
                    .hasPrefix("\(path):3: the number '1' must have"))
            #expect(
                try attempt(.customers, "handy", "number,name\n10041,Paul\n123,Bob\n")
                    .contains("has not the 5 digits"))
            #expect(
                try DataExport.run(
                    .customers, assistantID: "handy", configuration: configuration)
                    == "number,name,phone\n")
            #expect(
                try attempt(.hospitals, "handy", files[2].2)
                    == "assistant 'handy' is of kind serviceDesk and has no hospitals")
            #expect(try attempt(.tables, "loop", files[3].2).contains("has no tables"))
            #expect(try attempt(.tables, "nobody", files[3].2).contains("there is no assistant"))
        }
    }

    @Test func filesOfTheConfigurationAreReadBesideItAndChecked() throws {
        try inFolder { (folder: String, _: Configuration) throws in
            func read(_ block: String) throws -> Configuration {
                let yaml =
                    "store: {path: ':memory:'}\nassistants: [\(block)]\ndefaultAssistant: a\n"
                try yaml.write(toFile: folder + "/a.yaml", atomically: true, encoding: .utf8)
                return try Configuration.read(path: folder + "/a.yaml")
            }
            try files[2].2.write(toFile: folder + "/h.csv", atomically: true, encoding: .utf8)
            let chat = try Chat(
                try read("{id: a, kind: directory, hospitals: h.csv}"), secrets: noSecrets(),
                assistant: "a")
            #expect(chat.say("hospitals in Pune").text.contains("In Pune we have Lotus."))
            chat.close()
            #expect(throws: ConfigurationError.self) {
                try read("{id: a, kind: serviceDesk, hospitals: h.csv}")
            }
            let services = try read("{id: a, kind: serviceDesk, services: {bikes: [Wheel, brake]}}")
            #expect(services.assistants[0].services == ["bikes": ["wheel", "brake"]])
        }
    }
}

/// Of an environment without keys.
private func noSecrets() throws -> Secrets {
    try Secrets(environment: [:], file: NSTemporaryDirectory() + "/no-such-env")
}
