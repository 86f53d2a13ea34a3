import Engines
import Pipelines
import Testing
import Wire

@Suite struct ToolArgumentsTests {
    static let schema = """
        {"type":"object","properties":{
          "party":{"type":"integer","minimum":1,"maximum":20},
          "date":{"type":"string","pattern":"^\\\\d{4}-\\\\d{2}-\\\\d{2}$"},
          "kind":{"type":"string","enum":["inside","outside"]},
          "late":{"type":"boolean"},"rate":{"type":"number","minimum":0},
          "items":{"type":"array","minItems":1,"items":{"type":"object","properties":{
            "name":{"type":"string"},"count":{"type":"integer","minimum":1}},
            "required":["name","count"],"additionalProperties":false}}},
         "required":["party"],"additionalProperties":false}
        """

    private func check(_ text: String) throws -> String {
        let schema = try JSONValue(parsing: Array(Self.schema.utf8).span)
        do throws(ToolArgumentError) {
            let value = try ToolArguments.check(text, schema: schema)
            return String(decoding: value.encoded(), as: UTF8.self)
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        (#"{"party":4}"#, #"{"party":4}"#), (#"{"party":4.0}"#, #"{"party":4}"#),
        (#"{"party":4,"kind":null}"#, #"{"party":4}"#),
        (
            #"{"items":[{"name":"a","count":2}],"party":1}"#,
            #"{"items":[{"name":"a","count":2}],"party":1}"#
        ),
        (
            #"{"party":4,"date":"2026-11-27","late":true,"rate":0.5}"#,
            #"{"party":4,"date":"2026-11-27","late":true,"rate":0.5}"#
        ),
        ("", "party is missing"), ("  ", "party is missing"), ("{", "the arguments are not JSON"),
        ("[]", "the arguments are not an object"),
        (#"{"party":null}"#, "party must be a whole number"),
        (#"{"party":"4"}"#, "party must be a whole number"),
        (#"{"party":4.5}"#, "party must be a whole number"),
        (#"{"party":0}"#, "party must be at least 1"),
        (#"{"party":21}"#, "party must be at most 20"),
        (#"{"party":4,"rate":-1}"#, "rate must be at least 0"),
        (#"{"party":4,"rate":"x"}"#, "rate must be a number"),
        (#"{"party":4,"late":"yes"}"#, "late must be true or false"),
        (#"{"party":4,"date":"tomorrow"}"#, #"date must match ^\d{4}-\d{2}-\d{2}$"#),
        (#"{"party":4,"date":7}"#, "date must be a string"),
        (#"{"party":4,"date":"٢٠٢٦-١١-٢٧"}"#, #"date must match ^\d{4}-\d{2}-\d{2}$"#),
        (#"{"party":4,"kind":"roof"}"#, #"kind must be one of "inside", "outside""#),
        (#"{"party":4,"seats":4}"#, "seats is not known"),
        (#"{"party":4,"items":{}}"#, "items must be an array"),
        (#"{"party":4,"items":[]}"#, "items must hold 1 or more"),
        (#"{"party":4,"items":[{"name":"a","count":0}]}"#, "items[0].count must be at least 1"),
        (#"{"party":4,"items":[{"name":"a"}]}"#, "items[0].count is missing"),
        (#"{"party":4,"items":["a"]}"#, "items[0] must be an object"),
    ])
    func argumentsAreHeldAgainstTheSchema(text: String, verdict: String) throws {
        #expect(try check(text) == verdict)
    }

    @Test func nothingAtAllIsNoArguments() throws {
        let schema = try JSONValue(parsing: Array(#"{"type":"object","properties":{}}"#.utf8).span)
        #expect(try ToolArguments.check("", schema: schema) == .object([]))
    }
}
