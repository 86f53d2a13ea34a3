import Assistants
import Foundation
import Language
import Testing

@Suite struct CalendarTests {
    private let clock = BusinessClock(timeZone: newYork)

    @Test func clockChanges() {
        // Spring: on the 14th of March 2027 two o'clock is followed by three.
        #expect(!clock.exists(moment("2027-03-14 02:30")))
        #expect(clock.exists(moment("2027-03-14 03:30")))
        #expect(
            clock.instant(of: moment("2027-03-14 03:00"))
                - clock.instant(of: moment("2027-03-14 01:59")) == 60)
        // Autumn: on the 7th of November 2027 one o'clock comes twice; the first is meant.
        let first = clock.instant(of: moment("2027-11-07 01:30"))
        #expect(clock.instant(of: moment("2027-11-07 02:30")) - first == 2 * 3600)
        #expect(
            clock.local(at: Date(timeIntervalSince1970: Double(first + 3600))).description
                == "2027-11-07 01:30")
        // Seven in the evening stays seven in the evening over the change.
        let saturday = clock.instant(of: moment("2027-03-13 19:00"))
        let sunday = clock.instant(of: moment("2027-03-14 19:00"))
        #expect(sunday - saturday == 23 * 3600)
    }

    @Test(arguments: [
        "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata",
        "Pacific/Kiritimati", "America/Santiago", "Africa/Casablanca", "GMT",
    ])
    func everyHourOfTwoYearsComesBack(identifier: String) throws {
        let clock = BusinessClock(timeZone: try #require(TimeZone(identifier: identifier)))
        var seconds: Int64 = 1_767_225_600
        while seconds < 1_767_225_600 + 2 * 366 * 86_400 {
            let local = clock.local(at: Date(timeIntervalSince1970: Double(seconds)))
            let back = clock.instant(of: local)
            // In a repeated hour the first one comes back.
            guard back == seconds || (back < seconds && seconds - back <= 3600) else {
                Issue.record("\(identifier): \(local) at \(seconds) came back as \(back)")
                return
            }
            seconds += 1800
        }
    }

    @Test func todayIsTheBusinesssDay() async throws {
        // 23:30 in New York is already the next day in Greenwich.
        let restaurant = try Restaurant(now: instant("2026-11-25 23:30"))
        let reply = restaurant.call().say("two people tomorrow at 7 pm")
        #expect(reply.text.hasPrefix("Two people tomorrow at 7 PM."))
        let after = try Restaurant(now: instant("2026-11-26 00:05")).call()
        _ = after.say("two people tomorrow at 7 pm under Lee")
        #expect(after.say("yes").text.contains("is booked for tomorrow at 7 PM"))
    }

    @Test func bookingsAroundAClockChange() async throws {
        let restaurant = try Restaurant(now: instant("2027-03-13 15:00"))
        let call = restaurant.call()
        _ = call.say("two people tomorrow at 7 pm under Lee")
        _ = call.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2027-03-14 19:00")
        // 19:00 is four hours behind Greenwich since that morning, not five.
        #expect(row.startsAt == 1_805_065_200)
        let skipped = try Restaurant(now: instant("2027-03-13 15:00")) {
            $0.openingHours = MomentTests.every("00:00-23:59")
        }.call()
        #expect(
            !skipped.say("two people tomorrow at 2:30 am under Lee").text.contains("Is that right?")
        )
    }

    @Test func leapDayAndMidnight() async throws {
        let restaurant = try Restaurant(now: instant("2028-02-28 12:00")) {
            $0.openingHours = MomentTests.every("18:00-02:00")
        }
        let call = restaurant.call()
        #expect(call.say("two people tomorrow at nine under Lee").text.contains("tomorrow at 9 PM"))
        let late = call.say("make it midnight")
        #expect(late.text.contains("on Wednesday the 1st of March at midnight"), "\(late.text)")
        _ = call.say("yes")
        let row = try #require(try await restaurant.reservations().first)
        #expect(row.startsAtLocal == "2028-03-01 00:00")
    }
}

@Suite struct OpeningHoursTests {
    @Test func exceptionsAndSmallHours() {
        var hours = MomentTests.every("18:00-02:00")
        hours.exceptions[date("2026-12-24")] = []
        hours.exceptions[date("2026-12-25")] = [MomentTests.hours("12:00-15:00")]
        #expect(hours.isOpen(at: moment("2026-12-24 01:00")))
        #expect(!hours.isOpen(at: moment("2026-12-24 19:00")))
        #expect(!hours.isOpen(at: moment("2026-12-25 01:00")))
        #expect(hours.isOpen(at: moment("2026-12-25 12:00")))
        #expect(!hours.isOpen(at: moment("2026-12-25 15:00")))
        let starts = hours.starts(on: date("2026-12-25"), lastStartMinutes: 60, stepMinutes: 30)
        #expect(starts.map(\.time.description) == ["12:00", "12:30", "13:00", "13:30", "14:00"])
    }

    @Test(arguments: ["18:00", "18:00-", "18-22", "25:00-26:00", ""])
    func refusesText(text: String) { #expect(OpeningHours.Period(text) == nil) }
}

@Suite struct SaidValuesTests {
    @Test func timesDatesAndDigits() {
        func time(_ text: String) -> String {
            SaidValues.time(moment("2026-11-25 \(text)").time)
        }
        #expect(
            ["19:00", "19:30", "12:00", "00:00", "00:05", "11:45", "12:30"].map(time)
                == ["7 PM", "7:30 PM", "noon", "midnight", "12:05 AM", "11:45 AM", "12:30 PM"])
        #expect(
            [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31].map(SaidValues.ordinal)
                == [
                    "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd",
                    "31st",
                ])
        #expect(SaidValues.date(date("2026-11-27")) == "Friday the 27th of November")
        #expect(SaidValues.digits("482051") == "4 8 2, 0 5 1")
        #expect(SaidValues.digits("48205112") == "4 8 2 0, 5 1 1 2")
        #expect(SaidValues.list(["a", "b", "c"]) == "a, b or c")
        #expect(SaidValues.people(1) == "one person")
        #expect(SaidValues.people(13) == "13 people")
    }
}
