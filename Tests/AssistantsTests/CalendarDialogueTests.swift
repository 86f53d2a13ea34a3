import Assistants
import Foundation
import Pipelines
import Store
import Testing

/// Days that are not like others, as callers meet them.
@Suite struct CalendarDialogueTests {
    /// Half past one comes twice on that night; the first is meant, and a table is kept its whole time.
    @Test func aBookingInTheHourThatComesTwice() async throws {
        let restaurant = try Restaurant(now: instant("2027-11-06 12:00")) {
            $0.openingHours = MomentTests.every("18:00-03:00")
            $0.reservations.tables = [DiningTable(name: "Only", seats: 2)]
            $0.reservations.lastSeatingMinutes = 30
        }
        let call = restaurant.call()
        let reply = call.say("two people on Sunday the 7th of November at 1:30 am under Lee").text
        #expect(reply.contains("at 1:30 AM"), "\(reply)")
        _ = call.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2027-11-07 01:30")
        // Four hours behind Greenwich, as before the change.
        #expect(row.startsAt == 1_825_565_400 && row.endsAt - row.startsAt == 90 * 60)
        // An hour later by Greenwich it is still half past one, and still taken.
        let rules = ReservationRules(restaurant.settings)
        var query = rules.query(
            partySize: 2, start: moment("2027-11-07 02:00"), now: restaurant.now.date, changing: nil
        )
        query.slot.startsAt = row.startsAt + 3600
        query.otherSlots = []
        let answer = try await restaurant.database.value {
            restaurant.database.availability(query, completion: $0)
        }
        #expect(answer == .full(alternatives: []))
    }

    @Test func theSameMomentIsAnotherDayElsewhere() async throws {
        let zones = ["Pacific/Auckland": "2026-11-26", "America/Los_Angeles": "2026-11-25"]
        for (name, day) in zones {
            let zone = try #require(TimeZone(identifier: name))
            // 2026-11-25 20:00 UTC: Wednesday noon in Los Angeles, Thursday morning in Auckland.
            let now = Date(timeIntervalSince1970: 1_795_636_800)
            let restaurant = try Restaurant(now: now) { $0.timeZone = zone }
            let call = restaurant.call()
            _ = call.say("two people today at 9 pm under Lee")
            _ = call.say("yes")
            let row = try #require(try await restaurant.reservations().first)
            #expect(row.startsAtLocal == day + " 21:00", "\(name)")
        }
    }

    @Test(arguments: [
        ("2026-02-10 12:00", "I do not find a 29th of February"),
        ("2028-02-10 12:00", "Tuesday the 29th of February at 7 PM"),
    ])
    func theLeapDay(now: String, answer: String) throws {
        let call = try Restaurant(now: instant(now)).call()
        let reply = call.say("two people on the 29th of February at 7 pm under Lee").text
        #expect(reply.contains(answer), "\(reply)")
    }

    @Test func closedDaysAndHolidays() throws {
        let restaurant = try Restaurant {
            $0.openingHours.weekly[.monday] = []
            $0.openingHours.exceptions[date("2026-12-25")] = []
            $0.openingHours.exceptions[date("2026-12-24")] = [MomentTests.hours("12:00-15:00")]
        }
        let call = restaurant.call()
        #expect(call.say("two people on Monday at 7 pm").text.contains("We are closed on Monday"))
        #expect(call.say("then the 25th of December").text.contains("closed on Friday the 25th"))
        #expect(call.say("the 24th of December at 7 pm").text.contains("from noon to 2 PM"))
        #expect(call.say("at one").text.contains("Thursday the 24th of December at 1 PM"))
    }

    /// The kitchen of a place that is open past midnight, minute by minute.
    @Test(arguments: [
        ("2026-11-25 17:59", false), ("2026-11-25 18:00", true), ("2026-11-25 23:59", true),
        ("2026-11-26 00:00", true), ("2026-11-26 01:59", true), ("2026-11-26 02:00", false),
        ("2027-03-14 01:59", true), ("2027-03-14 03:00", false),
    ])
    func ordersAroundMidnight(now: String, isOpen: Bool) throws {
        let menu = try sampleMenu()
        let restaurant = try Restaurant(now: instant(now)) {
            $0.kind = .restaurant
            $0.restaurant.menu = menu
            $0.openingHours = MomentTests.every("18:00-02:00")
        }
        let reply = restaurant.call().say("A lasagna for pickup").text
        #expect(reply.contains("closed right now") == !isOpen, "\(now): \(reply)")
        #expect(reply.contains("Shall I place the order?") == isOpen, "\(now): \(reply)")
    }

    @Test func readyTimesCrossMidnightAndTheClockChange() async throws {
        let menu = try sampleMenu()
        for now in ["2026-12-31 23:50", "2027-03-14 01:50", "2027-11-07 01:50"] {
            let restaurant = try Restaurant(now: instant(now)) {
                $0.kind = .restaurant
                $0.restaurant.menu = menu
                $0.openingHours = MomentTests.every("00:00-23:59")
            }
            let call = restaurant.call()
            _ = call.say("A lasagna for pickup")
            #expect(call.say("yes").text.contains("ready in 20 minutes"))
            let orders = try await restaurant.database.value {
                restaurant.database.orders(
                    assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
            }
            #expect(orders.map { $0.readyAt - $0.createdAt } == [20 * 60], "\(now)")
        }
    }
}
