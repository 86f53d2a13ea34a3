/// Putting sentences together.
extension DirectoryTurn {
    mutating func say(
        _ key: DirectoryPromptKey, _ values: [String: String] = [:], variant: Int = 0
    ) {
        sentences += Prompts(settings).directorySentences(key, values, variant: variant)
    }

    /// Asks, in other words than the last time the same was asked.
    mutating func ask(_ key: DirectoryPromptKey) {
        let count = state.askCounts[key, default: 0]
        // Other words are for those who did not understand, not for those who asked something.
        let variant = key == state.question && !state.hasProgressed ? count : 0
        state.askCounts[key] = variant + 1
        state.question = key
        say(key, variant: variant)
    }

    mutating func sayOutOfScope() { say(.outOfScope) }

    mutating func askAgain() { ask(state.question) }

    mutating func progress() {
        state.failures = 0
        state.hasProgressed = true
    }

    mutating func farewell(_ first: [PromptKey]) {
        for key in first { sayShared(key) }
        sayShared(.goodbye)
        next = .hangUp
    }
}
