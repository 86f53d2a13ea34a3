import Foundation
import Pipelines

// Going on with the conversation in another session, perhaps on another node.

/// A turn of another engine that has not been followed to its end: something is being looked up.
private struct OpenTurn: Codable {
    var turn: TurnID
    var input: CallerInput
    var reply: String
}

private struct KeptConversation<State: Codable>: Codable {
    var state: State
    var openTurns: [OpenTurn]
    /// Absent, like `knownEffects`, from what an earlier version kept.
    var witnessed: [UnseenActions]?
    var unfollowed: CallerInput?
    var lastOverheard: String
    var knownEffects: [KnownEffect]?
}

extension ScriptedDialogueSession {
    var memory: String? {
        var open = unfollowedTurns
        if let work, work.overheard != nil, !work.isFinished { open.insert(work, at: 0) }
        let kept = KeptConversation(
            state: state,
            openTurns: open.map {
                OpenTurn(turn: $0.turn, input: $0.input, reply: $0.overheard ?? "")
            },
            witnessed: unseenActions, unfollowed: unfollowed, lastOverheard: lastOverheard,
            knownEffects: knownEffects)
        guard let data = try? JSONEncoder().encode(kept) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// Turns that were being followed are followed again, before anything else.
    func resume(from memory: String) -> Bool {
        guard
            let kept = try? JSONDecoder().decode(
                KeptConversation<Dialogue.State>.self, from: Data(memory.utf8))
        else { return false }
        state = kept.state
        unseenActions = kept.witnessed ?? []
        unfollowed = kept.unfollowed
        lastOverheard = kept.lastOverheard
        knownEffects = kept.knownEffects ?? []
        for open in kept.openTurns { follow(open.input, turn: open.turn, reply: open.reply) }
        return true
    }
}
