/// How much of an answer to what was asked the words so far are: sets the end-of-turn silence.
public enum Completeness: Sendable, CaseIterable {
    /// Nothing that belongs to it can follow.
    case complete
    /// A whole answer or sentence, to which something is added now and then.
    case likely
    case unknown
    /// A part of what was asked, after which callers often pause before the next.
    case partial
    /// The sentence cannot end here.
    case incomplete
}
