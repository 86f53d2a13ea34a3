import Assistants
import Foundation
import Pipelines
import Store
import Testing

/// What callers agree to is done once, and what is confirmed is there: whatever becomes of the stream.
@Suite struct EffectTests {
    private static let soup = MenuItem(
        name: "Fish Soup", category: "Soups", sizes: [.init(name: "", price: Money(cents: 750))])

    private func makeRestaurant() throws -> Restaurant {
        try Restaurant {
            $0.kind = .restaurant
            $0.restaurant.menu = [Self.soup]
        }
    }

    private func orders(_ restaurant: Restaurant) async throws -> [Order] {
        try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
    }

    private func speech(_ text: String) -> CallerInput { .speech(Transcript(text: text)) }

    // MARK: - Connected again

    @Test func anotherWishAfterABrokenStreamIsBooked() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        let first = call.say("yes").text
        call.close()
        let again = restaurant.call()
        _ = again.say("a table for two on Friday at 8 pm under Mary")
        let second = again.say("yes").text
        let rows = try await restaurant.reservations()
        #expect(rows.map(\.name) == ["John", "Mary"])
        for (row, reply) in zip(rows, [first, second]) {
            #expect(reply.filter(\.isNumber).hasSuffix(row.confirmationNumber), "\(reply)")
        }
    }

    @Test func theSameWishIsNotBookedTwiceWhenItsConfirmationWasNotHeard() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        let booked = call.begin(speech("yes"), turn: 2, commits: true).wait()
        call.heard(turn: 2, text: "")
        call.close()
        let again = restaurant.call()
        // Another way to the same: the effects of the call are counted otherwise.
        _ = again.say("a table for three tomorrow at 7 pm under John")
        _ = again.say("no, for four")
        let reply = again.say("yes").text
        let rows = try await restaurant.reservations()
        #expect(rows.count == 1)
        #expect(reply == booked.text)
    }

    @Test func theSameOrderOnceMoreIsASecondOrder() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("two fish soups for pickup")
        #expect(call.say("yes").text.contains("1 0 0 1"))
        _ = call.say("two fish soups for pickup")
        #expect(call.say("yes").text.contains("1 0 0 2"))
        #expect(try await orders(restaurant).map(\.number) == [1001, 1002])
    }

    /// The occurrence survives the stream: what was heard and gone on from is settled.
    @Test func theSameOrderOnceMoreAfterABrokenStreamIsASecondOrder() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("two fish soups for pickup")
        #expect(call.say("yes").text.contains("1 0 0 1"))
        _ = call.say("how long does that take")
        call.close()
        let again = restaurant.call()
        _ = again.say("two fish soups for pickup")
        #expect(again.say("yes").text.contains("1 0 0 2"))
        _ = again.say("two fish soups for pickup")
        #expect(again.say("yes").text.contains("1 0 0 3"))
        again.close()
        let last = restaurant.call()
        _ = last.say("two fish soups for pickup")
        // Nothing was said after the last confirmation.
        #expect(last.say("yes").text.contains("1 0 0 3"))
        #expect(try await orders(restaurant).count == 3)
    }

    @Test func whatWasCancelledCanBeBookedAgain() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.begin(speech("yes"), turn: 2, commits: true).wait()
        call.heard(turn: 2, text: "Your table")
        _ = call.say("cancel my booking")
        #expect(call.say("yes").text.contains("cancelled"))
        call.close()
        let again = restaurant.call()
        _ = again.say("a table for four tomorrow at 7 pm under John")
        #expect(again.say("yes").text.contains("is booked"))
        #expect(try await restaurant.reservations().map(\.status) == [.cancelled, .booked])
    }

    @Test func customersAndTaskOrdersAreNamedByWhatTheyAre() async throws {
        let desk = try Desk()
        func record(_ call: TextConversation, _ name: String) -> String {
            _ = call.say("I'm new here")
            _ = call.say(name)
            _ = call.say("555 222 0099")
            return call.say("yes").text
        }
        let call = desk.call()
        _ = record(call, "Peter Stone")
        _ = call.say("The tap in the kitchen is dripping, it can wait")
        #expect(call.say("yes").text.contains("1 0 0 1"))
        call.close()
        let again = desk.call()
        _ = record(again, "Mary Stone")
        _ = again.say("My heating is broken, it is leaking in the basement, it's urgent")
        #expect(again.say("yes").text.contains("1 0 0 2"))
        #expect(try await desk.customers().map(\.name).suffix(2) == ["Peter Stone", "Mary Stone"])
        #expect(try await desk.tasks().map(\.customer.name) == ["Peter Stone", "Mary Stone"])
    }

    // MARK: - Webhooks that come twice, other engines

    @Test func twoNodesThatGoOnFromOneMemoryOrderOnce() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("two fish soups for pickup")
        let memory = try #require(call.memory)
        let nodes = [restaurant.call(), restaurant.call()]
        let replies = nodes.map { node in
            #expect(node.resume(from: memory))
            return node.say("yes").text
        }
        #expect(replies[0] == replies[1])
        #expect(try await orders(restaurant).count == 1)
        // The next turn goes on from what the first one remembers, and so knows of the order.
        let next = restaurant.call()
        #expect(next.resume(from: try #require(nodes[0].memory)))
        _ = next.say("two fish soups for pickup")
        #expect(next.say("yes").text.contains("1 0 0 2"))
        #expect(try await orders(restaurant).count == 2)
    }

    @Test func aModelAndTheScriptHaveOneName() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = call.say("two fish soups for pickup")
        _ = call.begin(speech("yes"), turn: 2, commits: true).wait()
        let context = ToolContext(
            rules: ReservationRules(restaurant.settings), store: restaurant.database,
            callSid: "CA1", callerNumber: "+15550001111", conversation: "CA1", now: wednesday)
        let json = """
            {"total": "15.00", "service": "pickup", "address": "",
             "items": [{"quantity": 2, "item": "Fish Soup", "extras": [], "size": ""}]}
            """
        let answer = await withCheckedContinuation { continuation in
            restaurant.settings.kind.tools.run("place_order", json: Data(json.utf8), in: context) {
                continuation.resume(returning: $0)
            }
        }
        let text = String(decoding: try answer.get(), as: UTF8.self)
        #expect(text.contains("1001"), "\(text)")
        #expect(try await orders(restaurant).count == 1)
    }

    // MARK: - A yes counts for what was heard

    /// The reply to a line of which the caller hears only what `hears` makes of it.
    private func say(
        _ text: String, turn: TurnID, to call: TextConversation, hears: (String) -> String
    ) -> String {
        let reply = call.begin(speech(text), turn: turn, commits: true).wait().text
        call.heard(turn: turn, text: hears(reply))
        return reply
    }

    @Test(arguments: [
        "", "That is a table for four people,",
        "That is a table for four people, tomorrow at 7 PM, under",
    ])
    func aYesToHalfAReadBackBooksNothing(heard: String) async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        let readBack = say(
            "a table for four tomorrow at 7 pm under John", turn: 1, to: call, hears: { _ in heard }
        )
        #expect(readBack.hasSuffix("under John. Is that right?"))
        let again = say("yes", turn: 2, to: call, hears: { $0 })
        #expect(again == readBack)
        #expect(try await restaurant.reservations().isEmpty)
        let booked = say("yes", turn: 3, to: call, hears: { $0 })
        #expect(booked.contains("is booked"))
        #expect(try await restaurant.reservations().count == 1)
    }

    /// Many say yes while the question is still being asked.
    @Test(arguments: ["", " Is", " Is that"])
    func aYesOverTheClosingQuestionCounts(closing: String) async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = say("a table for four tomorrow at 7 pm under John", turn: 1, to: call) { _ in
            "That is a table for four people, tomorrow at 7 PM, under John." + closing
        }
        #expect(say("yes", turn: 2, to: call, hears: { $0 }).contains("is booked"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func aYesThatIsSpeculatedOnIsJudgedWhenItIsFinal() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.begin(
            speech("a table for four tomorrow at 7 pm under John"), turn: 1, commits: true
        ).wait()
        let early = call.begin(speech("yes"), turn: 2, commits: false)
        call.heard(turn: 1, text: "That is a")
        call.commit(turn: 2)
        #expect(early.wait().text.hasSuffix("under John. Is that right?"))
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func onlyTheRestIsReadAgain() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = say("two fish soups for pickup", turn: 1, to: call) { _ in
            "2 Fish Soups, for pickup. The total"
        }
        let again = say("yes", turn: 2, to: call, hears: { $0 })
        #expect(again == "The total is $15. Shall I place the order?")
        #expect(try await orders(restaurant).isEmpty)
        #expect(say("yes", turn: 3, to: call, hears: { $0 }).contains("1 0 0 1"))
    }

    /// Asked again over the caller's yes, what was heard before needs not be heard again.
    @Test func whatWasHeardBeforeIsKnown() async throws {
        let restaurant = try makeRestaurant()
        let call = restaurant.call()
        _ = say("two fish soups for pickup", turn: 1, to: call, hears: { $0 })
        let asked = call.begin(.silence(count: 1), turn: 2, commits: true).wait().text
        #expect(asked.contains("Are you still there?"))
        call.heard(turn: 2, text: "")
        let reply = say("yes", turn: 3, to: call, hears: { $0 })
        #expect(reply.contains("say yes or no") || reply.contains("1 0 0 1"), "\(reply)")
        let last = say("yes", turn: 4, to: call, hears: { $0 })
        #expect(try await orders(restaurant).count == 1, "\(last)")
    }

    @Test func cancellingAndRecordsAskTheSame() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.say("yes")
        _ = say("cancel my booking", turn: 12, to: call, hears: { _ in "Shall" })
        #expect(
            say("yes", turn: 13, to: call, hears: { $0 }) == "Shall I cancel your booking?")
        #expect(try await restaurant.reservations().map(\.status) == [.booked])

        let desk = try Desk()
        let other = desk.call()
        _ = other.say("I'm new here")
        _ = other.say("Peter Stone")
        _ = say("555 222 0099", turn: 13, to: other, hears: { _ in "That is Peter Stone," })
        #expect(say("yes", turn: 14, to: other, hears: { $0 }).hasSuffix("Is that right?"))
        #expect(try await desk.customers().count == 2)
        _ = say("yes", turn: 15, to: other, hears: { $0 })
        #expect(try await desk.customers().count == 3)
        _ = say(
            "The tap in the kitchen is dripping, it can wait", turn: 16, to: other,
            hears: { _ in "I have noted, for plumbing" })
        #expect(say("yes", turn: 17, to: other, hears: { $0 }).contains("kitchen"))
        #expect(try await desk.tasks().isEmpty)
        _ = say("yes", turn: 18, to: other, hears: { $0 })
        #expect(try await desk.tasks().count == 1)
    }
}
