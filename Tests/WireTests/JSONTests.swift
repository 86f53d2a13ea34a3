import Foundation
import Testing
import Wire

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8).span)
    }

    @Test(
        arguments: [
            ("null", .null), (" true ", .bool(true)), ("false", .bool(false)),
            ("0", .integer(0)), ("-0", .integer(0)), ("-12", .integer(-12)),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
            ("1e2", .number(100)), ("-2.5E-1", .number(-0.25)),
            (#""a\"\\\/\b\f\n\r\t\u0041""#, .string("a\"\\/\u{8}\u{c}\n\r\tA")),
            (#""\ud83d\ude00 é""#, .string("😀 é")),
            ("[]", .array([])), ("[1 , [2]]", .array([.integer(1), .array([.integer(2)])])),
            ("{}", .object([])),
            (
                #"{"a":1,"b":{"a":null}}"#,
                .object([.init("a", .integer(1)), .init("b", .object([.init("a", .null)]))])
            ),
        ] as [(String, JSONValue)])
    func validTextIsRead(_ text: String, _ value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(try parse(String(decoding: value.encoded(), as: UTF8.self)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "truE", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "1e999",
        "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
        "\"a\nb\"", "[", "[1", "[1,", "[1,]", "[,]", "{", "{\"a\"", "{\"a\":", "{\"a\":1,}",
        "{a:1}", "{'a':1}", "1 2", "[] []", "{\"a\" 1}",
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func badUTF8AndDepthAreRefused() throws {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22].span) }
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try parse(deep)
        #expect(throws: JSONError.self) { try parse("[\(deep)]") }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    /// A writer of its own that appends to a fixed buffer escapes as the values do.
    @Test func everyByteIsEscapedAlike() throws {
        for code in UInt8(0)...0x7F {
            let text = String(Unicode.Scalar(code))
            var escaped: [UInt8] = []
            JSONText.escape(code) { escaped.append($0) }
            #expect(JSONText.quoted(text) == [0x22] + escaped + [0x22])
            #expect(JSONValue.string(text).encoded() == JSONText.quoted(text))
            #expect(try JSONValue(parsing: JSONText.quoted(text).span) == .string(text))
        }
    }

    @Test func foundationReadsWhatIsWritten() throws {
        let value = JSONValue.object([
            .init("text", .string("line\nquote\" back\\ \u{1} \u{7f} é 😀")),
            .init("numbers", .array([.integer(-5), .number(0.1), .number(1e300), .bool(true)])),
            .init("none", .null),
        ])
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(value.encoded())) as? [String: Any])
        #expect(read["text"] as? String == "line\nquote\" back\\ \u{1} \u{7f} é 😀")
        #expect((read["numbers"] as? [Any])?[1] as? Double == 0.1)
        #expect(read["none"] is NSNull)
    }
}
