extension Database {
    public func replaceDiningTables(
        _ tables: [DiningTable], assistantID: String, now: UnixSeconds,
        completion: @escaping StoreCompletion<[String]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    "UPDATE dining_tables SET is_removed = 1 WHERE assistant_id = ?",
                    [.text(assistantID)])
                try Self.put(tables, assistantID, connection)
                return try connection.rows(
                    """
                    SELECT DISTINCT t.name FROM dining_tables t
                    JOIN reservation_tables rt ON rt.table_id = t.id
                    JOIN reservations r ON r.id = rt.reservation_id
                    WHERE t.assistant_id = ? AND t.is_removed = 1 AND r.status = 'booked'
                        AND r.ends_at > ?
                    ORDER BY t.name
                    """,
                    [.text(assistantID), .integer(now)]
                ) { $0.text(0) }
            }
        }
    }

    /// Inserts tables; one of a known name is brought up to date, and back where it was removed.
    static func put(
        _ tables: [DiningTable], _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) {
        for table in tables {
            try connection.run(
                """
                INSERT INTO dining_tables (assistant_id, name, seats, join_group)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (assistant_id, name) DO UPDATE SET seats = excluded.seats,
                    join_group = excluded.join_group, is_removed = 0
                """,
                [
                    .text(assistantID), .text(table.name), .integer(Int64(table.seats)),
                    .optional(table.joinGroup),
                ])
        }
    }
}
