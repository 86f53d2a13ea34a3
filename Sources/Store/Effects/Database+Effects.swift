// What makes an effect happen once.
//
// A record's idempotency key is the effect's name, and a number where the same effect was wished for
// again: `name`, `name#2`, `name#3`. An occurrence that is settled is over: the next request of that
// name is a new wish. One that is not is asked for again, and is answered with its record.

extension Database {
    public func settleEffect(_ name: String, completion: @escaping StoreCompletion<Void>) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let key = try Self.effectKey(name, connection)
                // Settled before, by another session of the conversation.
                guard try Self.hasRecord(of: key, connection) else { return }
                try Self.settle(key, connection)
            }
        }
    }

    // MARK: - On the worker

    /// The key of the occurrence of an effect that is under way or comes next.
    static func effectKey(
        _ name: String, _ connection: SQLConnection
    ) throws(StoreError) -> String {
        let settled = try settledCount(name, connection)
        return settled == 0 ? name : "\(name)#\(settled + 1)"
    }

    /// The record of a key is not what it was made as any more, or its conversation has gone on: the
    /// same wish is a new one.
    static func settle(_ key: String, _ connection: SQLConnection) throws(StoreError) {
        let (name, occurrence) = parts(of: key)
        guard occurrence > (try settledCount(name, connection)) else { return }
        try connection.run(
            """
            INSERT INTO settled_effects (name, occurrences) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET occurrences = excluded.occurrences
            """, [.text(name), .integer(occurrence)])
    }

    private static func settledCount(
        _ name: String, _ connection: SQLConnection
    ) throws(StoreError) -> Int64 {
        try connection.rows(
            "SELECT occurrences FROM settled_effects WHERE name = ?", [.text(name)]
        ) { $0.integer(0) }.first ?? 0
    }

    private static func parts(of key: String) -> (name: String, occurrence: Int64) {
        guard let mark = key.lastIndex(of: "#"),
            let occurrence = Int64(key[key.index(after: mark)...]), occurrence > 1
        else { return (key, 1) }
        return (String(key[..<mark]), occurrence)
    }

    private static func hasRecord(
        of key: String, _ connection: SQLConnection
    ) throws(StoreError) -> Bool {
        try !connection.rows(
            """
            SELECT 1 FROM reservations WHERE idempotency_key = ?
            UNION ALL SELECT 1 FROM orders WHERE idempotency_key = ?
            UNION ALL SELECT 1 FROM task_orders WHERE idempotency_key = ?
            UNION ALL SELECT 1 FROM customers WHERE idempotency_key = ?
            """, Array(repeating: .text(key), count: 4)
        ) { _ in true }.isEmpty
    }
}

// Whether a record is what is asked for under its key. Letters' case and spaces are of no account: one
// engine writes them as they were heard, another as they are usual.

extension Reservation {
    func isMade(of new: NewReservation) -> Bool {
        status == .booked && assistantID == new.query.assistantID
            && partySize == new.query.partySize && startsAt == new.query.slot.startsAt
            && name.folded == new.name.folded
    }
}

extension Order {
    func isMade(of new: NewOrder) -> Bool {
        assistantID == new.assistantID && service == new.service && total == new.expectedTotal
            && (service == .pickup || address.folded == new.address.folded)
            && lines.map { Self.line($0.item, $0.size, $0.extras.map(\.name), $0.quantity) }
                .sorted()
                == new.wishes.map { Self.line($0.item, $0.size, $0.extras, $0.quantity) }.sorted()
    }

    private static func line(
        _ item: String, _ size: String, _ extras: [String], _ quantity: Int
    ) -> String {
        ([item, size, String(quantity)] + extras.sorted()).joined(separator: "\n")
    }
}

extension TaskOrder {
    func isMade(of new: NewTaskOrder) -> Bool {
        assistantID == new.assistantID && customer.number == new.customerNumber
            && service == new.service && summary.folded == new.summary.folded
            && location.folded == new.location.folded && urgency == new.urgency
    }
}

extension Customer {
    func isMade(of new: NewCustomer) -> Bool {
        name.folded == new.name.folded && phone.folded == new.phone.folded
    }
}

extension String {
    fileprivate var folded: String {
        lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
