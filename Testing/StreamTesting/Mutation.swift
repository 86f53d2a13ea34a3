/// Something broken on purpose, to see that the checks find it.
package enum Mutation: String, CaseIterable, Sendable {
    /// Effects happen when a reply is begun, not when its turn is over.
    case effectsBeforeCommit
    /// An answer that was taken is taken again by the next turn.
    case effectsTwice
    /// Audio that was sent ahead is played although it was cleared.
    case ignoresClear
    /// Marks come back at once, as those of cleared audio do, and count as heard.
    case marksAtOnce
    /// The dialogue remembers whole replies, heard or not.
    case remembersUnheard
    /// The transcriber never answers, and nobody minds.
    case neverAnswers
    /// The speech detector tells of sounds before they have come.
    case hearsTheFuture
    /// Frames come with a time that has passed.
    case clockRunsBack
}
