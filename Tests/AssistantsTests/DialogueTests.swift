import Assistants
import Foundation
import Language
import Pipelines
import Store
import Testing

/// Whole conversations by text against a database in memory.
@Suite struct DialogueTests {
    /// "4 8 2, 0 5 1" in the reply for the number of the reservation.
    private func expectNumber(_ reservation: Reservation, in reply: TextConversation.Reply) {
        let digits = reservation.confirmationNumber.map(String.init)
        #expect(digits.count == 6)
        let spoken =
            digits[0...2].joined(separator: " ") + ", " + digits[3...5].joined(separator: " ")
        #expect(reply.text.contains("Your confirmation number is \(spoken)."), "\(reply.text)")
    }

    @Test func concyaExample() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        #expect(
            call.greeting
                == "Welcome to Concya. I can book a table for you. For how many people, and when?")
        let offer = call.say("I need a table for 4 people tomorrow at 7pm")
        #expect(
            offer.sentences
                == ["Four people tomorrow at 7 PM.", "What name shall I put it under?"])
        let readBack = call.say("John")
        #expect(
            readBack.sentences
                == [
                    "That is a table for four people, tomorrow at 7 PM, under John.",
                    "Is that right?",
                ])
        #expect(try await restaurant.reservations().isEmpty)
        let booked = call.say("Yes.")
        let rows = try await restaurant.reservations()
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(row.partySize == 4 && row.name == "John" && row.phone == "+15550001111")
        #expect(row.startsAtLocal == "2026-11-26 19:00" && row.callSid == "CA1")
        #expect(row.startsAt == Int64(instant("2026-11-26 19:00").timeIntervalSince1970))
        #expect(row.endsAt - row.startsAt == 90 * 60)
        #expect(row.tableNames.count == 1)
        #expect(
            booked.sentences.first
                == "Your table for four people is booked for tomorrow at 7 PM, under John.")
        expectNumber(row, in: booked)
        #expect(booked.sentences.last == "Is there anything else?")
        let end = call.say("No thanks, bye.")
        #expect(end.hangsUp)
        #expect(
            end.sentences.last == "Thank you for calling Concya. Goodbye."
                || end.sentences.last == "Goodbye.")
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func restaurantExampleOnFriday() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        let offer = call.say("I need a table for 4 on Friday at 7 PM")
        #expect(
            offer.text
                == "Four people on Friday the 27th of November at 7 PM. What name shall I put it under?"
        )
        _ = call.say("John")
        let booked = call.say("Yes")
        #expect(
            booked.text.contains("on Friday the 27th of November at 7 PM, under John")
                || booked.text.contains("for Friday the 27th of November at 7 PM, under John"))
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2026-11-27 19:00")
        let end = call.say("Thanks!")
        #expect(end.text.hasPrefix("You are welcome."))
        #expect(end.hangsUp)
    }

    @Test func smsExamples() async throws {
        let restaurant = try Restaurant()
        let sarah = restaurant.call("CA1")
        #expect(sarah.say("Table for 2 tonight at 7?").text.contains("Two people today at 7 PM."))
        _ = sarah.say("Sarah")
        _ = sarah.say("yes")
        let mike = restaurant.call("CA2")
        _ = mike.say("Table for 2 tomorrow at 6pm")
        _ = mike.say("Mike")
        _ = mike.say("yes")
        let rows = try await restaurant.reservations()
        #expect(rows.map(\.name) == ["Sarah", "Mike"])
        #expect(rows.map(\.startsAtLocal) == ["2026-11-25 19:00", "2026-11-26 18:00"])
        #expect(Set(rows.map(\.confirmationNumber)).count == 2)
    }

    @Test func noExplicitConfirmationWhereItIsSwitchedOff() async throws {
        let restaurant = try Restaurant { $0.reservations.confirmsBeforeBooking = false }
        let call = restaurant.call()
        _ = call.say("a table for 4 tomorrow at 7pm")
        let booked = call.say("John")
        #expect(booked.text.contains("is booked for tomorrow at 7 PM, under John"))
        #expect(try await restaurant.reservations().count == 1)
    }

    @Test func oneByOneInAnyOrder() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        #expect(
            call.say("Hi, it's Maria Lopez, I'd like to book a table.").sentences.last
                == "For how many people, and when?")
        #expect(
            call.say("At half past six.").text
                == "At 6:30 PM. For how many people, and on which day?")
        #expect(
            call.say("Friday.").text
                == "On Friday the 27th of November at 6:30 PM. For how many people?")
        let readBack = call.say("Three.")
        #expect(readBack.sentences.last == "Is that right?")
        #expect(
            readBack.text.contains(
                "three people, on Friday the 27th of November at 6:30 PM, under Maria Lopez"))
        _ = call.say("That's correct.")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.partySize == 3 && row.startsAtLocal == "2026-11-27 18:30")
    }

    @Test func sayingWhatTheCallIsAboutIsNoFailure() throws {
        let call = try Restaurant().call()
        #expect(call.say("I'd like to book a table.").text == "For how many people, and when?")
        // Once is an opening; twice shows that the question was not understood.
        #expect(call.say("Book the table.").text.contains("did not understand"))
    }

    @Test func correctionsAtEveryPoint() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        #expect(call.say("A table for four on Friday").text.contains("At what time?"))
        #expect(call.say("no, make it five people").text.hasPrefix("Five people."))
        #expect(call.say("at seven").text.contains("7 PM. What name"))
        #expect(call.say("actually 8 pm").text.contains("at 8 PM. What name"))
        let readBack = call.say("Miller")
        #expect(
            readBack.text.contains(
                "five people, on Friday the 27th of November at 8 PM, under Miller"))
        let again = call.say("no, change it to Saturday")
        #expect(
            again.text.contains(
                "five people, on Saturday the 28th of November at 8 PM, under Miller"))
        #expect(again.sentences.last == "Is that right?")
        let name = call.say("no, the name is Muller")
        #expect(name.text.contains("under Muller"))
        let what = call.say("No.")
        #expect(what.text == "What shall I change?")
        #expect(call.say("the time").text == "At what time?")
        #expect(call.say("seven thirty").text.contains("at 7:30 PM, under Muller"))
        _ = call.say("yes please")
        let rows = try await restaurant.reservations()
        #expect(rows.count == 1)
        #expect(rows.first?.partySize == 5)
        #expect(rows.first?.startsAtLocal == "2026-11-28 19:30")
        #expect(rows.first?.name == "Muller")
    }

    @Test func callerRefusesAndCancels() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for two tomorrow at 7 pm")
        _ = call.say("Lee")
        let dropped = call.say("Actually, never mind.")
        #expect(dropped.text == "All right, I will not book anything. Is there anything else?")
        let end = call.say("No, that's all. Goodbye.")
        #expect(end.hangsUp)
        #expect(try await restaurant.reservations().isEmpty)
    }

    @Test func startsOver() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for two tomorrow at 7 pm")
        #expect(call.say("Let's start over").text.hasPrefix("All right, let us start again."))
        #expect(call.say("Friday at eight").text.contains("For how many people?"))
    }

    @Test func fullHouseOffersTheNearestTimes() async throws {
        let restaurant = try Restaurant()
        try await restaurant.fill("2026-11-27 19:00")
        let call = restaurant.call()
        let full = call.say("Table for four on Friday at 7 PM")
        #expect(full.text.hasPrefix("I am sorry, Friday the 27th of November at 7 PM is full."))
        #expect(full.text.contains("I could offer 5:30 PM or 8:30 PM."), "\(full.text)")
        #expect(full.sentences.last == "Which would you like?")
        #expect(call.say("The later one.").text.contains("at 8:30 PM. What name"))
        _ = call.say("Kim")
        _ = call.say("yes")
        let mine = try await restaurant.reservations().filter { $0.name == "Kim" }
        #expect(mine.map(\.startsAtLocal) == ["2026-11-27 20:30"])
    }

    @Test func fullHouseTurnedDownForAnotherDay() async throws {
        let restaurant = try Restaurant()
        try await restaurant.fill("2026-11-27 19:00")
        let call = restaurant.call()
        _ = call.say("Table for four on Friday at 7 PM")
        #expect(call.say("No.").text == "Which other day or time would suit you?")
        let other = call.say("Saturday at 7 PM then")
        #expect(
            other.text.contains("On Saturday the 28th of November at 7 PM. What name"),
            "\(other.text)")
    }

    @Test func fullDayOffersOtherDays() async throws {
        let restaurant = try Restaurant {
            $0.openingHours = MomentTests.every("19:00-20:00")
            $0.reservations.tables = [DiningTable(name: "Only", seats: 4)]
        }
        try await restaurant.fill("2026-11-27 19:00", parties: [4])
        let call = restaurant.call()
        let full = call.say("Table for four on Friday at 7 PM")
        #expect(
            full.text.contains(
                "I could offer Saturday the 28th of November at 7 PM or Sunday the 29th of November at 7 PM"
            ))
        #expect(call.say("the second one").text.contains("On Sunday the 29th of November at 7 PM."))
    }

    @Test func closedDayAndClosedHour() async throws {
        let restaurant = try Restaurant { $0.openingHours = .eveningsAndLunch }
        let call = restaurant.call()
        #expect(
            call.say("a table for two on Monday at seven").text
                == "We are closed on Monday the 30th of November. Two people at 7 PM. For which day?"
        )
        #expect(call.say("Tuesday").text.contains("On Tuesday the 1st of December at 7 PM."))
        let closed = call.say("actually at 3 PM")
        #expect(
            closed.text
                == "On Tuesday the 1st of December we take guests from 5 PM to 9 PM. At what time?")
        #expect(call.say("six").text.contains("On Tuesday the 1st of December at 6 PM"))
    }

    @Test func pastTimesAndImpossibleDays() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        #expect(
            call.say("two people today at 1 pm").text
                == "Today at 1 PM has already gone by. At what time?")
        #expect(
            call.say("February 30th at seven").text.hasPrefix(
                "I do not find a 30th of February in the calendar."))
        #expect(call.say("Friday the 26th").text.hasPrefix("The 26th of November is a Thursday."))
    }

    @Test func partyTooLarge() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        #expect(
            call.say("a table for forty people tomorrow at seven").text
                == "I can book for up to twelve people. Tomorrow at 7 PM. For how many people?")
        #expect(call.say("twelve").text == "Twelve people. What name shall I put it under?")
        _ = call.say("Lopez")
        _ = call.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        // Two tables of the garden were joined, and a large party stays longer.
        #expect(row.tableNames.sorted() == ["Garden 2", "Garden 3"])
        #expect(row.endsAt - row.startsAt == 120 * 60)
    }

    @Test func changesAndCancelsWhatIsBooked() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm")
        _ = call.say("John")
        _ = call.say("yes")
        let number = try #require(try await restaurant.reservations().first).confirmationNumber
        let change = call.say("Oh wait, make it six people")
        #expect(
            change.text
                == "I will change it to six people, tomorrow at 7 PM, under John. Is that right?")
        #expect(try await restaurant.reservations().first?.partySize == 4)
        #expect(call.say("yes").text.hasPrefix("I have changed it: six people, tomorrow at 7 PM"))
        var rows = try await restaurant.reservations()
        #expect(rows.map(\.partySize) == [6] && rows.first?.confirmationNumber == number)
        #expect(call.say("cancel the reservation").text == "Shall I cancel your booking?")
        #expect(call.say("no").text.hasPrefix("All right, your booking stays as it is."))
        _ = call.say("cancel it please")
        #expect(call.say("yes").text.hasPrefix("Your booking is cancelled."))
        rows = try await restaurant.reservations()
        #expect(rows.map(\.status) == [.cancelled])
        #expect(call.say("bye").hangsUp)
    }

    @Test func aSecondReservationInOneCall() async throws {
        let restaurant = try Restaurant()
        let call = restaurant.call()
        _ = call.say("a table for four tomorrow at 7 pm")
        _ = call.say("John")
        _ = call.say("yes")
        let more = call.say("I'd like another table for two on Saturday at eight")
        #expect(
            more.text.contains("two people, on Saturday the 28th of November at 8 PM, under John"))
        _ = call.say("yes")
        let rows = try await restaurant.reservations()
        #expect(rows.map(\.partySize) == [4, 2])
    }
}

extension MomentTests {
    static func every(_ period: String) -> OpeningHours {
        OpeningHours(
            weekly: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [hours(period)]) })
        )
    }
}
