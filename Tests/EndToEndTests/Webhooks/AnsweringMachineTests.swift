import Testing

/// Who picks up a call that was placed, by Twilio's word.
@Suite struct AnsweringMachineTests {
    private static let message = "This is Concya. Please call us back."

    private func answer(
        _ answeredBy: String?, voicemail: String = message
    ) async throws -> TwiMLDocument {
        let house = try await GatherHouse.start {
            for index in $0.assistants.indices where $0.assistants[index].id == "bella" {
                $0.assistants[index].voicemail = voicemail
            }
        }
        // Placed by the number of Bella Napoli.
        var fields: [(name: String, value: String)] = [
            ("CallSid", TwilioSide.newSid("CA")), ("From", GatherHouse.bella),
            ("To", "+15550001111"), ("Direction", "outbound-api"),
        ]
        if let answeredBy { fields.append(("AnsweredBy", answeredBy)) }
        let answer = try await house.side.twiML("/api/voice/welcome", fields)
        try await house.stop()
        return answer
    }

    @Test func aMachineThatListensIsLeftTheMessage() async throws {
        let left = try await answer("machine_end_beep")
        #expect(left.verbs == ["Say", "Hangup"] && left.said == Self.message)
    }

    @Test(arguments: [("machine_start", message), ("fax", message), ("machine_end_silence", "")])
    func othersAreLeftAlone(answeredBy: String, voicemail: String) async throws {
        #expect(try await answer(answeredBy, voicemail: voicemail).verbs == ["Hangup"])
    }

    @Test(arguments: ["human", "unknown", nil])
    func whoMayBeAPersonIsTalkedTo(answeredBy: String?) async throws {
        let answer = try await answer(answeredBy)
        #expect(answer.verbs == ["Gather"] && answer.said.contains("Bella Napoli"))
    }
}
