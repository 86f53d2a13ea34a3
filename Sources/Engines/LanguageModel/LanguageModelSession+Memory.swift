import Foundation
import Pipelines

// What is remembered of the conversation, what is recorded of it, and how another session goes on
// with it.

extension LanguageModelSession {
    func heard(turn: TurnID, text: String) {
        chat.setReply(text, turn: turn)
        noteHeard(text, turn: turn)
        guard let said = unrecorded.removeValue(forKey: turn) else { return }
        record(turn: turn, said: said, heard: text)
    }

    func overheard(_ input: CallerInput, turn: TurnID, reply: String) {
        saidReply = nil
        // The engine that was heard records it.
        unrecorded[turn] = nil
        chat.keep(turn: turn, caller: input.chatText, rounds: [])
        chat.setReply(reply, turn: turn)
    }

    /// The reply's turn is the caller's final word.
    func settle(_ reply: LanguageModelReply) {
        settleHeardEffects(before: reply.turn)
        unrecorded[reply.turn] = reply.input.recordedText
        actions += reply.actions
        reply.actions = []
        remember(reply)
    }

    func remember(_ reply: LanguageModelReply) {
        keepRounds(of: reply)
        chat.setReply(reply.text, turn: reply.turn)
        noteSaid(reply)
    }

    /// What was heard of a reply that was broken off stays as it is.
    func keepRounds(of reply: LanguageModelReply) {
        chat.keep(turn: reply.turn, caller: reply.input.chatText, rounds: reply.answeredRounds)
    }

    /// The call is over: of these turns nothing more will be heard.
    func recordUnheard() {
        for (turn, said) in unrecorded.sorted(by: { $0.key < $1.key }) {
            record(turn: turn, said: said, heard: "")
        }
        unrecorded = [:]
    }

    /// Messages keep their own record of what was said.
    private func record(turn: TurnID, said: String, heard: String) {
        guard call.channel == .voice else { return }
        engine.role.record?(call, turn, said, heard)
    }

    // MARK: - Going on in another session

    private struct Kept: Codable {
        var chat: ConversationMemory
        /// Absent from what an earlier version kept.
        var knownEffects: [KnownModelEffect]?
        var saidReply: SaidReply?
    }

    var memory: String? {
        let kept = Kept(chat: chat, knownEffects: knownEffects, saidReply: saidReply)
        guard let data = try? JSONEncoder().encode(kept) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    func resume(from memory: String) -> Bool {
        guard let kept = try? JSONDecoder().decode(Kept.self, from: Data(memory.utf8)) else {
            return false
        }
        chat = kept.chat
        knownEffects = kept.knownEffects ?? []
        saidReply = kept.saidReply
        return true
    }
}
