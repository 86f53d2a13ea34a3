/// The schema as a list of steps. A released step is never edited: a change is a new step.
///
/// Instants are seconds since 1970 in UTC; the columns named `_local` hold what a clock in the
/// business showed, so that a person can read the table. Steps are written in SQLite's dialect, with
/// the column types INTEGER and TEXT; `PostgresDialect` has them in its own.
enum Migrations {
    static let steps: [String] = [
        callsAndReservations, menusAndOrders, messages, desksAndDirectories, effects,
    ]

    /// Brings the schema to the newest version. Each step is one transaction, and the version is
    /// read again inside it, because another process may have been quicker.
    static func apply(to connection: SQLConnection) throws(StoreError) {
        for target in 1...steps.count {
            try connection.transaction { () throws(StoreError) in
                let version = try connection.schemaVersion()
                guard version <= steps.count else {
                    throw StoreError.newerSchema(
                        path: connection.place, found: version, known: steps.count)
                }
                guard version < target else { return }
                try connection.migrate(steps[target - 1], to: target)
            }
        }
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

    /// Orders keep names and prices of their own: a new menu does not change what was ordered.
    private static let menusAndOrders = """
        CREATE TABLE menu_items (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            category TEXT NOT NULL,
            summary TEXT NOT NULL,
            UNIQUE (assistant_id, name)
        ) STRICT;

        CREATE TABLE menu_sizes (
            item_id INTEGER NOT NULL REFERENCES menu_items ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
            PRIMARY KEY (item_id, position),
            UNIQUE (item_id, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE menu_extras (
            item_id INTEGER NOT NULL REFERENCES menu_items ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
            PRIMARY KEY (item_id, position),
            UNIQUE (item_id, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE menu_tags (
            item_id INTEGER NOT NULL REFERENCES menu_items ON DELETE CASCADE,
            position INTEGER NOT NULL,
            label TEXT NOT NULL,
            PRIMARY KEY (item_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE menu_aliases (
            item_id INTEGER NOT NULL REFERENCES menu_items ON DELETE CASCADE,
            position INTEGER NOT NULL,
            label TEXT NOT NULL,
            PRIMARY KEY (item_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE orders (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            order_number INTEGER NOT NULL,
            service TEXT NOT NULL CHECK (service IN ('delivery', 'pickup')),
            address TEXT NOT NULL CHECK ((service = 'delivery') = (address <> '')),
            phone TEXT NOT NULL,
            total_cents INTEGER NOT NULL CHECK (total_cents >= 0),
            created_at INTEGER NOT NULL,
            ready_at INTEGER NOT NULL CHECK (ready_at >= created_at),
            call_sid TEXT,
            idempotency_key TEXT NOT NULL UNIQUE,
            UNIQUE (assistant_id, order_number)
        ) STRICT;
        CREATE INDEX orders_by_time ON orders (assistant_id, created_at);

        CREATE TABLE order_lines (
            order_id INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
            position INTEGER NOT NULL,
            item TEXT NOT NULL,
            size TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            unit_cents INTEGER NOT NULL CHECK (unit_cents >= 0),
            PRIMARY KEY (order_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE order_line_extras (
            order_id INTEGER NOT NULL,
            line INTEGER NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
            PRIMARY KEY (order_id, line, position),
            FOREIGN KEY (order_id, line) REFERENCES order_lines ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        """
}
