import Configuration
import Foundation
import Options
import Testing

/// A configuration with several faults: all of them are told, each once, and nothing that only follows
/// from another.
@Suite struct ConfigurationFaultTests {
    private static func faults(_ yaml: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try Configuration.parse(yaml: yaml, file: "f.yaml")
            return []
        } catch { return error.faults.map(\.description) }
    }

    private static let minimal = "assistants: [{id: a}]\ndefaultAssistant: a\n"

    private static let wrong = """
        defaultAssistant: nobody
        server: {port: many, loops: -1, prot: 1}
        server: {port: 1}
        twilio:
          publicURL: "http://voice.example.com"
          validateSignatures: perhaps
        turn: {endpointMs: 100, idlePromptsMax: 99}
        stt:
          - {engine: wisper}
          - {engine: whisper, voice: x, threads: 0}
        buffers: [1]
        assistants:
          - id: desk
            kind: serviceDesk
            language: klingon
            timeZone: Mars/Base
            handOverNumber: "0800 123"
            hours: {funday: closed, monday: "9-5"}
            tables: [2, many]
            menu: menu.csv
            prompts: {nobody: "x", confirm: "Shall I?"}
          - {id: bank, kind: bank}
          - {kind: directory}
        numbers: {"12": desk, "+15551234567": nobody}
        routes: {voice: voice, /a: speach}
        """

    @Test func allAreToldInTheOrderOfTheirLines() {
        let expected = [
            "f.yaml:1:19: defaultAssistant is 'nobody'; it must be one of desk, bank",
            "f.yaml:2:16: server.port must be a whole number",
            "f.yaml:2:29: server.loops is -1",
            "f.yaml:2:33: unknown key 'server.prot'; did you mean 'port'?",
            "f.yaml:3:1: 'server' is given twice",
            "f.yaml:5:14: 'http://voice.example.com' is not https",
            "f.yaml:6:23: twilio.validateSignatures must be true or false",
            "f.yaml:7:20: turn.endpointMinMs ≤ endpointMs",
            "f.yaml:7:41: turn.idlePromptsMax is 99",
            "f.yaml:9:5: stt[0]: 'wisper' is not known",
            "f.yaml:10:23: stt[1]: whisper takes no 'voice'",
            "f.yaml:10:42: threads is 0",
            "f.yaml:11:10: 'buffers' must be a block",
            "f.yaml:15:15: assistant 'desk': 'klingon' is not a language",
            "f.yaml:16:15: assistant 'desk': 'Mars/Base' is not a time zone",
            "f.yaml:17:21: assistant 'desk': handOverNumber '0800 123' is not a telephone number",
            "f.yaml:18:13: 'funday' is not a day",
            "f.yaml:18:37: '9-5' is not a span of hours",
            "f.yaml:19:5: assistant 'desk' is of kind serviceDesk, which has no 'tables'",
            "f.yaml:19:17: tables must be a whole number",
            "f.yaml:20:5: assistant 'desk' is of kind serviceDesk, which has no 'menu'",
            "f.yaml:21:15: 'nobody' is not a prompt of kind serviceDesk",
            "f.yaml:21:37: prompts.confirm: ",
            "f.yaml:22:22: assistant 'bank' has kind 'bank'",
            "f.yaml:23:5: this assistant has no 'id'",
            "f.yaml:24:11: '12' is not a number in E.164",
            "f.yaml:24:39: +15551234567 goes to 'nobody'",
            "f.yaml:25:10: 'voice' is not a path",
            "f.yaml:25:28: routes./a: 'speach' is not one of",
        ]
        let found = Self.faults(Self.wrong)
        #expect(found.count == expected.count, "\(found.joined(separator: "\n"))")
        for (found, expected) in zip(found, expected) {
            #expect(found.hasPrefix(expected), "\(found)")
        }
    }

    @Test(arguments: [
        "assistants: 5\ndefaultAssistant: a\n",
        "assistants: [{id: [1]}]\ndefaultAssistant: a\n",
        "assistants: [{id: a, kind: [1]}]\ndefaultAssistant: a\n",
        "assistants: [{id: a, timeZone: Mars/Base}]\ndefaultAssistant: a\n",
        "assistants: [{id: a, language: [de]}]\ndefaultAssistant: a\n",
        "assistants: [{id: a}]\ndefaultAssistant: [a]\n",
        minimal + "turn: {endpointMinMs: many, endpointMs: 100}\n",
        minimal + "numbers: {\"+15551234567\": {assistant: [a]}}\n",
        minimal + "routes: {/words: speach, /v: {webhook: voice, speech: /words}}\n",
        minimal + "stt: [{engine: [whisper], model: m}]\n",
        minimal + "stt: 5\n",
        minimal + "buffers: {leadMs: some, outboundBytesMax: 16384}\n",
    ])
    func whatFollowsFromAFaultIsNotTold(yaml: String) {
        let found = Self.faults(yaml)
        #expect(found.count == 1, "\(found)")
    }

    @Test func anAliasIsToldOnce() {
        let found = Self.faults(
            "numbers: {\"+15551234567\": &n {path: pigeon}, \"+15551234568\": *n}\n" + Self.minimal)
        #expect(found.count(where: { $0.contains("pigeon") }) == 1, "\(found)")
    }

    @Test func manyAreCounted() throws {
        let keys = (0..<60).map { "nothing\($0): 1\n" }.joined()
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.parse(yaml: keys + Self.minimal, file: "f.yaml")
        }
        #expect(error.faults.count == 60 && error.lines.count == 51)
        #expect(error.lines.last == "and 10 more")
        #expect(error.lines[49].hasPrefix("f.yaml:50:1: unknown key 'nothing49'"))
        #expect(error.description == error.lines.joined(separator: "\n"))
    }

    @Test(arguments: [
        ("https://voice.example.com", true), ("http://localhost:8000", true),
        ("http://127.0.0.1:8000/", true), ("http://[::1]:8000", true),
        ("http://voice.example.com", false), ("http://127.example.com", false),
        ("http://192.168.1.7:8000", false), ("https://voice.example.com/twilio", false),
    ])
    func onlyThisMachineMayBeReachedWithoutTLS(url: String, isRight: Bool) {
        let found = Self.faults(Self.minimal + "twilio: {publicURL: \"\(url)\"}\n")
        #expect(found.isEmpty == isRight, "\(found)")
    }

    @Test func languagesThatAreSpokenAreKnown() {
        let known = [
            "en-US", "en-us", "de", "fil-PH", "arb", "cmn-CN", "yue-HK", "es-419", "zh-Hant-TW",
        ]
        for tag in known { #expect(AssistantBlock.isLanguage(tag), "\(tag)") }
        for tag in ["", "english", "klingon", "en_US", "en-", "en-XX", "xx", "en-US-"] {
            #expect(!AssistantBlock.isLanguage(tag), "\(tag)")
        }
    }

    @Test func keysOfAnotherKindAreRefused() {
        let keys = [
            ("menu: m.csv", "restaurant"), ("pickupMinutes: 5", "restaurant"),
            ("customers: c.csv", "serviceDesk"), ("services: {a: [b]}", "serviceDesk"),
            ("hospitals: h.csv", "directory"),
        ]
        for (key, kind) in keys {
            let entry = "assistants: [{id: a, \(key), kind: KIND}]\ndefaultAssistant: a\n"
            #expect(Self.faults(entry.replacing("KIND", with: kind)) == [])
            let found = Self.faults(entry.replacing("KIND", with: "reservations"))
            #expect(found.count == 1, "\(found)")
            #expect(found.first?.hasPrefix("f.yaml:1:22: ") == true, "\(found)")
            #expect(found.first?.hasSuffix("or write kind: \(kind)") == true, "\(found)")
        }
        #expect(
            Self.faults(
                "assistants: [{id: a, kind: restaurant, tables: [4]}]\ndefaultAssistant: a\n")
                == [])
    }

    @Test func filesThatAreNotThereAreTold() throws {
        let folder = NSTemporaryDirectory() + "streamd-faults-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder + "/sub", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = """
            defaultAssistant: a
            assistants:
              - {id: a, kind: restaurant, menu: gone.csv}
              - {id: b, kind: serviceDesk, customers: sub}
              - {id: c, kind: directory, hospitals: here.csv}
              - {id: d, kind: directory, hospitals: /nowhere/h.csv}
            """
        let path = folder + "/a.yaml"
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        try "".write(toFile: folder + "/here.csv", atomically: true, encoding: .utf8)
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.read(path: path)
        }
        let expected = [
            "\(path):3:37: assistant 'a': menu '\(folder)/gone.csv' is not there",
            "\(path):4:43: assistant 'b': customers '\(folder)/sub' is a folder",
            "\(path):6:41: assistant 'd': hospitals '/nowhere/h.csv' is not there",
        ]
        #expect(error.faults.count == 3, "\(error)")
        for (found, expected) in zip(error.lines, expected) {
            #expect(found.hasPrefix(expected), "\(found)")
        }
        // A text that came from elsewhere has no files beside it.
        _ = try Configuration.parse(yaml: yaml, file: "f.yaml")
    }
}
