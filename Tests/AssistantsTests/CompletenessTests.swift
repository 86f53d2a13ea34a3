import Assistants
import Language
import Pipelines
import Testing

@Suite struct CompletenessTests {
    private func judge(_ text: String, _ expectation: ReservationExpectation) -> Completeness {
        var state = ReservationState()
        state.expectation = expectation
        let dialogue = ReservationDialogue(.sampleRestaurant(timeZone: newYork))
        return dialogue.completeness(of: text, in: state, now: wednesday)
    }

    @Test(arguments: [
        ("Yes.", ReservationExpectation.yesNo), ("yeah that's right", .yesNo),
        ("no thanks", .anythingElse), ("That's all.", .anythingElse), ("John.", .slots(.name)),
        ("My name is John Miller", .slots(.name)), ("four", .slots(.party)),
        ("Four people.", .slots(.party)), ("Friday", .slots(.date)), ("7 PM", .slots(.time)),
        ("seven thirty", .slots(.time)), ("Friday at 7 PM", .slots([.date, .time])),
        ("A table for four tomorrow at 7 PM", .slots([.party, .date, .time])),
        ("the second one", .choice), ("Cancel that.", .yesNo),
    ])
    func complete(text: String, expectation: ReservationExpectation) {
        #expect(judge(text, expectation) == .complete, "\(text)")
    }

    @Test(arguments: [
        ("I'd like a", ReservationExpectation.slots([.party, .date, .time])),
        ("a table for", .slots([.party, .date, .time])), ("tomorrow at", .slots(.time)),
        ("um", .slots(.name)), ("four people and", .slots([.party, .date])),
        ("my name is", .slots(.name)), ("No,", .yesNo), ("on the", .slots(.date)),
        ("Well...", .yesNo), ("half past", .slots(.time)), ("hold on", .yesNo),
        ("next", .slots(.date)),
    ])
    func incomplete(text: String, expectation: ReservationExpectation) {
        #expect(judge(text, expectation) == .incomplete, "\(text)")
    }

    @Test(arguments: [
        ("", ReservationExpectation.yesNo), ("seven", .slots(.time)), ("at 7", .slots(.time)),
        ("the 14th", .slots(.date)), ("Hello", .slots([.party, .date, .time])), ("no", .yesNo),
    ])
    func unknown(text: String, expectation: ReservationExpectation) {
        #expect(judge(text, expectation) == .unknown, "\(text)")
    }

    @Test(arguments: [
        ("four people", ReservationExpectation.slots([.party, .date, .time])),
        ("tomorrow", .slots([.date, .time])), ("I'd like a table", .slots([.party, .date, .time])),
        ("a table for two tomorrow", .slots([.party, .date, .time])),
    ])
    func partial(text: String, expectation: ReservationExpectation) {
        #expect(judge(text, expectation) == .partial, "\(text)")
    }

    @Test func aCorrectionSaysOneThing() {
        #expect(judge("no make it five people", .yesNo) == .likely)
    }
}

@Suite struct UnderstandingCostTests {
    /// Judged on the loop while the caller speaks, so it must stay far below a frame; the time is
    /// printed, not asserted.
    @Test func printsWhatAJudgementCosts() {
        let dialogue = ReservationDialogue(.sampleRestaurant(timeZone: newYork))
        let text =
            "uh yeah hi can we get a table for six tomorrow night around seven thirty under Miller"
        var complete = 0
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            for _ in 0..<500
            where dialogue.completeness(
                of: text, in: dialogue.initialState, now: wednesday) == .complete
            {
                complete += 1
            }
        }
        print("completeness: \(elapsed / 500) per judgement")
        #expect(complete == 500)
    }
}
