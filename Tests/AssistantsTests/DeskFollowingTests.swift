import Assistants
import Pipelines
import Store
import Testing

/// A service desk's dialogue that follows a conversation which a language model leads.
@Suite struct DeskFollowingTests {
    private static let problem = "The heating is broken in the basement, it is urgent"
    private static let readBack =
        "I have noted for heating: the heating is broken, in the basement, and it is urgent. "
        + "Shall I create the order?"

    private func action(_ tool: String, _ arguments: String, _ answer: String) -> DialogueAction {
        DialogueAction(tool: tool, arguments: arguments, answer: answer, hasEffect: true)
    }

    /// The model has found the customer and heard what is wrong.
    private func led(_ desk: Desk, reply: String) -> TextConversation {
        let call = desk.call()
        call.overheard("my number is 10042", turn: 1, reply: "Hello Anna. What can I do for you?")
        call.witnessed(
            [
                action(
                    "find_customer", #"{"number":"10042"}"#,
                    #"{"customer_number":"10042","name":"Anna Meyer","status":"found"}"#)
            ], turn: 1)
        call.overheard(Self.problem, turn: 2, reply: reply)
        return call
    }

    @Test func whatTheModelCreatedIsNotCreatedAgain() async throws {
        let desk = try Desk()
        let call = led(desk, reply: Self.readBack)
        call.overheard("yes please", turn: 3, reply: "It is created.")
        call.witnessed(
            [
                action(
                    "create_task_order",
                    #"{"customer_number":"10042","description":"the heating is broken","#
                        + #""location":"the basement","service_type":"heating","urgency":"urgent"}"#,
                    #"{"status":"created","task_number":1007}"#)
            ], turn: 3)
        // The model fails, and the script takes over from here.
        let reply = call.say("thank you").text
        #expect(try await desk.tasks().isEmpty, "\(reply)")
        #expect(!reply.contains("is created"), "\(reply)")
        // What the caller may not have heard is told at the end.
        #expect(call.say("no, goodbye").text.contains("1 0 0 7"))
    }

    /// The store answers after all of it was told: what was created belongs to the turn of its yes.
    @Test func whatIsDoneWhileEarlierTurnsAreFollowedWaitsForItsTurn() async throws {
        let desk = try Desk()
        let call = desk.call()
        call.follow([
            .init(
                1, "my number is 10042", reply: "Hello Anna. What can I do for you?",
                actions: [
                    action(
                        "find_customer", #"{"number":"10042"}"#,
                        #"{"customer_number":"10042","name":"Anna Meyer","status":"found"}"#)
                ]),
            .init(2, Self.problem, reply: Self.readBack),
            .init(
                3, "yes please", reply: "It is created.",
                actions: [
                    action(
                        "create_task_order",
                        #"{"customer_number":"10042","description":"the heating is broken","#
                            + #""location":"the basement","service_type":"heating","#
                            + #""urgency":"urgent"}"#,
                        #"{"status":"created","task_number":1007}"#)
                ]),
        ])
        let reply = call.say("thank you").text
        #expect(try await desk.tasks().isEmpty, "\(reply)")
        #expect(!reply.contains("is created"), "\(reply)")
        #expect(call.say("no, goodbye").text.contains("1 0 0 7"))
    }

    @Test func anAgreementToOtherWordsLeadsToAReadBack() async throws {
        let desk = try Desk()
        let call = led(desk, reply: "Is there a dog in the house?")
        let first = call.say("yes").text
        #expect(try await desk.tasks().isEmpty, "\(first)")
        #expect(first.contains("Shall I create the order?"), "\(first)")
        #expect(call.say("yes").text.contains("Your order is created."))
        #expect(try await desk.tasks().count == 1)
    }

    @Test func whatTheScriptDidIsToldToTheModel() async throws {
        let desk = try Desk()
        let call = desk.call()
        for line in ["10042", Self.problem, "yes"] { _ = call.say(line) }
        let actions = call.takeActions()
        #expect(actions.map(\.tool) == ["find_customer", "create_task_order"])
        #expect(actions.map(\.hasEffect) == [false, true])
        #expect(actions.last?.arguments.contains(#""customer_number":"10042""#) == true)
        #expect(actions.last?.answer.contains(#""status":"created""#) == true)
        #expect(try await desk.tasks().count == 1)
    }

    @Test func aNewRecordIsReadBackBeforeItIsEntered() async throws {
        let desk = try Desk()
        let call = desk.call()
        call.overheard("I am new here", turn: 1, reply: "Welcome! What is your name?")
        call.overheard("Carol Smith", turn: 2, reply: "And how can we reach you?")
        call.overheard("555 222 1234", turn: 3, reply: "Do you like our music?")
        let count = try await desk.customers().count
        let reply = call.say("yes").text
        #expect(try await desk.customers().count == count, "\(reply)")
    }
}
