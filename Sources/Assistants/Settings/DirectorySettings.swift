import Store

/// The settings that only a directory has.
public struct DirectorySettings: Sendable {
    /// Put into the store when it has no directory for this assistant.
    public var hospitals: [Hospital] = []
    /// Wordings that replace the standard ones.
    public var prompts: [DirectoryPromptKey: [String]] = [:]

    public init() {}
}
