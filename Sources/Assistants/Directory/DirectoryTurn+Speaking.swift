/// Putting sentences together.
extension DirectoryTurn {
    /// What is told of hospitals comes with each sentence.
    func values(of key: DirectoryPromptKey) -> [String: String] { [:] }

    mutating func askAnythingElse() { ask(.anythingElse) }
}
