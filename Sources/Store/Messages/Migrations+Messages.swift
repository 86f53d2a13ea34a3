extension Migrations {
    /// Conversations by text, the messages they are made of, and the messages that are to be sent.
    static let messages = """
        CREATE TABLE text_conversations (
            assistant_id TEXT NOT NULL,
            customer TEXT NOT NULL,
            business TEXT NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            memory TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (customer, business)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE messages (
            message_sid TEXT PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            conversation_id TEXT NOT NULL,
            channel TEXT NOT NULL CHECK (channel IN ('sms', 'call')),
            customer TEXT NOT NULL,
            business TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            body TEXT NOT NULL,
            media_count INTEGER NOT NULL,
            reply TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX messages_by_time ON messages (assistant_id, received_at);

        CREATE TABLE text_opt_outs (
            customer TEXT NOT NULL,
            business TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (customer, business)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            assistant_id TEXT NOT NULL,
            recipient TEXT NOT NULL,
            sender TEXT NOT NULL,
            order_id INTEGER REFERENCES orders ON DELETE CASCADE,
            reservation_id INTEGER REFERENCES reservations ON DELETE CASCADE,
            created_at INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN
                ('waiting', 'sending', 'sent', 'failed', 'suppressed')),
            attempts INTEGER NOT NULL,
            due_at_ms INTEGER NOT NULL,
            is_uncertain INTEGER NOT NULL,
            message_sid TEXT,
            delivery TEXT,
            last_error TEXT,
            CHECK ((order_id IS NULL) <> (reservation_id IS NULL))
        ) STRICT;
        CREATE INDEX outbox_by_due ON outbox (due_at_ms) WHERE status IN ('waiting', 'sending');
        CREATE INDEX outbox_by_sid ON outbox (message_sid) WHERE message_sid IS NOT NULL;
        """
}
