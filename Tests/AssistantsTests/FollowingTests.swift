import Assistants
import Foundation
import Language
import Pipelines
import Store
import Testing

/// A dialogue that follows a conversation which a language model leads, and takes it over.
@Suite struct FollowingTests {
    private static let askName = "Under what name shall the table be kept?"
    private static let readBack =
        "A table for 4 on Thursday, the 26th of November, at 7 PM, for John Miller. Shall I book it?"

    /// The model has been told everything, and has read it back.
    private func ledToTheReadBack(_ restaurant: Restaurant, reply: String = readBack)
        -> TextConversation
    {
        let call = restaurant.call()
        call.overheard(
            "A table for four tomorrow at seven in the evening", turn: 1, reply: Self.askName)
        call.overheard("John Miller", turn: 2, reply: reply)
        return call
    }

    private func json(_ tool: String, _ arguments: String, _ answer: String) -> DialogueAction {
        DialogueAction(tool: tool, arguments: arguments, answer: answer, hasEffect: true)
    }

    @Test func itGoesOnFromTheSameState() async throws {
        let restaurant = try Restaurant()
        let call = ledToTheReadBack(restaurant)
        #expect(try await restaurant.reservations().isEmpty)
        #expect(call.say("yes please").text.contains("is booked"))
        let rows = try await restaurant.reservations()
        #expect(rows.count == 1)
        #expect(rows.first?.partySize == 4 && rows.first?.name == "John Miller")
        #expect(rows.first?.startsAtLocal == "2026-11-26 19:00")
    }

    @Test(arguments: [
        "John Miller", "It is John Miller", "The name is John Miller, but make it five people",
    ])
    func itAsksForWhatIsMissing(answer: String) throws {
        let call = try Restaurant().call()
        call.overheard("A table for four tomorrow at seven pm", turn: 1, reply: Self.askName)
        let reply = call.say(answer).text
        #expect(reply.contains("John Miller") && reply.contains("Is that right?"), "\(reply)")
    }

    /// Nothing is booked on a yes to another question, or to other values than would be booked.
    @Test(arguments: [
        "Would you like to sit by the window?", "Shall I book it?",
        "A table for 5 on Thursday, the 26th of November, at 7 PM, for John Miller. Shall I book it?",
        "A table for 4 on Friday, the 27th of November, at 7 PM, for John Miller. Shall I book it?",
        "A table for 4 tomorrow at 8 PM, for John Miller. Is that right?",
        "A table for 4 tomorrow at 7 PM, for Ron Diller. Is that right?",
    ])
    func whatWasNotReadBackIsReadBackFirst(reply: String) async throws {
        let restaurant = try Restaurant()
        let call = ledToTheReadBack(restaurant, reply: reply)
        let first = call.say("yes").text
        #expect(first.contains("four people") && first.contains("Is that right?"), "\(first)")
        #expect(try await restaurant.reservations().isEmpty)
        #expect(call.say("yes").text.contains("is booked"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func followingDoesNothing() async throws {
        let restaurant = try Restaurant()
        let call = ledToTheReadBack(restaurant)
        call.overheard("yes please", turn: 3, reply: "One moment, my book is slow.")
        #expect(call.takeActions() == [])
        #expect(try await restaurant.reservations().isEmpty)
        // The model failed before it booked; the caller is asked again, not booked unheard.
        let reply = call.say("hello?").text
        #expect(!reply.contains("is booked"))
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func whatTheOthersToolsFoundIsTaken() throws {
        let call = try Restaurant().call()
        call.overheard("a table for uhm a few of us soon", turn: 1, reply: Self.askName)
        call.witnessed(
            [
                json(
                    "check_availability",
                    #"{"date":"2026-11-27","party_size":3,"time":"18:30"}"#,
                    #"{"status":"available"}"#)
            ], turn: 1)
        let reply = call.say("John Miller").text
        #expect(
            reply.contains("three people") && reply.contains("27th") && reply.contains("6:30 PM"),
            "\(reply)")
    }

    @Test func whatTheOtherBookedCanBeChanged() async throws {
        let restaurant = try Restaurant()
        let query = ReservationRules(restaurant.settings).query(
            partySize: 4, start: moment("2026-11-26 19:00"), now: restaurant.now.date,
            changing: nil)
        let new = NewReservation(
            query: query, name: "John Miller", phone: "", callSid: "CA1", idempotencyKey: "k",
            createdAt: 0)
        let outcome = try await restaurant.database.value {
            restaurant.database.createReservation(new, completion: $0)
        }
        guard case .booked(let row) = outcome else {
            Issue.record("not booked: \(outcome)")
            return
        }
        let call = ledToTheReadBack(restaurant)
        let number = SaidValues.digits(row.confirmationNumber)
        call.overheard(
            "yes please", turn: 3, reply: "Your table is booked. Your number is \(number).")
        call.witnessed(
            [
                json(
                    "create_reservation",
                    #"{"date":"2026-11-26","name":"John Miller","party_size":4,"time":"19:00"}"#,
                    #"{"confirmation_number":"\#(row.confirmationNumber)","status":"booked"}"#)
            ], turn: 3)
        #expect(call.say("make it five people").text.contains("I will change it to five people"))
        #expect(call.say("yes").text.contains("changed"))
        let rows = try await restaurant.reservations()
        #expect(rows.count == 1 && rows.first?.partySize == 5)
        // The model is told of it in turn, in the form that its own tools have.
        let actions = call.takeActions()
        #expect(actions.map(\.tool) == ["check_availability", "change_reservation"])
        #expect(actions.last?.hasEffect == true)
        #expect(actions.last?.arguments.contains(#""party_size":5"#) == true)
        #expect(actions.last?.answer.contains(row.confirmationNumber) == true)
    }

    /// Words that nothing was heard to come again in the next turn, and count once.
    @Test func wordsThatAreSaidAgainCountOnce() async throws {
        let restaurant = try pizzeria()
        let call = restaurant.call()
        call.overheard("two fish soups", turn: 1, reply: "")
        call.overheard("two fish soups for pickup", turn: 2, reply: "Anything else?")
        let reply = call.say("what is the total").text
        #expect(reply.contains("2 Fish Soups") && reply.contains("$15"), "\(reply)")
        // Others are not forgotten.
        call.overheard("and one more fish soup", turn: 4, reply: "")
        #expect(call.say("what is the total").text.contains("3 Fish Soups"))
    }

    // MARK: - Orders

    private func pizzeria() throws -> Restaurant {
        try Restaurant {
            $0.kind = .restaurant
            $0.restaurant.menu = [
                MenuItem(
                    name: "Fish Soup", category: "Soups", tags: [],
                    sizes: [.init(name: "", price: Money(cents: 750))], extras: [])
            ]
        }
    }

    private func orders(_ restaurant: Restaurant) async throws -> [Order] {
        try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    @Test func anOrderIsGoneOnWith() async throws {
        let restaurant = try pizzeria()
        let call = restaurant.call()
        call.overheard("two fish soups", turn: 1, reply: "Delivery or pickup?")
        call.overheard(
            "for pickup", turn: 2,
            reply: "2 Fish Soups for pickup, that is 15 dollars. Shall I place the order?")
        #expect(try await orders(restaurant).isEmpty)
        #expect(call.say("yes").text.contains("Your order is confirmed."))
        #expect(try await orders(restaurant).map(\.total) == [Money(cents: 1500)])
        #expect(call.takeActions().map(\.tool) == ["place_order"])
    }

    /// Messages are held by one session each; what was being looked up is looked up again.
    @Test func aTurnThatIsBeingFollowedIsFollowedInTheNextSession() async throws {
        let restaurant = try pizzeria()
        let first = restaurant.call()
        first.overheard(
            "two fish soups for pickup", turn: 1,
            reply: "That is 15 dollars. Shall I place the order?")
        let memory = try #require(first.memory)
        first.close()
        let second = restaurant.call()
        #expect(second.resume(from: memory))
        second.overheard(
            "and one more fish soup", turn: 2, reply: "That is $22.50. Shall I place the order?")
        let later = try #require(second.memory)
        second.close()
        let third = restaurant.call()
        #expect(third.resume(from: later))
        #expect(third.say("yes").text.contains("Your order is confirmed."))
        #expect(try await orders(restaurant).map(\.total) == [Money(cents: 2250)])
    }

    @Test func atAnotherTotalItIsReadBackFirst() async throws {
        let restaurant = try pizzeria()
        let call = restaurant.call()
        call.overheard("two fish soups for pickup", turn: 1, reply: "Shall I place the order?")
        #expect(call.say("yes").text.contains("The total is $15. Shall I place the order?"))
        #expect(try await orders(restaurant).isEmpty)
        #expect(call.say("yes").text.contains("Your order is confirmed."))
        #expect(try await orders(restaurant).count == 1)
    }

    @Test func anOrderThatTheOtherPlacedIsPlaced() async throws {
        let restaurant = try pizzeria()
        let call = restaurant.call()
        call.overheard("two fish soups for pickup", turn: 1, reply: "That is 15 dollars. Is it ok?")
        call.overheard("yes", turn: 2, reply: "Your order number is 1 0 0 7.")
        call.witnessed(
            [
                json(
                    "place_order",
                    #"{"items":[{"item":"Fish Soup","quantity":2}],"service":"pickup","total":"15.00"}"#,
                    #"{"order_number":1007,"ready_minutes":20,"status":"placed","total":"15.00"}"#)
            ], turn: 2)
        #expect(call.say("how long does it take").text.contains("20 minutes"))
        #expect(call.say("no thanks bye").hangsUp)
        #expect(try await orders(restaurant).isEmpty)
    }
}
