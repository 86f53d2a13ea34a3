import Assistants
import Foundation
import Language
import Pipelines
import Store
import Testing

/// What dialogues of all kinds do alike.
@Suite struct ScriptedMachineTests {
    private func speech(_ text: String) -> CallerInput { .speech(Transcript(text: text)) }

    /// States of the version before count effects, which nothing reads any more.
    private func older<State: Codable>(_ state: State) throws -> State {
        let kept = try JSONEncoder().encode(state)
        var object = try #require(JSONSerialization.jsonObject(with: kept) as? [String: Any])
        object["sequence"] = 3
        return try JSONDecoder().decode(
            State.self, from: JSONSerialization.data(withJSONObject: object))
    }

    @Test func statesOfTheVersionBeforeAreRead() throws {
        var reservation = ReservationState()
        reservation.partySize = 4
        #expect(try older(reservation) == reservation)
        #expect(try older(RestaurantState()) == RestaurantState())
        #expect(try older(ServiceDeskState()) == ServiceDeskState())
        #expect(try older(DirectoryState()) == DirectoryState())
    }

    @Test func whetherToTryAgainIsAskedAgainAsThat() throws {
        let desk = try Desk()
        let call = desk.call()
        desk.database.close()
        #expect(call.say("10041").sentences.last == "Shall I try once more?")
        #expect(call.hear(.unintelligible).sentences.last == "Shall I try once more?")
        #expect(call.hear(.silence(count: 1)).sentences.last == "Shall I try once more?")
        #expect(call.say("yes").hangsUp)
    }

    @Test func neverMindKeepsTheBooking() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under Miller")
        _ = call.say("yes")
        #expect(call.say("cancel my booking").text == "Shall I cancel your booking?")
        #expect(call.say("never mind").text.hasPrefix("All right, your booking stays as it is."))
        _ = call.say("cancel my booking")
        #expect(call.say("yes, cancel it").text.hasPrefix("Your booking is cancelled."))
    }

    @Test func somethingElseIsAnsweredByAnExample() throws {
        let call = try Restaurant().call()
        _ = call.say("four people tomorrow")
        let reply = call.say("Do you have parking?").text
        #expect(
            reply
                == "I am afraid I can only book tables. Please tell me the time, for example: 7 PM."
        )
    }

    @Test func theDeskTellsTheHoursOfTheDayThatIsAskedFor() throws {
        let call = try Desk { $0.openingHours.weekly[.sunday] = [] }.call()
        #expect(call.say("are you open on Sunday?").text.hasPrefix("We are closed on Sunday"))
        #expect(call.say("when are you open?").text.hasPrefix("Today we are open from noon"))
    }

    @Test func aMomentIsWaitedForByAll() throws {
        let restaurant = try Restaurant { $0.kind = .restaurant }
        for call in [
            restaurant.call(), try Restaurant().call(), try Desk().call(),
            try Network([Hospital(name: "Lotus Clinic", city: "Pune")]).call(),
        ] {
            #expect(call.completeness(of: "hold on") == .incomplete)
            #expect(call.completeness(of: "cancel that") == .complete)
            #expect(call.completeness(of: "well...") == .incomplete)
        }
    }

    @Test func anOpenQuestionOfTheDirectoryIsWaitedForLikeAnyOther() throws {
        let hospitals = ["Pune", "Delhi"].map { Hospital(name: "Lotus Clinic", city: $0) }
        let call = try Network(hospitals).call()
        #expect(call.say("Is Lotus in Pune?").text.contains("Is there anything else?"))
        #expect(call.hear(.silence(count: 1)).text == "Can I look anything else up for you?")
        #expect(call.say("Is Lotus in the network?").sentences.last == "In which city?")
        #expect(
            call.hear(.silence(count: 1)).text == "Are you still there? Please tell me the city.")
        #expect(!call.hear(.silence(count: 2)).isLast)
        #expect(call.hear(.silence(count: 3)).hangsUp)
    }

    /// A yes to "Shall I try once more?" is none to the order that was read back before.
    @Test func aYesToReadingTheMenuAgainPlacesNothing() throws {
        let dialogue = RestaurantDialogue(.sampleRestaurant(timeZone: newYork))
        let menu = Menu([
            MenuItem(
                name: "Fish Soup", category: "", sizes: [.init(name: "", price: Money(cents: 1))])
        ])
        func step(_ state: RestaurantState, _ event: DialogueEvent<RestaurantAnswer>)
            -> DialogueStep<RestaurantState, RestaurantCall>
        { dialogue.step(state, event, now: wednesday) }
        let asked = step(dialogue.initialState, .caller(speech("a fish soup for pickup")))
        let readBack = step(asked.state, .answer(.success(.menu(menu))))
        #expect(readBack.sentences.last == "Shall I place the order?")
        // The next message: the menu is read again, and cannot be.
        let kept = try JSONDecoder().decode(
            RestaurantState.self, from: JSONEncoder().encode(readBack.state))
        let change = step(kept, .caller(speech("make it two")))
        let failed = step(
            change.state, .answer(.failure(.store(.locked(path: "", afterMs: 1)))))
        #expect(failed.sentences.last == "Shall I try once more?")
        let yes = step(failed.state, .caller(speech("yes")))
        let answer = step(yes.state, .answer(.success(.menu(menu))))
        #expect(answer.next == .listen && answer.sentences.last == "Shall I place the order?")
    }
}
