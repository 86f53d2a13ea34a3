import Language
import Pipelines

// What a caller has agreed to, and what of it was had.

/// An effect whose answer the model knows. The same one called again is the same one, unless the caller
/// has agreed to it once more.
struct KnownModelEffect: Codable {
    var tool: String
    /// In one order for the same content.
    var arguments: String
    /// The turn it was had in; 0 where another engine had it.
    var turn: TurnID
    /// Of another engine.
    var answer: String?
    /// The caller has heard all that was said of it.
    var isHeard = false

    func isSame(as other: KnownModelEffect) -> Bool {
        tool == other.tool && arguments == other.arguments
    }
}

extension LanguageModelSession {
    /// True when what was said last was heard, so that a yes can have been meant for it.
    var wasHeard: Bool { saidReply?.unheard().isEmpty ?? true }

    /// What the model is told that would act on a yes to what the caller did not hear.
    static let unheard =
        "the caller did not hear all of your last words: read back what you are about to do, and wait "
        + "for a yes"

    func known(_ run: ToolRun) -> KnownModelEffect? {
        knownEffects.last { $0.tool == run.call.name && $0.arguments == run.argumentsText }
    }

    /// True when an effect that was had is wished for once more: something else was done since, or
    /// the caller was asked about it anew and answers that.
    func isAnew(_ known: KnownModelEffect, in reply: LanguageModelReply) -> Bool {
        guard reply.turn > known.turn else { return false }
        if let last = knownEffects.last, !last.isSame(as: known) { return true }
        guard reply.turn > known.turn + 1, let saidReply, saidReply.turn > known.turn else {
            return false
        }
        let question = saidReply.sentences.joined(separator: " ")
        let words = Set(HeardWords.split(saidReply.sentences.last ?? ""))
        return AnswerExpectation(askedBy: question) == .yesNo
            && words.isDisjoint(with: ["else", "anything"])
    }

    func learn(_ effect: KnownModelEffect) {
        knownEffects.removeAll { $0.isSame(as: effect) }
        knownEffects.append(effect)
    }

    /// The sentences of a committed reply; what was heard of it is told later.
    func noteSaid(_ reply: LanguageModelReply) {
        let sentences = reply.said + reply.sentences
        guard !sentences.isEmpty else { return }
        saying = SaidReply(turn: reply.turn, sentences: sentences)
    }

    func noteHeard(_ text: String, turn: TurnID) {
        guard var said = saying, said.turn == turn else { return }
        said.heard = text
        saidReply = said
        saying = nil
        guard wasHeard else { return }
        for index in knownEffects.indices where knownEffects[index].turn == turn {
            knownEffects[index].isHeard = true
        }
    }

    /// The conversation goes on: effects of which the caller has heard are settled.
    func settleHeardEffects(before turn: TurnID) {
        for index in knownEffects.indices
        where knownEffects[index].isHeard && knownEffects[index].turn < turn {
            knownEffects[index].isHeard = false
            let effect = knownEffects[index]
            engine.role.settle(
                DialogueToolCall(
                    name: effect.tool, argumentsJSON: Array(effect.arguments.utf8), call: call))
        }
    }
}
