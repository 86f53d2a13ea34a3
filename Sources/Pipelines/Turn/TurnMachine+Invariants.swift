// What is true after every event, once its actions have been performed.

extension TurnMachine {
    /// The first invariant that does not hold, in words; nil when all do. Allocates nothing then.
    package func checkInvariants() -> String? {
        if hasActions, !isOver { return "turn: an action was not performed" }
        guard isLive else { return nil }
        return brokenFloor ?? brokenUtterance ?? brokenNumbering
    }

    /// Who has the floor: never both, and where nobody has it, the caller will be asked.
    private var brokenFloor: String? {
        if overlap != nil, reply == nil || utterance == nil {
            return "turn: an overlap needs a reply and an utterance"
        }
        if overlap == nil, reply != nil, utterance != nil {
            return "turn: an utterance beside a reply is an overlap"
        }
        if !digits.isEmpty, utterance != nil {
            return "turn: keys take the place of words"
        }
        if startNanos != nil, reply == nil, utterance == nil, digits.isEmpty, idleSinceNanos == nil
        {
            return "turn: nobody has the floor, and nobody will be asked"
        }
        return nil
    }

    private var brokenUtterance: String? {
        guard let utterance else { return nil }
        if utterance.startSample > utterance.runStartSample {
            return "turn: a run of speech before its utterance"
        }
        if utterance.runStartSample > clock.through {
            return "turn: speech that has not come yet"
        }
        if !utterance.isSpeaking {
            if utterance.endSample < utterance.runStartSample {
                return "turn: speech that ends before it begins"
            }
            if utterance.endSample > clock.through { return "turn: a pause that has not come yet" }
        }
        if utterance.spokenSamples < 0 { return "turn: less than no speech" }
        if utterance.request != nil, utterance.isSpeaking {
            return "turn: a transcript is asked for in a pause only"
        }
        if utterance.isReplying, utterance.isSpeaking || utterance.turn == nil || overlap != nil {
            return "turn: a reply is begun in a pause of a turn that has a number"
        }
        return nil
    }

    private var brokenNumbering: String? {
        if let turn = reply?.turn, turn > lastTurn { return "turn: a reply to a turn to come" }
        if let turn = utterance?.turn, turn > lastTurn {
            return "turn: a number that was not given"
        }
        if let request = utterance?.request, request > lastRequest {
            return "turn: a request that was not made"
        }
        if digits.utf8.count > options.dtmfDigitsMax { return "turn: more keys than are kept" }
        return nil
    }
}
