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

    /// What is refused stands in words only, beside what to write instead.
    @Test(arguments: [
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            + "'max_completion_tokens' instead.",
        "Use 'max_completion_tokens' instead of 'max_tokens' with this model.",
        "Unrecognized request argument supplied: max_tokens",
    ])
    func aRefusalInWordsIsReadRight(message: String) async throws {
        let dialogue = try ModelCase([.refuseSaying(message), .say("Good evening.")])
        await dialogue.say("hello", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        #expect(Self.names(dialogue.model.requests[1]).contains("max_completion_tokens"))
    }

    @Test func aServerThatOnlyKnowsTheOldLimitIsReadRight() async throws {
        // It has been taken for one that wants the new one.
        let dialogue = try ModelCase([
            .refuse(parameter: "max_tokens"),
            .refuseSaying("'max_completion_tokens' is unknown. Did you mean 'max_tokens'?"),
            .say("Good evening."),
        ])
        await dialogue.say("hello", turn: 1)
        #expect(await dialogue.journal.wait(for: "end 1"))
        let names = Self.names(dialogue.model.requests[2])
        #expect(names.contains("max_tokens") && !names.contains("max_completion_tokens"))
    }

    /// Two assistants have an engine each, of the same model at the same service.
    @Test func whatOneEngineLearnsTheNextOneKnows() throws {
        let notes = ServiceNotes()
        func engine(_ model: String, _ host: String) -> OpenAIChat {
            let service = RemoteService(
                stage: "llm test", baseURL: "http://\(host)/v1", headers: [:], connectMs: 1,
                firstByteMs: 1, totalMs: 1, stallMs: 1, notes: notes)
            return OpenAIChat(service: service, model: model)
        }
        func limits(_ engine: OpenAIChat) throws -> Set<String> {
            let request = engine.request(instructions: "", messages: [], tools: [])
            guard case .bytes(let body) = request.body else { return [] }
            return Self.names(try JSONValue(parsing: body.span)).filter { $0.contains("tokens") }
        }
        let refusal = #"{"error":{"message":"no","param":"max_tokens"}}"#
        #expect(engine("m", "one").learn(fromRefusal: Array(refusal.utf8), status: 400))
        #expect(try limits(engine("m", "one")) == ["max_completion_tokens"])
        #expect(try limits(engine("other", "one")) == ["max_tokens"])
        #expect(try limits(engine("m", "two")) == ["max_tokens"])
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
