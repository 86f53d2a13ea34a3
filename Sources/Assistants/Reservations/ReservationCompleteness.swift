import Language
import Pipelines

/// Judges how much of an answer the words so far are; sets the silence that ends a turn.
enum ReservationCompleteness {
    static func judge(
        _ text: String, expecting expectation: ReservationExpectation, today: LocalDate
    ) -> Completeness {
        let utterance = Utterance(text)
        let said = ReservationUnderstanding.read(utterance, expecting: expectation, today: today)
        // A name may be one of the words that sentences do not end with ("An", "My"), and "to" a two.
        let isName = expectation == .slots(.name) && said.name != nil
        let isTwo = utterance.tokens.last?.text == "to" && said.partySize == 2
        let form = ScriptedCompleteness.ofForm(utterance, mayEndOpen: isName || isTwo)
        if let form { return form }
        if !said.commands.isEmpty, said.slots.isEmpty { return .complete }
        switch expectation {
        case .yesNo, .anythingElse:
            // Who says no to what was read back often goes on to say what is wrong.
            if expectation == .yesNo, utterance.count == 1, said.answer == .no { return .unknown }
            return said.answer != nil && said.slots.isEmpty
                ? .complete : slots(said, nil, utterance)
        case .choice:
            return said.choice != nil || said.answer != nil || said.time != nil && !said.isBareHour
                ? .complete : .unknown
        case .change: return said.slots.isEmpty ? .unknown : slots(said, nil, utterance)
        case .slots(let wanted): return slots(said, wanted, utterance)
        }
    }

    private static func slots(
        _ said: ReservationUnderstanding, _ wanted: ReservationSlots?, _ utterance: Utterance
    ) -> Completeness {
        // After "at seven" there may come "thirty", after "the fourteenth" the month.
        if said.isBareHour && said.partOfDay == nil { return .unknown }
        if HeardNumber.ordinal(utterance, at: utterance.count - 1) != nil { return .unknown }
        guard let wanted else { return said.slots.isEmpty ? .unknown : .likely }
        if said.slots.isSuperset(of: wanted) { return .complete }
        // "I'd like a table", "tomorrow": the rest often comes after a breath.
        return said.slots.isEmpty && utterance.count < 3 ? .unknown : .partial
    }
}
