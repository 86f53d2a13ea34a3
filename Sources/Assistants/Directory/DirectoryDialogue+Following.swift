import Foundation
import Pipelines

// Keeping up with a conversation that another engine leads.

extension DirectoryDialogue {
    /// What the other engine found is what "it" and "the second one" mean from then on.
    public func witnessed(
        _ action: DialogueAction, in state: DirectoryState, now: Date
    ) -> DirectoryState {
        let names = [ListHospitals.declaration.name, CheckHospital.declaration.name]
        guard names.contains(action.tool), let index = state.index,
            let found = try? JSONDecoder().decode(
                DirectoryFindings.self, from: Data(action.answer.utf8))
        else { return state }
        let ids = found.hospitals.compactMap { hospital in
            index.hospitals.indices.first { FoundHospital($0, index) == hospital }
        }
        guard !ids.isEmpty else { return state }
        var state = state
        state.focus = ids
        state.stage = .open
        state.more = []
        state.isOffering = false
        state.hasAnswered = true
        return state
    }

    /// Nothing here has an effect, so no words of another engine have to be agreed to.
    public func overheard(_ reply: String, in state: DirectoryState, now: Date) -> DirectoryState {
        state
    }
}
