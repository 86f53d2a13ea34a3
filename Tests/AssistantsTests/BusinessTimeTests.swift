import Assistants
import Foundation
import Language
import Pipelines
import Store
import Testing

/// The business's clock in whole conversations: other zones, nights, clock changes, days that differ.
@Suite struct BusinessTimeTests {
    /// Noon and all night, so that only the clock decides.
    private func always(_ settings: inout AssistantSettings) {
        settings.openingHours = MomentTests.every("00:00-23:59")
    }

    /// One moment, 23:30 in Greenwich on the 25th of November, is another day elsewhere.
    @Test(arguments: [
        ("Pacific/Pago_Pago", "2026-11-26", 7 * 3600), ("America/New_York", "2026-11-26", 3600),
        ("Europe/London", "2026-11-26", -4 * 3600),
        ("Asia/Kolkata", "2026-11-27", -9 * 3600 - 1800),
        ("Asia/Kathmandu", "2026-11-27", -9 * 3600 - 2700),
        ("Pacific/Kiritimati", "2026-11-27", -18 * 3600),
    ])
    func tomorrowIsTheBusinesssTomorrow(zone: String, day: String, greenwich: Int) async throws {
        let zone = try #require(TimeZone(identifier: zone))
        let now = instant("2026-11-25 23:30", .gmt)
        let restaurant = try Restaurant(now: now) {
            $0.timeZone = zone
            always(&$0)
        }
        let call = restaurant.call()
        _ = call.say("two people tomorrow at 8 PM under Lee")
        #expect(call.say("yes").text.contains("tomorrow at 8 PM"))
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == day + " 20:00")
        // Eight in the evening there, by Greenwich: so much after midnight of the day after it.
        let evening = instant(day + " 00:00", .gmt).timeIntervalSince1970 + 24 * 3600
        #expect(Int(row.startsAt) - Int(evening) == greenwich)
    }

    /// A table that is kept over the hour that comes twice is kept for two hours, not three.
    @Test func aTableInTheLongNight() async throws {
        let restaurant = try Restaurant(now: instant("2027-11-06 20:00")) {
            $0.openingHours = MomentTests.every("18:00-05:00")
            $0.reservations.tables = [DiningTable(name: "Bar", seats: 2)]
            $0.reservations.reservationMinutes = 120
        }
        let first = restaurant.call("CA1")
        _ = first.say("two people tomorrow at 12:30 AM under Lee")
        _ = first.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2027-11-07 00:30")
        #expect(row.endsAt - row.startsAt == 7200)
        // It ends at half past one, when that comes for the second time.
        let clock = BusinessClock(timeZone: newYork)
        let end = clock.local(at: Date(timeIntervalSince1970: Double(row.endsAt)))
        #expect(end.description == "2027-11-07 01:30")
        let second = restaurant.call("CA2")
        #expect(second.say("two people tomorrow at 1:30 AM under Roe").text.contains("full"))
        let third = restaurant.call("CA3")
        _ = third.say("two people tomorrow at 2 AM under Poe")
        #expect(third.say("yes").text.contains("is booked"))
    }

    @Test func aTableInTheShortNight() async throws {
        let restaurant = try Restaurant(now: instant("2027-03-13 20:00")) {
            $0.openingHours = MomentTests.every("18:00-05:00")
            $0.reservations.reservationMinutes = 120
        }
        let call = restaurant.call()
        #expect(!call.say("two people tomorrow at 2:30 AM under Lee").text.contains("right?"))
        _ = call.say("then at 1:30 AM")
        _ = call.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2027-03-14 01:30" && row.endsAt - row.startsAt == 7200)
        let clock = BusinessClock(timeZone: newYork)
        let end = clock.local(at: Date(timeIntervalSince1970: Double(row.endsAt)))
        #expect(end.description == "2027-03-14 04:30")
    }

    /// Half an hour from ten to two is twenty past three when the clocks go forward.
    @Test func anOrderIsReadyInMinutesNotInClockTime() async throws {
        let menu = try sampleMenu()
        let restaurant = try Restaurant(now: instant("2027-03-14 01:50")) {
            $0.kind = .restaurant
            $0.restaurant.menu = menu
            $0.openingHours = MomentTests.every("18:00-05:00")
        }
        let call = restaurant.call()
        _ = call.say("two cannoli for delivery to 12 Main Street")
        #expect(call.say("yes").text.contains("ready in 30 minutes"))
        let orders = try await restaurant.database.value {
            restaurant.database.orders(
                assistantID: restaurant.settings.id, createdIn: 0..<Int64.max, completion: $0)
        }
        let order = try #require(orders.first)
        #expect(order.readyAt - Int64(restaurant.now.date.timeIntervalSince1970) == 1800)
        let ready = BusinessClock(timeZone: newYork)
            .local(at: Date(timeIntervalSince1970: Double(order.readyAt)))
        #expect(ready.description == "2027-03-14 03:20")
    }

    /// The evening before a closed day ends on it.
    @Test(arguments: [
        ("2026-12-24 23:30", true), ("2026-12-25 01:30", true), ("2026-12-25 02:30", false),
        ("2026-12-25 19:00", false), ("2026-12-26 17:59", false), ("2026-12-26 18:00", true),
    ])
    func ordersAroundAClosedDay(time: String, isOpen: Bool) async throws {
        let menu = try sampleMenu()
        let restaurant = try Restaurant(now: instant(time)) {
            $0.kind = .restaurant
            $0.restaurant.menu = menu
            $0.openingHours = MomentTests.every("18:00-02:00")
            $0.openingHours.exceptions[date("2026-12-25")] = []
        }
        let reply = restaurant.call().say("two cannoli for pickup").text
        #expect(reply.contains("closed right now") != isOpen, "\(reply)")
        #expect(reply.contains("Shall I place the order?") == isOpen, "\(reply)")
        if time == "2026-12-25 19:00" { #expect(reply.contains("again tomorrow at 6 PM")) }
    }

    @Test(arguments: [
        ("2027-12-31 12:00", "tomorrow", "2028-01-01"),
        ("2028-02-28 12:00", "tomorrow", "2028-02-29"),
        ("2028-02-29 12:00", "tomorrow", "2028-03-01"),
        ("2027-02-28 12:00", "tomorrow", "2027-03-01"),
        ("2027-12-31 12:00", "in two months", "2028-02-29"),
        ("2028-01-15 12:00", "in a month", "2028-02-15"),
        ("2028-02-28 23:59", "the day after tomorrow", "2028-03-01"),
        ("2028-02-22 12:00", "in a week", "2028-02-29"),
    ])
    func daysAtTheEdgesOfTheCalendar(now: String, said: String, day: String) async throws {
        let restaurant = try Restaurant(now: instant(now), always)
        let call = restaurant.call()
        _ = call.say("two people \(said) at 8 PM under Lee")
        _ = call.say("yes")
        #expect(try await restaurant.reservations().map(\.startsAtLocal) == [day + " 20:00"])
    }
}

@Suite struct DayPeriodTests {
    private func spans(_ text: String) -> [String]? {
        OpeningHours.Period.day(text).map { $0.map { "\($0.opens)-\($0.closes)" } }
    }

    @Test func oneOrSeveralSpansOrNone() {
        #expect(spans("closed") == [])
        #expect(spans("11:00-22:30") == ["11:00-22:30"])
        #expect(spans("12:00-14:30, 18:00-02:00") == ["12:00-14:30", "18:00-02:00"])
    }

    @Test(arguments: [
        "", "open", "12:00-14:30,", "18:00-22:00, 12:00-14:00", "12:00-15:00, 14:00-18:00",
        "18:00-02:00, 23:00-23:30",
    ])
    func whatIsNoDayIsRefused(text: String) { #expect(spans(text) == nil) }

    @Test func theNextOpening() {
        var hours = MomentTests.every("12:00-14:00")
        hours.weekly[.monday] = []
        hours.exceptions[date("2026-11-29")] = []
        #expect(hours.nextOpening(after: moment("2026-11-28 11:59")) == moment("2026-11-28 12:00"))
        // Saturday's noon is over, Sunday is a holiday, Monday is closed.
        #expect(hours.nextOpening(after: moment("2026-11-28 12:00")) == moment("2026-12-01 12:00"))
        let never = OpeningHours(weekly: [:])
        #expect(never.nextOpening(after: moment("2026-11-28 12:00")) == nil)
    }
}
