import Engines
import Pipelines
import Testing

@Suite struct ConversationMemoryTests {
    @Test func theModelIsToldWhatWasHeard() {
        var memory = ConversationMemory(turnCountMax: 2)
        memory.setReply("Welcome to the house.", turn: 0)
        memory.setReply("Welcome", turn: 0)
        memory.keep(turn: 1, caller: "a table", rounds: [])
        memory.setReply("For how many people?", turn: 1)
        #expect(
            memory.messages(before: 2) == [
                .agent("Welcome"), .caller("a table"), .agent("For how many people?"),
            ])
        memory.setReply("For how", turn: 1)
        let call = ChatMessage.calls([ChatToolCall(id: "1", name: "t", arguments: "{}")])
        memory.keep(turn: 2, caller: "four", rounds: [call, .answer(callID: "1", json: "{}")])
        #expect(
            memory.messages(before: 3) == [
                .agent("Welcome"), .caller("a table"), .agent("For how"), .caller("four"), call,
                .answer(callID: "1", json: "{}"),
            ])
        #expect(memory.messages(before: 1) == [.agent("Welcome")])
        memory.keep(turn: 3, caller: "yes", rounds: [])
        #expect(memory.messages(before: 4).count == 5)
    }

    @Test func aTurnThatTheCallerContinuedIsPartOfTheNext() {
        var memory = ConversationMemory(turnCountMax: 9)
        memory.keep(turn: 1, caller: "a table for", rounds: [])
        memory.setReply("", turn: 1)
        memory.keep(turn: 2, caller: "a table for four", rounds: [])
        #expect(memory.messages(before: 3) == [.caller("a table for four")])
    }
}
