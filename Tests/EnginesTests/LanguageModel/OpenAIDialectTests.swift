import Engines
import Testing
import Wire

/// Servers with OpenAI's interface that want a parameter otherwise.
@Suite struct OpenAIDialectTests {
    private static func names(_ request: JSONValue) -> Set<String> {
        guard case .object(let members) = request else { return [] }
        return Set(members.map(\.name))
    }

    @Test func aModelThatRefusesTheOldLimitIsAskedWithTheNewOne() async throws {
        let dialogue = try ModelCase([
            .refuse(parameter: "max_tokens"), .say("Good evening."), .say("And again."),
        ])
        await dialogue.say("hello", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(dialogue.journal.all.contains("said Good evening."))
        await dialogue.say("hello", turn: 2)
        #expect(await dialogue.journal.wait(for: "end 2"))
        let asked = dialogue.model.requests.map(Self.names)
        #expect(asked.count == 3)
        #expect(asked[0].contains("max_tokens") && !asked[0].contains("max_completion_tokens"))
        // Learnt once: the second turn is not refused again.
        for names in asked.dropFirst() {
            #expect(names.contains("max_completion_tokens") && !names.contains("max_tokens"))
        }
    }

    @Test func aRefusalThatGoesOnIsToldAfterTwoTries() async throws {
        let dialogue = try ModelCase(Array(repeating: .refuse(parameter: "max_tokens"), count: 5))
        await dialogue.say("hello", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(dialogue.model.requests.count == 3)
        #expect(dialogue.journal.all.last?.contains("max_tokens") == true)
    }

    @Test func otherRefusalsAreNotAskedAgain() async throws {
        let dialogue = try ModelCase([.refuse(parameter: "messages"), .say("Never.")])
        await dialogue.say("hello", turn: 1)
        #expect(await dialogue.journal.wait(for: "failed"))
        #expect(dialogue.model.requests.count == 1)
    }
}
