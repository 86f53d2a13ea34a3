import Foundation
import Language
import Pipelines

/// A directory of hospitals by telephone: names those of a city, three at a time, and tells whether
/// one is in the network, by names as people say them and recognisers write them.
public struct DirectoryDialogue: ScriptedDialogue {
    public typealias State = DirectoryState
    public typealias Call = DirectoryCall

    let settings: AssistantSettings

    public init(_ settings: AssistantSettings) { self.settings = settings }

    public var initialState: DirectoryState { DirectoryState() }

    public var greeting: String {
        if let greeting = settings.greeting { return greeting }
        return Prompts(settings).directorySentences(.greeting, [:]).joined(separator: " ")
    }

    public func step(
        _ state: DirectoryState, _ event: DialogueEvent<HospitalIndex>, now: Date
    ) -> DialogueStep<DirectoryState, DirectoryCall> {
        var turn = DirectoryTurn(state: state, settings: settings)
        switch event {
        case .caller(let input): turn.take(input)
        case .answer(let result): turn.take(result)
        }
        if case .call = turn.next {
            // The reply is not complete yet, so the one before is still the last.
        } else {
            turn.state.lastReply = turn.sentences
        }
        return DialogueStep(state: turn.state, sentences: turn.sentences, next: turn.next)
    }

    /// Looks at a few words only: names are dear to look for, and callers pause in the midst of them.
    public func completeness(of text: String, in state: DirectoryState, now: Date)
        -> Completeness
    {
        let utterance = Utterance(text)
        guard let last = utterance.tokens.last else { return .unknown }
        if last.breakAfter == .ellipsis || last.breakAfter == .comma { return .incomplete }
        let isOpen = ReservationCompleteness.openWords.contains(last.text) || last.text == "to"
        if isOpen || DirectoryWords.prepositions.contains(last.text) { return .incomplete }
        let commands = HeardCommand.matches(in: utterance).filter { !$0.value.isWeak }
        if let command = commands.first, command.range.count == utterance.count {
            return command.value.command == .wait ? .incomplete : .complete
        }
        if utterance.count <= 3, HeardAnswer.answer(of: utterance) != nil { return .complete }
        // "… in Mumbai", "… in the network" are ends of questions.
        let endsInCity =
            state.index?.cities(in: utterance).last?.range.upperBound == utterance.count
        if endsInCity || last.text == "network" || last.breakAfter == .question { return .likely }
        return .unknown
    }

    public func heard(_ text: String, in state: DirectoryState) -> DirectoryState { state }
}
