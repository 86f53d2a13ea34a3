import Pipelines

/// The conversation so far as a language model is told of it: the caller's words, the tools'
/// answers, and of the agent's only what was heard.
package struct ConversationMemory: Codable {
    private struct Turn: Codable {
        var id: TurnID
        var caller: String
        /// Calls of tools and their answers, in order.
        var rounds: [ChatMessage] = []
        var reply = ""
    }

    /// Older turns are forgotten.
    let turnCountMax: Int
    private var turns: [Turn] = []

    package init(turnCountMax: Int) { self.turnCountMax = turnCountMax }

    /// The greeting, as far as it was heard.
    private(set) var greeting = ""

    /// The caller's words became final, or more came of the tools of this turn.
    package mutating func keep(turn: TurnID, caller: String, rounds: [ChatMessage]) {
        if let index = turns.firstIndex(where: { $0.id == turn }) {
            turns[index].caller = caller
            turns[index].rounds = rounds
            return
        }
        // A caller who goes on after a pause says the same words and more: the turn before was
        // part of this one, unless something was said or done in it.
        if let last = turns.last, last.reply.isEmpty, last.rounds.isEmpty,
            caller.hasPrefix(last.caller)
        {
            turns.removeLast()
        }
        turns.append(Turn(id: turn, caller: caller, rounds: rounds))
        if turns.count > turnCountMax { turns.removeFirst(turns.count - turnCountMax) }
    }

    /// Tools of another engine were called in a turn; where that is forgotten, or was not a turn of
    /// the caller's, it counts as part of the last one.
    package mutating func add(rounds: [ChatMessage], turn: TurnID) {
        let index = turns.firstIndex { $0.id == turn } ?? turns.indices.last
        if let index { turns[index].rounds += rounds }
    }

    /// What the agent says in a turn, or was heard to say.
    package mutating func setReply(_ text: String, turn: TurnID) {
        if turn == 0 {
            greeting = text
        } else if let index = turns.firstIndex(where: { $0.id == turn }) {
            turns[index].reply = text
        }
    }

    /// The conversation before a turn.
    package func messages(before turn: TurnID) -> [ChatMessage] {
        var messages: [ChatMessage] = []
        if !greeting.isEmpty { messages.append(.agent(greeting)) }
        for past in turns where past.id < turn {
            messages.append(.caller(past.caller))
            messages += past.rounds
            if !past.reply.isEmpty { messages.append(.agent(past.reply)) }
        }
        return messages
    }
}

extension CallerInput {
    /// The words that stand for it in a model's memory.
    var chatText: String {
        switch self {
        case .speech(let transcript): transcript.text
        case .dtmf(let keys): "(The caller pressed the keys \(keys).)"
        case .silence(let count):
            "(The caller has been silent, for the \(count). time in a row. Ask briefly whether they "
                + "are still there.)"
        case .unintelligible: "(The caller said something that could not be understood.)"
        }
    }
}
