import Foundation
import Testing

/// A user's mistake ends the program with a code of sysexits.h that says whose it is, never with 70,
/// which means a fault of the program.
@Suite struct ExitCodeTests {
    private static let configuration = """
        server: {host: 127.0.0.1, port: 0}
        twilio: {validateSignatures: false}
        store: {path: "streamd.sqlite"}
        assistants:
          - {id: bella, kind: restaurant}
          - {id: desk, kind: serviceDesk, customerNumberDigits: 6}
        defaultAssistant: bella
        """

    struct Mistake: Sendable, CustomTestStringConvertible {
        var words: [String]
        var code: Int32
        var says: String
        var testDescription: String { words.joined(separator: " ") }

        init(_ words: String, _ code: Int32, _ says: String) {
            self.words = words.split(separator: " ").map(String.init)
            self.code = code
            self.says = says
        }
    }

    @Test(arguments: [
        Mistake("chat --assistant nobody", 64, "there is no assistant 'nobody'"),
        Mistake("import menu menu.csv --assistant nobody", 64, "there is no assistant 'nobody'"),
        Mistake("import menu menu.csv --assistant desk", 64, "has no menu"),
        Mistake("import menu none.csv --assistant bella", 66, "none.csv: can't be read"),
        Mistake("import menu bad.csv --assistant bella", 65, "bad.csv:"),
        Mistake("import customers short.csv --assistant desk", 65, "6 digits"),
        Mistake("export menu --assistant nobody", 64, "there is no assistant 'nobody'"),
        Mistake("transcribe none.wav", 66, "none.wav"),
        Mistake("say hello no/such/folder/x.wav", 73, "x.wav"),
        Mistake("serve --config none.yaml", 78, "none.yaml"),
        Mistake("serve --config menu-missing.yaml", 78, "menu-missing.yaml:5:"),
        Mistake("check-config --config menu-missing.yaml", 78, "gone.csv' is not there"),
        Mistake("check-config --config menu-bad.yaml", 65, "bad.csv:"),
        Mistake("check-config --config many.yaml", 78, "many.yaml:1:"),
        Mistake("check-config --config many.yaml", 78, "many.yaml:2:"),
        Mistake("check-config --config streamd.yaml", 0, "correct"),
        Mistake("serve --config folder-missing.yaml", 73, "store.path"),
    ])
    func mistakesAreTold(mistake: Mistake) async throws {
        let folder = NSTemporaryDirectory() + "streamd-e2e-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = [
            "streamd.yaml": Self.configuration,
            "menu-missing.yaml": Self.configuration.replacing(
                "kind: restaurant}", with: "kind: restaurant, menu: gone.csv}"),
            "menu-bad.yaml": Self.configuration.replacing(
                "kind: restaurant}", with: "kind: restaurant, menu: bad.csv}"),
            "many.yaml": Self.configuration.replacing("port: 0", with: "port: x")
                .replacing("validateSignatures: false", with: "validateSignatures: no"),
            "folder-missing.yaml": Self.configuration.replacing(
                "streamd.sqlite", with: "streamd.yaml/x/streamd.sqlite"),
            "bad.csv": "what,is,this\n1,2,3\n",
            "short.csv": "number,name,phone\n1234,Ann,+15551230001\n",
            "menu.csv": "",
        ]
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let run = try await ProgramRun.finished(mistake.words, folder: folder)
        #expect(run.code == mistake.code, "\(run.errors)\(run.output)")
        #expect((run.errors + run.output).contains(mistake.says), "\(run.errors)")
    }
}
