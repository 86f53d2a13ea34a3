extension Migrations {
    /// Customers stay as long as their task orders do. A table that is taken out of a restaurant is
    /// only marked, because reservations stand at it.
    static let desksAndDirectories = """
        CREATE TABLE customers (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            number TEXT NOT NULL,
            name TEXT NOT NULL,
            phone TEXT NOT NULL,
            created_at INTEGER,
            idempotency_key TEXT UNIQUE,
            UNIQUE (assistant_id, number)
        ) STRICT;

        CREATE TABLE task_orders (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            task_number INTEGER NOT NULL,
            customer_id INTEGER NOT NULL REFERENCES customers,
            service TEXT NOT NULL,
            summary TEXT NOT NULL,
            location TEXT NOT NULL,
            urgency TEXT NOT NULL CHECK (urgency IN ('urgent', 'normal', 'low')),
            created_at INTEGER NOT NULL,
            call_sid TEXT,
            idempotency_key TEXT NOT NULL UNIQUE,
            UNIQUE (assistant_id, task_number)
        ) STRICT;
        CREATE INDEX task_orders_by_time ON task_orders (assistant_id, created_at);

        CREATE TABLE directories (
            assistant_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE hospitals (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            city TEXT NOT NULL,
            UNIQUE (assistant_id, position)
        ) STRICT;

        CREATE TABLE hospital_aliases (
            hospital_id INTEGER NOT NULL REFERENCES hospitals ON DELETE CASCADE,
            position INTEGER NOT NULL,
            label TEXT NOT NULL,
            PRIMARY KEY (hospital_id, position)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE dining_tables ADD COLUMN is_removed INTEGER NOT NULL DEFAULT 0;
        """
}
