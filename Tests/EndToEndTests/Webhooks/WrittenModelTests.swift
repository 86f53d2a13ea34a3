import Configuration
import Conversations
import Engines
import Foundation
import Store
import Testing

/// Conversations by text messages and by `<Gather>` that a language model leads, with the scripted
/// dialogue behind it.
@Suite struct WrittenModelTests {
    enum Way: String, CaseIterable { case texts, gather }

    private static let called = "+15552000009"
    private static let lines = ["A table for 4 tomorrow at 7 pm", "John Miller", "Yes please"]
    private static let booked = ["4 2026-11-25 19:00 John Miller"]

    private static func start(_ dialogue: ServiceProcess) async throws -> GatherHouse {
        try await GatherHouse.start {
            var model = dialogue.engine(.llm)
            model.times = .patient
            $0.llm = [model, EngineSettings(ScriptedSettings())]
            $0.fallback.failuresMax = 1000
            $0.numbers[called] = NumberBlock(assistant: "concya", path: .gather)
        }
    }

    private static func channel(_ way: Way, _ house: GatherHouse) -> any ConversationChannel {
        switch way {
        case .gather: house.call(called)
        case .texts:
            SMSChannel(
                side: house.side, database: house.database, customer: "+15550002222",
                business: called)
        }
    }

    private func rows(_ house: GatherHouse) async throws -> [Reservation] {
        try await house.database.value {
            house.database.reservations(
                assistantID: "concya", startingIn: 0..<Int64.max, completion: $0)
        }
    }

    private func told(_ rows: [Reservation]) -> [String] {
        rows.map { "\($0.partySize) \($0.startsAtLocal) \($0.name)" }
    }

    /// The model's server is killed before a line, or lives.
    @Test(arguments: Way.allCases, [nil, 0, 1, 2])
    func oneTableIsBookedWhoeverLeads(way: Way, killedBefore: Int?) async throws {
        let dialogue = try await blocking {
            try ServiceProcess(["--llm", "tools", "--fixtures", "none"])
        }
        let house = try await Self.start(dialogue)
        let channel = Self.channel(way, house)
        var replies: [String] = []
        for (number, line) in Self.lines.enumerated() {
            if number == killedBefore { dialogue.kill() }
            replies.append(try await channel.say(line).text)
        }
        // What the model wrote may have to be read back once more in the dialogue's own words.
        if try await rows(house).isEmpty, killedBefore == 2 {
            #expect(replies.last?.contains("Is that right?") == true, "\(replies)")
            replies.append(try await channel.say("Yes").text)
        }
        let made = try await rows(house)
        #expect(told(made) == Self.booked, "\(replies)")
        let number = made.first?.confirmationNumber ?? "none"
        let spoken = number.map { String($0) }.joined(separator: " ")
        #expect(
            way == .texts
                ? replies.last?.contains(number) == true
                : replies.last?.filter { $0 != "," }.contains(spoken) == true, "\(replies)")
        try await house.stop()
    }

    /// The table is booked and the words about it never come: whoever answers next knows.
    @Test(arguments: Way.allCases)
    func whatWasBookedBeforeItWentWrongIsNotBookedAgain(way: Way) async throws {
        let dialogue = try await blocking {
            try ServiceProcess(["--llm", "tools", "--fixtures", "none"])
        }
        let house = try await Self.start(dialogue)
        let channel = Self.channel(way, house)
        var replies: [String] = []
        for line in Self.lines.dropLast() { replies.append(try await channel.say(line).text) }
        try await dialogue.setFault("llm", "\"fault\":\"status\",\"status\":500,\"after\":1")
        for _ in 0..<3 { replies.append(try await channel.say("Yes please").text) }
        #expect(told(try await rows(house)) == Self.booked, "\(replies)")
        try await house.stop()
    }
}
