import Assistants
import Foundation
import Store
import Testing

@Suite struct ToolTests {
    private func run(_ name: String, _ json: String, _ restaurant: Restaurant, key: String = "k")
        async -> Result<String, ToolError>
    {
        let context = ToolContext(
            rules: ReservationRules(restaurant.settings), store: restaurant.database,
            callSid: "CA1",
            callerNumber: "+1", conversation: key, now: wednesday)
        return await withCheckedContinuation { continuation in
            AssistantKind.reservations.tools.run(name, json: Data(json.utf8), in: context) {
                result in
                continuation.resume(returning: result.map { String(decoding: $0, as: UTF8.self) })
            }
        }
    }

    @Test func schemasAreJSON() throws {
        for declaration in AssistantKind.reservations.tools.declarations {
            let parsed = try JSONSerialization.jsonObject(
                with: Data(declaration.parametersSchema.encoded()))
            let schema = try #require(parsed as? [String: Any])
            let properties = try #require(schema["properties"] as? [String: Any])
            #expect(Set(properties.keys) == Set(declaration.parameters.map(\.name)))
            #expect(schema["additionalProperties"] as? Bool == false)
        }
        #expect(
            AssistantKind.reservations.tools.declarations.map(\.name) == [
                "check_availability", "create_reservation", "change_reservation",
                "cancel_reservation",
            ])
        #expect(CheckAvailability.declaration.effect == .readOnly)
    }

    @Test func modelsBookInJSON() async throws {
        let restaurant = try Restaurant()
        let free = await run(
            "check_availability", #"{"party_size":4,"date":"2026-11-27","time":"19:00"}"#,
            restaurant)
        #expect(try free.get() == #"{"status":"available"}"#)
        let arguments = #"{"party_size":4,"date":"2026-11-27","time":"19:00","name":"Ann"}"#
        let booked = try await run("create_reservation", arguments, restaurant).get()
        #expect(try await run("create_reservation", arguments, restaurant).get() == booked)
        let row = try #require(try await restaurant.reservations().first)
        #expect(booked.contains(row.confirmationNumber))
        #expect(try await restaurant.reservations().count == 1)
        let changed = try await run(
            "change_reservation",
            #"{"confirmation_number":"\#(row.confirmationNumber)","party_size":2,"date":"2026-11-28","time":"18:00","name":"Ann"}"#,
            restaurant
        ).get()
        #expect(changed.contains(row.confirmationNumber))
        #expect(try await restaurant.reservations().first?.startsAtLocal == "2026-11-28 18:00")
        let cancelled = try await run(
            "cancel_reservation", #"{"confirmation_number":"\#(row.confirmationNumber)"}"#,
            restaurant
        ).get()
        #expect(cancelled == #"{"status":"cancelled"}"#)
        let gone = try await run(
            "cancel_reservation", #"{"confirmation_number":"000000"}"#, restaurant
        ).get()
        #expect(gone == #"{"status":"not_found"}"#)
    }

    @Test(arguments: [
        "{}", "[]", "nonsense", #"{"party_size":"four","date":"2026-11-27","time":"19:00"}"#,
        #"{"party_size":4,"date":"Friday","time":"19:00"}"#,
        #"{"party_size":4,"date":"2026-02-30","time":"19:00"}"#,
        #"{"party_size":4,"date":"2026-11-27","time":"7pm"}"#,
    ])
    func badArguments(json: String) async throws {
        let result = await run("check_availability", json, try Restaurant())
        guard case .failure(.badArguments(tool: "check_availability", _)) = result else {
            Issue.record("\(json) gave \(result)")
            return
        }
    }

    @Test func refusals() async throws {
        let restaurant = try Restaurant()
        for json in [
            #"{"party_size":0,"date":"2026-11-27","time":"19:00"}"#,
            #"{"party_size":99,"date":"2026-11-27","time":"19:00"}"#,
            #"{"party_size":2,"date":"2026-11-27","time":"04:00"}"#,
            #"{"party_size":2,"date":"2025-11-27","time":"19:00"}"#,
        ] {
            let answer = try await run("check_availability", json, restaurant).get()
            #expect(answer.contains(#""status":"refused""#), "\(answer)")
        }
        let unknown = await run("open_safe", "{}", restaurant)
        #expect(unknown == .failure(.unknownTool("open_safe")))
    }

    /// Whatever stands in a summary, the schema is JSON that says just that.
    @Test func schemasEscapeWhateverIsInThem() throws {
        let summary = "a \"quoted\" \\ line\nwith a tab\t, a bell \u{7} and \u{1F355}"
        var declaration = CheckAvailability.declaration
        declaration.parameters = [
            ToolParameter("x", .choice(["a\u{1}", "b\"c"]), summary),
            ToolParameter("y", .list([ToolParameter("z\u{2}", .texts, summary)]), ""),
        ]
        let bytes = Data(declaration.parametersSchema.encoded())
        let parsed = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let properties = try #require(parsed?["properties"] as? [String: [String: Any]])
        #expect(properties["x"]?["description"] as? String == summary)
        #expect(properties["x"]?["enum"] as? [String] == ["a\u{1}", "b\"c"])
        let items = try #require(properties["y"]?["items"] as? [String: Any])
        #expect(items["required"] as? [String] == ["z\u{2}"])
    }
}
