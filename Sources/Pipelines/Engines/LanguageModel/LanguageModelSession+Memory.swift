// What is remembered of the conversation, and what is recorded of it.

extension LanguageModelSession {
    func heard(turn: TurnID, text: String) {
        memory.setReply(text, turn: turn)
        guard let said = unrecorded.removeValue(forKey: turn) else { return }
        engine.role.record?(call, turn, said, text)
    }

    func overheard(_ input: CallerInput, turn: TurnID, reply: String) {
        // The engine that was heard records it.
        unrecorded[turn] = nil
        memory.keep(turn: turn, caller: input.chatText, rounds: [])
        memory.setReply(reply, turn: turn)
    }

    /// The reply's turn is the caller's final word.
    func settle(_ reply: LanguageModelReply) {
        unrecorded[reply.turn] = reply.input.recordedText
        actions += reply.actions
        reply.actions = []
        remember(reply)
    }

    func remember(_ reply: LanguageModelReply) {
        keepRounds(of: reply)
        memory.setReply(reply.text, turn: reply.turn)
    }

    /// What was heard of a reply that was broken off stays as it is.
    func keepRounds(of reply: LanguageModelReply) {
        memory.keep(
            turn: reply.turn, caller: reply.input.chatText, rounds: reply.answeredRounds)
    }

    /// The call is over: of these turns nothing more will be heard.
    func recordUnheard() {
        for (turn, said) in unrecorded.sorted(by: { $0.key < $1.key }) {
            engine.role.record?(call, turn, said, "")
        }
        unrecorded = [:]
    }
}
