import Assistants
import Foundation
import Language
import Pipelines
import Store
import TestSupport
import Testing

/// Silence, noise, questions, keys: what goes wrong in conversations.
@Suite struct DialogueTroubleTests {
    @Test func silenceIsAskedTwiceAndThenEnds() throws {
        let call = try Restaurant().call()
        let first = call.hear(.silence(count: 1))
        #expect(first.text.hasPrefix("Are you still there?"))
        let second = call.hear(.silence(count: 2))
        #expect(second.text != first.text && !second.hangsUp)
        #expect(call.hear(.silence(count: 3)).hangsUp)
    }

    @Test func silenceAfterBookingSaysTheNumberAgainIfItWasNotHeard() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm")
        _ = call.say("John")
        let booked = call.begin(.speech(Transcript(text: "yes")), turn: 3, commits: true).wait()
        // The caller talked over it before the number came.
        call.heard(turn: 3, text: booked.sentences[0])
        let end = call.begin(.speech(Transcript(text: "thanks, bye")), turn: 4, commits: true)
            .wait()
        #expect(end.text.contains("Your confirmation number is"))
        #expect(end.hangsUp)
    }

    @Test func unintelligibleIsAskedDifferentlyAndGivenUp() throws {
        let call = try Restaurant().call()
        var replies: Set<String> = []
        for _ in 1...3 {
            let reply = call.hear(.unintelligible)
            #expect(!reply.isLast)
            replies.insert(reply.text)
        }
        #expect(replies.count == 3)
        #expect(replies.contains { $0.contains("You can say, for example") })
        let last = call.hear(.unintelligible)
        #expect(last.hangsUp && last.text.contains("Goodbye."))
    }

    @Test func handsOverAfterFailuresWhereSomebodyIsThere() throws {
        let call = try Restaurant { $0.handOverNumber = "+15559998888" }.call()
        for _ in 1...3 { #expect(!call.say("blah blah").isLast) }
        #expect(call.say("blah blah").handOverNumber == "+15559998888")
    }

    @Test func progressForgetsFailures() throws {
        let call = try Restaurant().call()
        for text in ["Two people", "tomorrow", "at seven", "Anna"] {
            for _ in 1...3 { #expect(!call.hear(.unintelligible).isLast) }
            #expect(!call.say(text).isLast)
        }
    }

    @Test func aPersonIsAskedFor() throws {
        let nobody = try Restaurant().call().say("Can I speak to a human?")
        #expect(nobody.text.hasPrefix("I am sorry, there is nobody I can put you through to"))
        #expect(!nobody.isLast)
        let somebody = try Restaurant { $0.handOverNumber = "+15559998888" }.call()
            .say("operator please")
        #expect(somebody.handOverNumber == "+15559998888")
        #expect(somebody.text == "One moment, I will put you through.")
    }

    @Test func repeatsWhatItSaid() throws {
        let call = try Restaurant().call()
        let offer = call.say("a table for four tomorrow at 7 pm")
        #expect(call.say("What did you say?").text == offer.text)
        #expect(call.say("Sorry?").text == offer.text)
        #expect(call.say("sorry, make it five people").text.hasPrefix("Five people"))
    }

    @Test func questionsItCannotAnswer() throws {
        let call = try Restaurant().call()
        let reply = call.say("Do you have parking?")
        #expect(reply.text.contains("I am afraid I can only book tables."))
        #expect(call.say("What can you do?").text.contains("I book tables at Concya."))
        #expect(
            call.say("What time do you close on Sunday?").text.contains(
                "On Sunday the 29th of November we take guests from noon to 10 PM."))
    }

    @Test func keysAreAnswers() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("tomorrow at 7 pm")
        #expect(call.hear(.dtmf("4")).text.hasPrefix("Four people"))
        _ = call.say("John")
        #expect(call.hear(.dtmf("1")).text.contains("is booked"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func smallTalkIsNoFailure() throws {
        let call = try Restaurant { $0.failuresMax = 2 }.call()
        for text in ["Hello?", "Hi", "hello there", "Good evening"] {
            #expect(!call.say(text).isLast)
        }
        #expect(call.say("Hold on a second").text == "Take your time.")
    }

    @Test func goodbyeAtAnyPoint() throws {
        #expect(try Restaurant().call().say("Goodbye").hangsUp)
        let call = try Restaurant().call()
        _ = call.say("a table for four tomorrow at 7 pm")
        #expect(call.say("bye").hangsUp)
    }

    @Test func yesAndGoodbyeInOne() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm under Miller")
        let end = call.say("Yes that's right, that's all, bye")
        #expect(end.hangsUp && end.text.contains("Your confirmation number is"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func namesAndInjection() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm")
        _ = call.say("my name is Robert'); DROP TABLE reservations")
        _ = call.say("yes")
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func ownWordings() throws {
        let call = try Restaurant {
            $0.greeting = "Ahoy."
            $0.prompts[ReservationPromptKey.askName] = ["Who are you?"]
        }.call()
        #expect(call.greeting == "Ahoy.")
        #expect(call.say("two people tomorrow at 7 pm").sentences.last == "Who are you?")
    }

    @Test func settingsTellWhatIsWrong() {
        var settings = AssistantSettings.sampleRestaurant(timeZone: newYork)
        #expect(settings.problems().isEmpty)
        settings.name = ""
        settings.reservations.slotMinutes = 0
        settings.reservations.tables.append(DiningTable(name: "Bar 1", seats: 0))
        settings.openingHours = OpeningHours(weekly: [:])
        settings.prompts[ReservationPromptKey.askName] = []
        #expect(settings.problems().count == 6)
    }
}

/// Conversations at random: what must hold whatever is said.
@Suite struct RandomConversationTests {
    static let lines = [
        "a table for four tomorrow at 7 pm", "two people", "Friday", "at eight", "half past six",
        "yes", "no", "John Miller", "my name is Sarah", "cancel", "never mind", "sorry?", "what",
        "make it five people", "change the time", "the second one", "either", "hello", "thanks",
        "do you have parking", "start over", "hold on", "forty people", "Monday", "yesterday",
        "February 30th", "blah blah", "", "[BLANK_AUDIO]", "another table", "not Friday, Saturday",
        "today at 1 pm", "what are your hours", "that's right", "7", "12", "um", "in two weeks",
        "midnight", "the name is wrong", "cancel the reservation", "me and my wife",
    ]

    @Test(arguments: [11, 12, 13, 14]) func everyReplyIsSpeakableAndNothingIsBookedUnasked(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let restaurant = try Restaurant {
            $0.openingHours = .eveningsAndLunch
            $0.failuresMax = 100
            $0.logsTurns = false
        }
        try await restaurant.fill("2026-11-26 19:00")
        var known: [Reservation] = try await restaurant.reservations()
        for number in 0..<25 {
            let call = restaurant.call("CA\(number)")
            var before = call.greeting ?? ""
            for _ in 0..<25 {
                let line = Self.lines[Int.random(in: 0..<Self.lines.count, using: &random)]
                let reply = call.say(line)
                #expect(!reply.sentences.isEmpty, "\(line) after \(before)")
                #expect(!reply.text.contains { "{}".contains($0) }, "\(reply.text)")
                #expect(reply.error == nil)
                let now = try await restaurant.reservations()
                if now != known {
                    // Rows change only on a yes to a question, or to "cancel" when that was asked.
                    let isAnswer = ["yes", "that's right", "cancel", "cancel the reservation"]
                    #expect(isAnswer.contains(line), "\(line) after \(before) changed the rows")
                    #expect(
                        before.contains("Is that right?") || before.contains("yes or no")
                            || before.contains("Shall I"), "\(line) after \(before)")
                }
                known = now
                before = reply.text
                if reply.isLast { break }
            }
            call.close()
        }
    }
}
