import Configuration
import Foundation
import Options
import Testing

@Suite struct EnvironmentFileTests {
    private func read(_ text: String) throws -> [String: String] {
        try read(Array(text.utf8))
    }

    private func read(_ bytes: [UInt8]) throws -> [String: String] {
        let path = NSTemporaryDirectory() + "streamd-\(UUID().uuidString).env"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(filePath: path))
        return try Secrets.readFile(path)
    }

    /// What is wrong with it, without the file's name.
    private func fault(_ text: String) -> String {
        do {
            return "taken: \(try read(text))"
        } catch {
            let words = "\(error)"
            return words.range(of: ".env:").map { String(words[$0.upperBound...]) } ?? words
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func linesEndAsAnySystemEndsThem(end: String) throws {
        let lines = ["TWILIO_ACCOUNT_SID=AC1", "", "# a comment", "TWILIO_AUTH_TOKEN=secret", ""]
        let values = try read(lines.joined(separator: end))
        #expect(values == ["TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "secret"])
    }

    @Test(arguments: [
        ("A=b", "b"), ("A = b ", "b"), ("A=", ""), ("A=\"\"", ""), ("A=''", ""),
        ("export A=b", "b"), ("export\tA=b", "b"), ("  A=b\t", "b"),
        ("A=b # said", "b"), ("A=b\t# said", "b"), ("A=b#c", "b#c"), ("A=#b", "#b"),
        ("A= # said", ""), ("A=\"b # c\" # said", "b # c"), ("A='b # c'# said", "b # c"),
        ("A=\"b\\nc\\t\\\"d\\\" \\\\ \\$e\"", "b\nc\t\"d\" \\ $e"), ("A='b\\n'", "b\\n"),
        ("A=b c", "b c"), ("A=b=c==", "b=c=="), ("A=it's", "it's"), ("A=\" b \"", " b "),
        ("A=шесть", "шесть"), ("\u{feff}A=b", "b"), ("A=b\nA=c", "c"),
    ])
    func valuesAreReadAsUsual(line: String, value: String) throws {
        #expect(try read(line) == ["A": value])
    }

    @Test(arguments: [
        ("A", "1:1: is not NAME=value"), ("\n\nsecret-words", "3:1: is not NAME=value"),
        ("=b", "1:1: is not NAME=value"), ("A B=c", "1:1: the name before '=' may hold"),
        ("1A=b", "1:1: the name before '=' may hold"),
        ("A=\"secret", "1:3: the quote is not closed on its line"),
        ("B=1\nA='secret", "2:3: the quote is not closed on its line"),
        ("A=\"b\"secret", "1:6: something follows the closing quote"),
        ("A=\"b\\xsecret\"", "1:5: a backslash stands before"),
    ])
    func faultsAreToldWithTheirPlace(text: String, message: String) {
        let told = fault(text)
        #expect(told.hasPrefix(message), "\(told)")
        #expect(!told.contains("secret"))
    }

    @Test func whatIsNoTextIsRefused() throws {
        #expect(throws: ConfigurationError.self) { try read([0x41, 0x3d, 0xff, 0xfe]) }
        #expect(throws: ConfigurationError.self) { try read([0x41, 0x3d, 0x00, 0x62]) }
        #expect(throws: ConfigurationError.self) { try Secrets.readFile(NSTemporaryDirectory()) }
        #expect(try Secrets.readFile("/nonexistent/.env").isEmpty)
    }
}
