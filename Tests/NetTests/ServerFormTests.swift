import Foundation
import Net
import Testing

@Suite struct ServerFormTests {
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
        #expect(throws: HTTPBodyError.tooManyFields(2)) { try parse("a&b&c", fieldsMax: 2) }
    }

    /// Every text survives being written by Foundation's encoder and read here.
    @Test func whatAnotherEncoderWroteIsReadBack() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("form seed \(seed)")
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

    private func request(_ type: String?, _ body: String) -> HTTPRequest {
        var headers = HTTPHeaders()
        headers["Content-Type"] = type
        return HTTPRequest(
            method: "POST", target: "/p?q=1+2&q=%33", headers: headers, body: Array(body.utf8))
    }

    @Test func theContentTypeDecidesWhatABodyIs() throws {
        let form = "application/x-www-form-urlencoded"
        let plain = try request("\(form); charset=\"UTF-8\"", "a=1").formParameters()
        #expect(plain.map(\.value) == ["1"])
        #expect(try request(form.uppercased(), "a=1").formParameters().count == 1)
        #expect(try request(nil, "").formParameters().isEmpty)
        let latin = try request("\(form);charset=ISO-8859-1", "a=%E9").formParameters()
        #expect(latin.map(\.value) == ["é"])
        #expect(throws: HTTPBodyError.unsupportedMediaType("text/plain")) {
            _ = try request("text/plain", "a=1").formParameters()
        }
        #expect(throws: HTTPBodyError.unsupportedMediaType("")) {
            _ = try request(nil, "a=1").formParameters()
        }
        #expect(throws: HTTPBodyError.unsupportedCharset("utf-16")) {
            _ = try request("\(form); charset=utf-16", "a=1").formParameters()
        }
        #expect(try request(nil, "").queryParameters().map(\.value) == ["1 2", "3"])
    }

    @Test func jsonBodiesAreReadByType() throws {
        let value = try request("application/json; charset=utf-8", #"{"a":[1,2.5,"x"]}"#).jsonBody()
        #expect(value["a"]?[1]?.doubleValue == 2.5)
        #expect(try request("application/problem+json", "[]").jsonBody() == .array([]))
        #expect(throws: HTTPBodyError.unsupportedMediaType("text/json")) {
            _ = try request("text/json", "{}").jsonBody()
        }
        #expect(throws: HTTPBodyError.self) { _ = try request("application/json", "{").jsonBody() }
    }
}

@Suite struct ServerJSONTests {
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
