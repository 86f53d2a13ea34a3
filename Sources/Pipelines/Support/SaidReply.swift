import Language

/// A reply of the dialogue and what the caller has heard of it: a yes is an answer to what was heard.
///
/// A value of one session; any thread.
package struct SaidReply: Sendable, Equatable, Codable {
    package let turn: TurnID
    package let sentences: [String]
    /// What was heard; nil where nobody told, as of what is sent in writing: then all of it was.
    package var heard: String?

    package init(turn: TurnID, sentences: [String], heard: String? = nil) {
        self.turn = turn
        self.sentences = sentences
        self.heard = heard
    }

    /// The sentences that were not heard to their ends, in order; words that only close what was read
    /// back ("Is that right?") are not missed.
    /// - Parameter known: sentences that were heard whole before.
    package func unheard(known: Set<String> = []) -> [String] {
        guard let heard else { return [] }
        var left = HeardWords.split(heard).count
        var result: [String] = []
        for sentence in sentences {
            let words = HeardWords.split(sentence)
            let rest = words.dropFirst(left)
            left = max(0, left - words.count)
            if !rest.isEmpty, !ClosingWords.areAll(rest), !known.contains(sentence) {
                result.append(sentence)
            }
        }
        return result
    }

    /// The sentences that were heard to their ends.
    package var heardSentences: [String] {
        guard let heard else { return sentences }
        var left = HeardWords.split(heard).count
        return sentences.filter { sentence in
            let count = HeardWords.split(sentence).count
            defer { left -= count }
            return left >= count
        }
    }

    /// What has to be said again before a yes counts: from the first sentence that was not heard on.
    package func rest(known: Set<String> = []) -> [String] {
        guard let first = unheard(known: known).first,
            let index = sentences.firstIndex(of: first)
        else { return [] }
        return Array(sentences[index...])
    }
}
