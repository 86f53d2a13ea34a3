import Foundation
import Pipelines

// What a caller has agreed to, and what of it was done: see ``EffectName``.

/// An effect whose answer the conversation knows.
struct KnownEffect: Codable, Equatable {
    var name: String
    /// The turn it was had in.
    var turn: TurnID
    /// What was said of it, but for the questions after it.
    var confirmation: [String]
    var isHeard = false
}

extension ScriptedDialogueSession {
    // MARK: - Agreement

    /// True when a call that changes something may run: what it follows was heard, where it is
    /// agreed to. Checked when it is about to run, because what was heard of the last reply may
    /// come late.
    func mayRun(_ call: Dialogue.Call) -> Bool {
        guard !call.isReadOnly, dialogue.asksForAgreement(in: state), let saidReply else {
            return true
        }
        return saidReply.unheard(known: heardSentences).isEmpty
    }

    /// The yes came before the caller could hear to what: says the rest of it, and asks again.
    func readBackAgain(_ work: Work) {
        work.state = state
        work.call = nil
        let sentences = saidReply?.rest(known: heardSentences) ?? []
        work.said += sentences
        finish(work)
        for sentence in sentences { emit(.sentence(sentence), of: work) }
        emit(.end, of: work)
        startDeferred()
    }

    /// The reply of a turn that counts.
    func said(_ work: Work) {
        // What nobody wanted any more was said to nobody.
        let heard = work.heardText ?? (work.output == nil ? "" : nil)
        saidReply = SaidReply(turn: work.turn, sentences: work.said, heard: heard)
        if !dialogue.asksForAgreement(in: state) { heardSentences = [] }
        if let heard { noteHeard(heard, turn: work.turn) }
    }

    /// It is known what the caller heard of a reply.
    func noteHeard(_ text: String, turn: TurnID) {
        if let work, work.turn == turn, !work.isFinished { work.heardText = text }
        guard saidReply?.turn == turn else { return }
        saidReply?.heard = text
        if let saidReply, dialogue.asksForAgreement(in: state) {
            heardSentences.formUnion(saidReply.heardSentences)
        }
        for index in knownEffects.indices where knownEffects[index].turn == turn {
            knownEffects[index].isHeard = knownEffects[index].confirmation.allSatisfy {
                text.contains($0)
            }
        }
    }

    // MARK: - Effects

    /// The conversation goes on: effects of which the caller has heard are settled.
    func settleHeardEffects(before turn: TurnID) {
        for effect in knownEffects where effect.isHeard && effect.turn != turn {
            settle(effect.name)
        }
        knownEffects.removeAll { $0.isHeard && $0.turn != turn }
    }

    /// What is about to be done again was agreed to again, knowing that it was done.
    func settleBeforeRepeating(_ name: String) {
        guard knownEffects.contains(where: { $0.name == name }) else { return }
        knownEffects.removeAll { $0.name == name }
        settle(name)
    }

    /// Another engine of the chain had an effect.
    func learn(_ action: DialogueAction) {
        guard action.hasEffect, let name = effectName(of: action) else { return }
        learn(name, turn: 0)
    }

    func learn(_ name: String, turn: TurnID) {
        knownEffects.removeAll { $0.name == name }
        knownEffects.append(KnownEffect(name: name, turn: turn, confirmation: []))
    }

    /// Adds what is said after the effect's answer.
    func noteConfirmation(_ sentences: [String], turn: TurnID) {
        guard let index = knownEffects.lastIndex(where: { $0.turn == turn }) else { return }
        knownEffects[index].confirmation += sentences.filter { !$0.contains("?") }
    }

    func effectName(of action: DialogueAction) -> String? {
        rules.settings.kind.tools.effectName(
            action.tool, json: Data(action.arguments.utf8), conversation: call.callSid)
    }

    private func settle(_ name: String) {
        let (log, callSid) = (self.log, call.callSid)
        store.settleEffect(name) { result in
            if case .failure(let error) = result { log(callSid, error.description) }
        }
    }
}
