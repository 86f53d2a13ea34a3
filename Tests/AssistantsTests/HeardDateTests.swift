import Assistants
import Language
import Testing

/// Today is Wednesday the 25th of November 2026 unless a test says otherwise.
@Suite struct HeardDateTests {
    static let days: [(String, String)] = [
        ("today", "2026-11-25"), ("tonight", "2026-11-25"), ("this evening", "2026-11-25"),
        ("Tomorrow.", "2026-11-26"), ("tomorow", "2026-11-26"), ("tmrw", "2026-11-26"),
        ("the day after tomorrow", "2026-11-27"), ("day after tomorrow", "2026-11-27"),
        ("Friday", "2026-11-27"), ("on Friday", "2026-11-27"), ("this Friday", "2026-11-27"),
        ("this coming Friday", "2026-11-27"), ("next Friday", "2026-12-04"),
        ("Friday next week", "2026-12-04"), ("next week Friday", "2026-12-04"),
        ("Saturday", "2026-11-28"), ("this Saturday", "2026-11-28"),
        ("next Saturday", "2026-12-05"), ("Wednesday", "2026-12-02"),
        ("this Wednesday", "2026-11-25"), ("next Wednesday", "2026-12-02"),
        ("Monday", "2026-11-30"), ("next Monday", "2026-11-30"), ("Sun", "2026-11-29"),
        ("on the 14th", "2026-12-14"), ("the fourteenth", "2026-12-14"), ("the 27th", "2026-11-27"),
        ("the 25th", "2026-11-25"), ("the 31st", "2026-12-31"), ("the twenty-eighth", "2026-11-28"),
        ("March third", "2027-03-03"), ("March 3rd", "2027-03-03"),
        ("March the third", "2027-03-03"),
        ("the third of March", "2027-03-03"), ("3 March", "2027-03-03"),
        ("3rd March", "2027-03-03"),
        ("3/14", "2027-03-14"), ("14/3", "2027-03-14"), ("12/24", "2026-12-24"),
        ("December 1st", "2026-12-01"), ("November 25th", "2026-11-25"),
        ("November 24th", "2027-11-24"), ("Dec 31", "2026-12-31"), ("May 5", "2027-05-05"),
        ("the fifth of May", "2027-05-05"), ("March 3rd, 2028", "2028-03-03"),
        ("March third twenty twenty-eight", "2028-03-03"), ("2026-12-05", "2026-12-05"),
        ("in two weeks", "2026-12-09"), ("in 2 weeks", "2026-12-09"), ("in a week", "2026-12-02"),
        ("in three days", "2026-11-28"), ("two weeks from now", "2026-12-09"),
        ("in a couple of days", "2026-11-27"), ("a week from Friday", "2026-12-04"),
        ("a week from tomorrow", "2026-12-03"), ("two weeks from today", "2026-12-09"),
        ("in a fortnight", "2026-12-09"), ("in two weeks' time", "2026-12-09"),
        ("Friday the 27th", "2026-11-27"), ("Friday, November 27th", "2026-11-27"),
        ("Friday the 27th of November", "2026-11-27"), ("Saturday December 5th", "2026-12-05"),
        ("Christmas Eve", "2026-12-24"), ("New Year's Eve", "2026-12-31"),
        ("Valentine's Day", "2027-02-14"), ("for tomorrow", "2026-11-26"),
    ]

    @Test(arguments: days) func day(text: String, expected: String) {
        let match = HeardDate.match(Utterance(text), at: 0, today: today)
        #expect(match?.value == .day(date(expected)), "\(text)")
        #expect(match?.range.upperBound ?? 0 >= Utterance(text).count - 1, "\(text)")
    }

    @Test(arguments: [
        "four people", "May I book", "the first one", "second option", "march", "at 7", "week",
        "the four of us", "in two minutes", "in the evening", "next", "this", "a table", "13/45",
    ])
    func noDay(text: String) {
        let utterance = Utterance(text)
        for index in 0..<utterance.count {
            #expect(HeardDate.match(utterance, at: index, today: today) == nil, "\(text)")
        }
    }

    @Test func daysThatDoNotExist() {
        func read(_ text: String, _ now: String) -> HeardDate? {
            HeardDate.match(Utterance(text), at: 0, today: date(now))?.value
        }
        #expect(read("February 30th", "2026-11-25") == .noSuchDay(month: 2, day: 30))
        #expect(read("February 29th", "2026-11-25") == .noSuchDay(month: 2, day: 29))
        #expect(read("February 29th", "2027-11-25") == .day(date("2028-02-29")))
        #expect(read("the 29th", "2028-02-10") == .day(date("2028-02-29")))
        #expect(read("the 29th", "2027-02-10") == .day(date("2027-03-29")))
        #expect(read("tomorrow", "2028-02-28") == .day(date("2028-02-29")))
        #expect(read("tomorrow", "2026-12-31") == .day(date("2027-01-01")))
        #expect(read("in two weeks", "2026-12-25") == .day(date("2027-01-08")))
        #expect(
            read("Friday the 26th", "2026-11-25")
                == .weekdayDiffers(said: .friday, date: date("2026-11-26")))
        #expect(read("next Friday", "2026-11-29") == .day(date("2026-12-04")))
        #expect(read("Friday", "2026-11-27") == .day(date("2026-12-04")))
        #expect(read("this Friday", "2026-11-27") == .day(date("2026-11-27")))
    }
}

@Suite struct LocalDateTests {
    @Test func countsDaysForEightHundredYears() {
        var expected = LocalDate(daysSince1970: -200_000)
        for days in -199_999...100_000 {
            let next = LocalDate(daysSince1970: days)
            let isNewMonth = next.day == 1
            let wasLast =
                expected.day == LocalDate.dayCount(year: expected.year, month: expected.month)
            guard isNewMonth == wasLast, isNewMonth || next.day == expected.day + 1,
                next.daysSince1970 == days
            else {
                Issue.record("\(expected) is followed by \(next)")
                return
            }
            expected = next
        }
        #expect(LocalDate(daysSince1970: 0).description == "1970-01-01")
        #expect(date("2026-11-25").weekday == .wednesday)
        #expect(date("2000-02-29").weekday == .tuesday)
        #expect(date("1969-12-31").weekday == .wednesday)
    }

    @Test(arguments: ["2026-1-01", "2026-02-30", "20260201", "", "+026-01-01", "2026-13-01"])
    func refusesText(text: String) { #expect(LocalDate(text) == nil) }
}
