import Store

/// The settings that only a directory has.
public struct DirectorySettings: KindSettings {
    /// Put into the store when it has no directory for this assistant.
    public var hospitals: [Hospital] = []

    public init() {}
}

extension AssistantSettings {
    public var directory: DirectorySettings {
        get { self[DirectorySettings.self] }
        set { self[DirectorySettings.self] = newValue }
    }
}
