import Assistants
import Language
import Testing

/// Days of the week as Whisper has written them, where a day is asked for.
@Suite struct MisheardWeekdayTests {
    private func date(
        _ text: String, _ slots: ReservationSlots = [.party, .date, .time]
    ) -> HeardDate? {
        ReservationUnderstanding.read(text, expecting: .slots(slots), today: today).date
    }

    @Test(arguments: [
        ("Hello, a table 4 to unfryty at one please.", "2026-11-27"),
        ("Table for three on Jat or the At 8pm.", "2026-11-28"),
        ("two people on Sattertee at seven", "2026-11-28"),
        ("four people on Wenzday at noon", "2026-12-02"),
    ])
    func aMisheardDayIsFound(text: String, day: String) {
        #expect(date(text) == .day(AssistantsTests.date(day)))
    }

    @Test(arguments: [
        "a table for two under Sandy", "two people on the terrace at 8 PM",
        "a table for my friends", "two people at seven under Monty", "my name is Friedman",
        "we are on our way", "Thirsty people", "a birthday party for six",
    ])
    func otherWordsAreNoDay(text: String) { #expect(date(text) == nil) }

    @Test func aDayThatWasAskedForNeedsNoOn() {
        #expect(date("Sattertee", .date) == .day(AssistantsTests.date("2026-11-28")))
        #expect(date("Sattertee", .name) == nil)
    }
}
