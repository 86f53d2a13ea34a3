/// The schema as a list of steps. A released step is never edited: a change is a new step.
///
/// Instants are seconds since 1970 in UTC; the columns named `_local` hold what a clock in the
/// business showed, so that a person can read the table.
enum Migrations {
    static let steps: [String] = [callsAndReservations]

    /// Brings the schema to the newest version. Each step is one transaction, and the version is
    /// read again inside it, because another process may have been quicker.
    static func apply(to connection: SQLiteConnection) throws(StoreError) {
        for target in 1...steps.count {
            try connection.transaction { () throws(StoreError) in
                let version = try currentVersion(connection)
                guard version <= steps.count else {
                    throw StoreError.newerSchema(
                        path: connection.path, found: version, known: steps.count)
                }
                guard version < target else { return }
                try connection.execute(steps[target - 1])
                try connection.execute("PRAGMA user_version = \(target)")
            }
        }
    }

    static func currentVersion(_ connection: SQLiteConnection) throws(StoreError) -> Int {
        Int(try connection.rows("PRAGMA user_version") { $0.integer(0) }.first ?? 0)
    }

    private static let callsAndReservations = """
        CREATE TABLE calls (
            call_sid TEXT PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            caller TEXT NOT NULL,
            called TEXT NOT NULL,
            status TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            duration_seconds INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX calls_by_start ON calls (started_at);

        CREATE TABLE call_events (
            call_sid TEXT NOT NULL REFERENCES calls ON DELETE CASCADE,
            status TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (call_sid, status)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE turns (
            call_sid TEXT NOT NULL REFERENCES calls ON DELETE CASCADE,
            turn INTEGER NOT NULL,
            at INTEGER NOT NULL,
            caller_text TEXT NOT NULL,
            agent_text TEXT NOT NULL,
            PRIMARY KEY (call_sid, turn)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dining_tables (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            name TEXT NOT NULL,
            seats INTEGER NOT NULL CHECK (seats > 0),
            join_group TEXT,
            UNIQUE (assistant_id, name)
        ) STRICT;

        CREATE TABLE reservations (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            confirmation_number TEXT NOT NULL UNIQUE,
            party_size INTEGER NOT NULL CHECK (party_size > 0),
            starts_at INTEGER NOT NULL,
            ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
            starts_at_local TEXT NOT NULL,
            name TEXT NOT NULL,
            phone TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('booked', 'cancelled')),
            call_sid TEXT,
            idempotency_key TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX reservations_by_time ON reservations (assistant_id, starts_at);

        CREATE TABLE reservation_tables (
            reservation_id INTEGER NOT NULL REFERENCES reservations ON DELETE CASCADE,
            table_id INTEGER NOT NULL REFERENCES dining_tables,
            PRIMARY KEY (reservation_id, table_id)
        ) STRICT, WITHOUT ROWID;
        """
}
