import Assistants
import Language
import Testing

@Suite struct HeardTimeTests {
    static func exact(_ hour: Int, _ minute: Int = 0) -> HeardTime { .exact(hour * 60 + minute) }
    static func dial(_ hour: Int, _ minute: Int = 0) -> HeardTime {
        .dial(hour % 12 * 60 + minute)
    }

    static let times: [(String, HeardTime)] = [
        ("7pm", exact(19)), ("7 PM", exact(19)), ("7 p.m.", exact(19)), ("7 P.M", exact(19)),
        ("seven PM", exact(19)), ("seven p m", exact(19)), ("7:00 p.m.", exact(19)),
        ("7:30", dial(7, 30)), ("7.30", dial(7, 30)), ("7:30pm", exact(19, 30)),
        ("7.30 p.m.", exact(19, 30)), ("19:30", exact(19, 30)), ("at 19", exact(19)),
        ("730 pm", exact(19, 30)), ("at 730", dial(7, 30)), ("1930", exact(19, 30)),
        ("half past six", dial(6, 30)), ("half past 6", dial(6, 30)), ("half six", dial(6, 30)),
        ("quarter to eight", dial(7, 45)), ("a quarter to eight", dial(7, 45)),
        ("quarter past seven", dial(7, 15)), ("a quarter after seven", dial(7, 15)),
        ("quarter of eight", dial(7, 45)), ("ten to eight", dial(7, 50)),
        ("five past seven", dial(7, 5)), ("twenty minutes past six", dial(6, 20)),
        ("quarter to one", dial(12, 45)), ("half past twelve", dial(12, 30)),
        ("seven thirty", dial(7, 30)), ("seven forty-five", dial(7, 45)),
        ("eight fifteen", dial(8, 15)), ("seven oh five", dial(7, 5)),
        ("seven thirty PM", exact(19, 30)), ("seven o'clock", dial(7)), ("7 o'clock", dial(7)),
        ("seven oclock", dial(7)), ("seven o clock", dial(7)), ("noon", exact(12)),
        ("half past midnight", exact(24, 30)), ("quarter to midnight", exact(23, 45)),
        ("ten past noon", exact(12, 10)), ("twelve noon", exact(12)), ("midnight", exact(24)),
        ("at 7", dial(7)),
        ("at seven.", dial(7)),
        ("around 8", dial(8)), ("at about 8", dial(8)), ("eight in the evening", exact(20)),
        ("8 in the morning", exact(8)), ("eight at night", exact(20)),
        ("3 in the afternoon", exact(15)), ("seven o'clock in the evening", exact(19)),
        ("half past seven in the evening", exact(19, 30)), ("12 PM", exact(12)),
        ("12 AM", exact(0)),
        ("12:30 pm", exact(12, 30)), ("11 AM", exact(11)), ("7ish", dial(7)), ("sevenish", dial(7)),
        ("7-ish", dial(7)), ("nineteen hundred", exact(19)), ("nineteen hundred hours", exact(19)),
        ("for 7:30", dial(7, 30)), ("for seven thirty", dial(7, 30)),
        ("by six thirty", dial(6, 30)),
        ("seven sharp", dial(7)), ("half past 6:00", dial(6, 30)), ("quarter to 8:00", dial(7, 45)),
    ]

    @Test(arguments: times) func time(text: String, expected: HeardTime) {
        let match = HeardTimeReading.match(Utterance(text), at: 0)
        #expect(match?.value.time == expected, "\(text)")
        #expect(match?.range == 0..<Utterance(text).count, "\(text)")
        #expect((match?.value.certainty ?? .bare) >= .likely, "\(text)")
    }

    @Test(arguments: [
        "four people", "seven people", "at four people", "the 7th", "twenty one", "half a dozen",
        "for four", "ten to fifteen people", "2026", "99", "in an hour", "7:75",
    ])
    func noTime(text: String) {
        let utterance = Utterance(text)
        for index in 0..<utterance.count {
            let match = HeardTimeReading.match(utterance, at: index)
            #expect(match.map { $0.value.certainty == .bare } ?? true, "\(text) at \(index)")
        }
    }
}

@Suite struct MomentTests {
    private let rules = ReservationRules(
        AssistantSettings(
            id: "r", name: "R", timeZone: newYork,
            openingHours: OpeningHours(weekly: [
                .thursday: [hours("11:00-15:00"), hours("17:00-22:00")],
                .friday: [hours("18:00-02:00")], .wednesday: [hours("11:00-22:00")],
            ])))

    static func hours(_ text: String) -> OpeningHours.Period {
        guard let period = OpeningHours.Period(text) else { preconditionFailure(text) }
        return period
    }

    private func resolve(_ time: HeardTime, _ day: String, _ part: PartOfDay? = nil) -> String {
        rules.moment(time, on: date(day), partOfDay: part, now: wednesday).description
    }

    @Test func morningOrEvening() {
        // At seven only the evening is open; at twelve noon; at eleven the forenoon.
        #expect(resolve(.dial(7 * 60), "2026-11-26") == "2026-11-26 19:00")
        #expect(resolve(.dial(0), "2026-11-26") == "2026-11-26 12:00")
        #expect(resolve(.dial(11 * 60), "2026-11-26") == "2026-11-26 11:00")
        #expect(resolve(.dial(11 * 60), "2026-11-26", .evening) == "2026-11-26 23:00")
        // Both are closed: evening.
        #expect(resolve(.dial(9 * 60 + 30), "2026-11-26") == "2026-11-26 21:30")
        // Today it is three already, so eleven in the forenoon is over.
        #expect(resolve(.dial(60), "2026-11-25") == "2026-11-25 13:00")
        #expect(resolve(.exact(1440), "2026-11-27") == "2026-11-28 00:00")
        #expect(resolve(.exact(30), "2026-11-27", .evening) == "2026-11-28 00:30")
    }

    @Test func refusals() {
        func refusal(_ start: String, _ size: Int = 2) -> ReservationRules.Refusal? {
            rules.refusal(partySize: size, start: moment(start), now: wednesday)
        }
        #expect(refusal("2026-11-26 19:00") == nil)
        #expect(refusal("2026-11-26 21:00") == nil)
        #expect(refusal("2026-11-26 21:01") == .closedAtTime(moment("2026-11-26 21:01")))
        #expect(refusal("2026-11-26 16:00") == .closedAtTime(moment("2026-11-26 16:00")))
        #expect(refusal("2026-11-28 00:30") == nil)
        #expect(refusal("2026-11-28 01:30") == .closedAtTime(moment("2026-11-28 01:30")))
        #expect(refusal("2026-11-29 19:00") == .closedDay(date("2026-11-29")))
        #expect(refusal("2026-11-25 14:00") == .past(moment("2026-11-25 14:00")))
        #expect(refusal("2026-11-24 14:00") == .past(moment("2026-11-24 12:00")))
        #expect(refusal("2026-11-26 19:00", 13) == .partyTooLarge(max: 12))
        #expect(refusal("2028-11-23 19:00") == .tooFarAhead(daysMax: 365))
    }
}
