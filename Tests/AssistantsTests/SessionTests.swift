import Assistants
import Foundation
import Net
import Pipelines
import Store
import Synchronization
import Testing

/// Speculation, commitment and failures: what the session promises its caller.
@Suite struct SessionTests {
    private func speech(_ text: String) -> CallerInput { .speech(Transcript(text: text)) }

    @Test func speculationThrownAwayLeavesNoTrace() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        let early = call.begin(speech("A table for two tomorrow at seven"), turn: 1, commits: false)
        #expect(early.wait().text.hasPrefix("Two people tomorrow at 7 PM."))
        call.cancel(turn: 1)
        // The caller went on; nothing of the first half is remembered.
        let whole = call.begin(speech("Friday"), turn: 1, commits: true).wait()
        #expect(
            whole.text == "On Friday the 27th of November. For how many people, and at what time?")
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func aSecondReplyForTheSameTurnReplacesTheFirst() throws {
        let call = try Restaurant().call()
        _ = call.begin(speech("two people"), turn: 1, commits: false).wait()
        let second = call.begin(speech("three people on Friday"), turn: 1, commits: true).wait()
        #expect(second.text == "Three people on Friday the 27th of November. At what time?")
    }

    @Test func effectsWaitForTheCommit() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        let pending = call.begin(speech("yes"), turn: 9, commits: false)
        #expect(try await restaurant.reservations().isEmpty)
        #expect(pending.soFar.sentences.isEmpty)
        call.commit(turn: 9)
        #expect(pending.wait().text.contains("is booked"))
        call.commit(turn: 9)
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func aSpeculativeYesThatGoesOnBooksNothing() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.begin(speech("Yes"), turn: 9, commits: false)
        call.cancel(turn: 9)
        let whole = call.begin(speech("Yes, but make it five people"), turn: 9, commits: true)
            .wait()
        #expect(whole.text.contains("five people"))
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func aReplyCancelledAfterTheCommitIsStillBookedAndRemembered() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.begin(speech("yes"), turn: 2, commits: true)
        call.cancel(turn: 2)
        call.heard(turn: 2, text: "")
        let next = call.begin(speech("thanks, goodbye"), turn: 3, commits: true).wait()
        #expect(next.text.contains("Your confirmation number is"))
        #expect(next.hangsUp)
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func hangingUpBeforeTheCommitBooksNothing() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        _ = call.begin(speech("yes"), turn: 2, commits: false)
        call.close()
        call.commit(turn: 2)
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func theLastTableGoesToOneOfTwoCallers() async throws {
        let restaurant = try Restaurant {
            $0.reservations.tables = [DiningTable(name: "Only", seats: 4)]
        }
        let first = restaurant.call("CA1")
        let second = restaurant.call("CA2")
        _ = first.say("a table for four tomorrow at 7 pm under John")
        _ = second.say("a table for four tomorrow at 7 pm under Mary")
        let won = first.say("yes")
        let lost = second.say("yes")
        #expect(won.text.contains("is booked"))
        #expect(
            lost.text.hasPrefix("I am sorry, the last table has just been taken. I could offer"))
        let instead = second.say("the first one")
        #expect(instead.text.contains("under Mary"))
        _ = second.say("yes")
        let rows = try await restaurant.reservations()
        #expect(rows.count == 2)
        #expect(Set(rows.map(\.startsAtLocal)).count == 2)
    }

    @Test func aFailingStoreIsSaidAndTriedAgain() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under John")
        restaurant.database.close()
        let failed = call.say("yes")
        #expect(
            failed.text
                == "I am sorry, I cannot reach the reservation book right now. Shall I try once more?"
        )
        let again = call.say("yes")
        #expect(again.hangsUp)
        #expect(!again.text.contains("is booked"))
    }

    @Test func turnsAreLogged() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call("CA7")
        _ = call.say("two people")
        _ = call.say("tomorrow at 7 pm")
        let turns = try await restaurant.database.value {
            restaurant.database.turns(callSid: "CA7", completion: $0)
        }
        #expect(turns.map(\.callerText) == ["two people", "tomorrow at 7 pm"])
        #expect(turns.map(\.turn) == [1, 2])
        #expect(turns.first?.agentText == "Two people. For which day and time?")
    }

    @Test func worksOnARealLoop() async throws {
        let restaurant = try Restaurant()
        let loop = try EventLoop(label: "test")
        loop.start()
        let reply = await withCheckedContinuation { continuation in
            loop.execute {
                let session = restaurant.engine.makeSession(
                    call: CallInfo(callSid: "CA1", assistantID: "concya"),
                    execute: { loop.execute($0) })
                var text = ""
                session.respond(
                    to: .speech(Transcript(text: "Table for two tomorrow at seven")), turn: 1
                ) { result in
                    precondition(loop.isCurrent, "parts arrive on the loop")
                    switch result {
                    case .success(.sentence(let sentence)): text += sentence
                    case .success(.end):
                        withExtendedLifetime(session) { continuation.resume(returning: text) }
                    case .success, .failure: break
                    }
                }
                session.commit(turn: 1)
            }
        }
        loop.stop()
        loop.join()
        #expect(reply == "Two people tomorrow at 7 PM.What name shall I put it under?")
    }
}
