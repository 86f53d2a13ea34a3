import Foundation
import TestSupport
import Testing
import Wire

@Suite struct FormParserTests {
    private func parse(
        _ text: String, fieldsMax: Int = 100, charset: FormParser.Charset = .utf8
    ) throws -> [[String]] {
        try FormParser.parse(Array(text.utf8).span, fieldsMax: fieldsMax, charset: charset)
            .map { [$0.name, $0.value] }
    }

    @Test func twiliosWebhookFormIsReadExactly() throws {
        let text =
            "CallSid=CA0123&From=%2B15551234567&SpeechResult=a+table+for+4%2C+please%21&Empty="
        #expect(
            try parse(text) == [
                ["CallSid", "CA0123"], ["From", "+15551234567"],
                ["SpeechResult", "a table for 4, please!"], ["Empty", ""],
            ])
    }

    @Test(
        arguments: [
            ("", []),
            ("&", []),
            ("&&a=1&&", [["a", "1"]]),
            ("a", [["a", ""]]),
            ("=", [["", ""]]),
            ("=x", [["", "x"]]),
            ("a=b=c", [["a", "b=c"]]),
            ("a=1&a=2&b=3&a=4", [["a", "1"], ["a", "2"], ["b", "3"], ["a", "4"]]),
            ("a+b=c+d", [["a b", "c d"]]),
            ("a=%2b%2B", [["a", "++"]]),
            ("a=%", [["a", "%"]]),
            ("a=%4", [["a", "%4"]]),
            ("a=%4g&b=%zz", [["a", "%4g"], ["b", "%zz"]]),
            ("a=%41", [["a", "A"]]),
            ("a=%%41", [["a", "%A"]]),
            ("a=1%26b%3D2", [["a", "1&b=2"]]),
            ("a%3D=%3d", [["a=", "="]]),
            ("a=%4&1", [["a", "%4"], ["1", ""]]),
            ("n=J%C3%B6rg&s=%E2%82%AC", [["n", "Jörg"], ["s", "€"]]),
            ("n=%FF", [["n", "\u{FFFD}"]]),
            ("a=%00b", [["a", "\u{0}b"]]),
        ] as [(String, [[String]])])
    func formsAreReadByTheURLStandard(_ text: String, _ fields: [[String]]) throws {
        #expect(try parse(text) == fields)
    }

    @Test func latin1IsReadAsWhatItIs() throws {
        #expect(try parse("n=J%F6rg", charset: .latin1) == [["n", "Jörg"]])
    }

    @Test func fieldsHaveALimit() throws {
        #expect(try parse("a&b&c", fieldsMax: 3).count == 3)
        #expect(throws: FormError.tooManyFields(2)) { try parse("a&b&c", fieldsMax: 2) }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let fields = [("a b", "1&2=3%"), ("", "ü€"), ("To", "+15551234567")]
        let text = FormText.encode(fields)
        #expect(text == "a%20b=1%262%3D3%25&=%C3%BC%E2%82%AC&To=%2B15551234567")
        #expect(try parse(text) == fields.map { [$0.0, $0.1] })
    }

    @Test func onlyKnownCharactersSetsAreRead() throws {
        #expect(try FormParser.Charset(named: "ISO-8859-1") == .latin1)
        #expect(throws: FormError.unsupportedCharset("utf-16")) {
            _ = try FormParser.Charset(named: "utf-16")
        }
    }

    /// Every text survives being written by Foundation's encoder and read here.
    @Test func whatAnotherEncoderWroteIsReadBack() throws {
        let seed = printedSeed()
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let value = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0..<20, using: &generator)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator))
                    }))
            let escaped = try #require(
                value.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            #expect(try parse("k=\(escaped)&x=1") == [["k", value], ["x", "1"]])
        }
    }
}
