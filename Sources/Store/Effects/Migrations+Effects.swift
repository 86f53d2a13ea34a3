extension Migrations {
    /// How many occurrences of an effect are over, by its name. Keys of earlier versions have no rows
    /// here and are names of effects that nobody asks for again.
    static let effects = """
        CREATE TABLE settled_effects (
            name TEXT PRIMARY KEY,
            occurrences INTEGER NOT NULL CHECK (occurrences > 0)
        ) STRICT, WITHOUT ROWID;
        """
}
