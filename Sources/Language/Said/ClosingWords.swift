/// The words that close what was read back without adding to it: "Is that right?", "Shall I place the
/// order?". Whoever agrees over them has heard what is agreed to.
package enum ClosingWords {
    /// True when all words are of that kind.
    package static func areAll(_ words: some Sequence<String>) -> Bool {
        words.allSatisfy(known.contains)
    }

    private static let known: Set<String> = [
        "is", "are", "that", "this", "it", "all", "right", "correct", "ok", "okay", "so", "shall",
        "should", "can", "i", "we", "you", "me", "do", "would", "like", "want", "place", "book",
        "create", "make", "order", "the", "please", "say", "yes", "or", "no", "now",
    ]
}
