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

    public var greeting: String { Prompts(settings).greeting(DirectoryPromptKey.greeting) }

    public func step(
        _ state: DirectoryState, _ event: DialogueEvent<HospitalIndex>, now: Date
    ) -> DialogueStep<DirectoryState, DirectoryCall> {
        DirectoryTurn(state: state, settings: settings).step(event)
    }

    public func asksForAgreement(in state: DirectoryState) -> Bool { false }

    /// Looks at a few words only: names are dear to look for, and callers pause in the midst of them.
    public func completeness(of text: String, in state: DirectoryState, now: Date)
        -> Completeness
    {
        let utterance = Utterance(text)
        if let form = ScriptedCompleteness.ofForm(utterance, mayEndOpen: false) { return form }
        guard let last = utterance.tokens.last else { return .unknown }
        if DirectoryWords.prepositions.contains(last.text) { return .incomplete }
        if utterance.count <= 3, HeardAnswer.answer(of: utterance) != nil { return .complete }
        // "… in Mumbai", "… in the network" are ends of questions.
        let endsInCity =
            state.index?.cities(in: utterance).last?.range.upperBound == utterance.count
        if endsInCity || last.text == "network" || last.breakAfter == .question { return .likely }
        return .unknown
    }

    public func heard(_ text: String, in state: DirectoryState) -> DirectoryState { state }
}
