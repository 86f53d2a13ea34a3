import Assistants
import Language
import ServiceStandIns
import Testing
import Wire

@Suite struct ReservationAgentTests {
    private static let tools = """
        [{"type":"function","function":{"name":"check_availability","parameters":{"type":"object",
          "properties":{"party_size":{"type":"integer"},"date":{"type":"string"},
          "time":{"type":"string"}},"required":["party_size","date","time"]}}},
         {"type":"function","function":{"name":"create_reservation","parameters":{"type":"object",
          "properties":{"party_size":{"type":"integer"},"date":{"type":"string"},
          "time":{"type":"string"},"name":{"type":"string"}},"required":["name"]}}}]
        """

    /// A conversation in which the tools are answered by `result`.
    private struct Talk {
        var messages: [String] = [
            #"{"role":"system","content":"You book tables. Today is 2026-11-21."}"#
        ]
        var calls: [String] = []

        mutating func say(
            _ text: String, _ result: (String) -> String
        ) throws -> String {
            messages.append(#"{"role":"user","content":"\#(text)"}"#)
            for round in 0..<4 {
                let body =
                    #"{"model":"m","messages":[\#(messages.joined(separator: ","))],"tools":\#(tools)}"#
                let json = try JSONValue(parsing: Array(body.utf8).span)
                let request = try #require(ChatRequest(json))
                let today = try #require(LocalDate("2020-01-01"))
                switch ReservationAgent.step(request, today: today) {
                case .say(let words):
                    messages.append(#"{"role":"assistant","content":"\#(words)"}"#)
                    return words
                case .call(let tool, let arguments):
                    let text = String(decoding: arguments.encoded(), as: UTF8.self)
                    calls.append("\(tool)\(text)")
                    let quoted = String(
                        decoding: JSONValue.string(text).encoded(), as: UTF8.self)
                    let id = "c\(messages.count)\(round)"
                    messages.append(
                        #"{"role":"assistant","content":null,"tool_calls":[{"id":"\#(id)","type":"function","function":{"name":"\#(tool)","arguments":\#(quoted)}}]}"#
                    )
                    let answer = String(
                        decoding: JSONValue.string(result(tool)).encoded(), as: UTF8.self)
                    messages.append(
                        #"{"role":"tool","tool_call_id":"\#(id)","content":\#(answer)}"#)
                }
            }
            Issue.record("the agent calls tools without end")
            return ""
        }
    }

    private func always(_ tool: String) -> String {
        tool == "create_reservation"
            ? #"{"status":"booked","confirmation_number":"123456"}"# : #"{"status":"available"}"#
    }

    @Test func theDemoIsBooked() throws {
        var talk = Talk()
        #expect(try talk.say("I'd like to book a table.", always).contains("How many") == false)
        #expect(talk.messages.last?.contains("how many") == true)
        #expect(try talk.say("For four people.", always).contains("day"))
        #expect(try talk.say("Tomorrow at seven PM.", always).contains("name"))
        #expect(try talk.say("John Miller.", always).contains("Shall I book it?"))
        #expect(try talk.say("No, make it five people.", always).contains("for 5"))
        #expect(try talk.say("Yes, please.", always).contains("123456"))
        #expect(try talk.say("Thank you, goodbye.", always).contains("Goodbye"))
        #expect(
            talk.calls == [
                #"check_availability{"party_size":4,"date":"2026-11-22","time":"19:00"}"#,
                #"check_availability{"party_size":5,"date":"2026-11-22","time":"19:00"}"#,
                #"create_reservation{"party_size":5,"date":"2026-11-22","time":"19:00","name":"John Miller"}"#,
            ])
    }

    @Test func aFullEveningIsOfferedAnotherTime() throws {
        var talk = Talk()
        let answer = try talk.say("A table for two tomorrow at eight PM") { _ in
            #"{"status":"full","alternatives":["2026-11-22 18:30"]}"#
        }
        #expect(answer.contains("2026-11-22 18:30"))
        #expect(try talk.say("Half past six.", always).contains("name"))
        #expect(talk.calls.last?.contains("18:30") == true)
    }

    @Test func aRefusalIsPassedOn() throws {
        var talk = Talk()
        let answer = try talk.say("A table for two tomorrow at eight PM") { _ in
            #"{"status":"refused","reason":"closed all day on 2026-11-22"}"#
        }
        #expect(answer.contains("closed all day"))
    }

    @Test func aToolCallIsStreamedInPieces() async throws {
        let fixture = try StandInFixture { $0.chatMode = .tools }
        let answer = try await fixture.send(
            "POST", "/v1/chat/completions",
            json: #"{"model":"m","stream":true,"messages":[{"role":"user","content":"#
                + #""a table for 4 people tomorrow at 7 pm"}],"tools":\#(Self.tools)}"#)
        let chunks = try #require(answer.events).dropLast().map {
            try JSONValue(parsing: Array($0.utf8).span)
        }
        let calls = chunks.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
        #expect(calls.first?["function"]?["name"]?.stringValue == "check_availability")
        #expect(calls.first?["id"]?.stringValue?.isEmpty == false)
        #expect(calls.allSatisfy { $0["index"]?.intValue == 0 })
        let pieces = calls.compactMap { $0["function"]?["arguments"]?.stringValue }
        #expect(pieces.count > 4)
        let arguments = try JSONValue(parsing: Array(pieces.joined().utf8).span)
        #expect(arguments["party_size"]?.intValue == 4)
        #expect(arguments["time"]?.stringValue == "19:00")
        let finishes = chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.stringValue }
        #expect(finishes == ["tool_calls"])
    }
}
