extension Database {
    public func diningTables(
        assistantID: String, completion: @escaping StoreCompletion<[DiningTable]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.tables(assistantID, connection)
        }
    }

    public func seedDiningTables(
        _ tables: [DiningTable], assistantID: String, completion: @escaping StoreCompletion<Bool>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                guard try Self.tables(assistantID, connection).isEmpty else { return false }
                try Self.put(tables, assistantID, connection)
                return !tables.isEmpty
            }
        }
    }

    public func availability(
        _ query: AvailabilityQuery, completion: @escaping StoreCompletion<Availability>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.floorPlan(query, connection).availability(query)
        }
    }

    public func createReservation(
        _ new: NewReservation, completion: @escaping StoreCompletion<ReservationOutcome>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.create(new, connection)
            }
        }
    }

    public func changeReservation(
        _ change: ReservationChange, completion: @escaping StoreCompletion<ReservationOutcome>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.change(change, connection)
            }
        }
    }

    public func cancelReservation(
        confirmationNumber: String, assistantID: String,
        completion: @escaping StoreCompletion<Reservation?>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try connection.run(
                    """
                    UPDATE reservations SET status = 'cancelled'
                    WHERE confirmation_number = ? AND assistant_id = ?
                    """,
                    [.text(confirmationNumber), .text(assistantID)])
                let cancelled = try Self.reservations(
                    where: "r.confirmation_number = ? AND r.assistant_id = ?",
                    [.text(confirmationNumber), .text(assistantID)], connection
                ).first
                if let cancelled { try Self.settle(cancelled.idempotencyKey, connection) }
                return cancelled
            }
        }
    }

    public func reservations(
        assistantID: String, startingIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[Reservation]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.reservations(
                where: "r.assistant_id = ? AND r.starts_at >= ? AND r.starts_at < ?",
                [.text(assistantID), .integer(range.lowerBound), .integer(range.upperBound)],
                connection)
        }
    }

    // MARK: - On the worker

    private static func create(_ new: NewReservation, _ connection: SQLConnection)
        throws(StoreError) -> ReservationOutcome
    {
        let key = try effectKey(new.idempotencyKey, connection)
        let earlier = try reservations(where: "r.idempotency_key = ?", [.text(key)], connection)
        if let made = earlier.first {
            guard made.isMade(of: new) else { throw .conflict(key: key) }
            return .booked(made)
        }
        let query = new.query
        let seating: [DiningTable]
        switch try seat(query, connection) {
        case .success(let tables): seating = tables
        case .failure(let refusal): return refusal.outcome
        }
        let id = try connection.insert(
            """
            INSERT INTO reservations (assistant_id, confirmation_number, party_size, starts_at,
                ends_at, starts_at_local, name, phone, status, call_sid, idempotency_key,
                created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'booked', ?, ?, ?)
            """,
            [
                .text(query.assistantID), .text(try unusedNumber(connection)),
                .integer(Int64(query.partySize)), .integer(query.slot.startsAt),
                .integer(query.endsAt), .text(query.slot.local), .text(new.name),
                .text(new.phone), .optional(new.callSid), .text(key),
                .integer(new.createdAt),
            ])
        try keep(seating, forReservation: id, connection)
        try enqueue(
            new.confirmation, assistantID: query.assistantID, reservation: id, at: new.createdAt,
            connection)
        let made = try reservations(where: "r.id = ?", [.integer(id)], connection)
        return made.first.map(ReservationOutcome.booked) ?? .notFound
    }

    private static func change(_ change: ReservationChange, _ connection: SQLConnection)
        throws(StoreError) -> ReservationOutcome
    {
        var query = change.query
        query.ignoringConfirmationNumber = change.confirmationNumber
        let known = try reservations(
            where: "r.confirmation_number = ? AND r.assistant_id = ? AND r.status = 'booked'",
            [.text(change.confirmationNumber), .text(query.assistantID)], connection)
        guard let reservation = known.first else { return .notFound }
        let seating: [DiningTable]
        switch try seat(query, connection) {
        case .success(let tables): seating = tables
        case .failure(let refusal): return refusal.outcome
        }
        try connection.run(
            """
            UPDATE reservations SET party_size = ?, starts_at = ?, ends_at = ?,
                starts_at_local = ?, name = ? WHERE id = ?
            """,
            [
                .integer(Int64(query.partySize)), .integer(query.slot.startsAt),
                .integer(query.endsAt), .text(query.slot.local), .text(change.name),
                .integer(reservation.id),
            ])
        try settle(reservation.idempotencyKey, connection)
        try connection.run(
            "DELETE FROM reservation_tables WHERE reservation_id = ?", [.integer(reservation.id)])
        try keep(seating, forReservation: reservation.id, connection)
        let changed = try reservations(where: "r.id = ?", [.integer(reservation.id)], connection)
        return changed.first.map(ReservationOutcome.booked) ?? .notFound
    }

    private struct Refusal: Error { var outcome: ReservationOutcome }

    private static func seat(_ query: AvailabilityQuery, _ connection: SQLConnection)
        throws(StoreError) -> Result<[DiningTable], Refusal>
    {
        let plan = try floorPlan(query, connection)
        let seating = plan.seating(
            partySize: query.partySize, startsAt: query.slot.startsAt, endsAt: query.endsAt)
        if let seating { return .success(seating) }
        switch plan.availability(query) {
        case .tooLarge(let most): return .failure(Refusal(outcome: .tooLarge(partySizeMax: most)))
        case .full(let others): return .failure(Refusal(outcome: .full(alternatives: others)))
        case .free: return .failure(Refusal(outcome: .full(alternatives: [])))
        }
    }

    private static func keep(
        _ tables: [DiningTable], forReservation id: Int64, _ connection: SQLConnection
    ) throws(StoreError) {
        for table in tables {
            try connection.run(
                "INSERT INTO reservation_tables (reservation_id, table_id) VALUES (?, ?)",
                [.integer(id), .integer(table.id)])
        }
    }

    /// Six digits are short enough to say and to note down; eight when six have become rare.
    private static func unusedNumber(_ connection: SQLConnection) throws(StoreError) -> String {
        for attempt in 0..<40 {
            let range = attempt < 20 ? 100_000...999_999 : 10_000_000...99_999_999
            let number = String(Int.random(in: range))
            let taken = try connection.rows(
                "SELECT 1 FROM reservations WHERE confirmation_number = ?", [.text(number)]
            ) { _ in true }
            if taken.isEmpty { return number }
        }
        throw .constraint(detail: "no unused confirmation number was found")
    }

    static func tables(_ assistantID: String, _ connection: SQLConnection)
        throws(StoreError) -> [DiningTable]
    {
        try connection.rows(
            """
            SELECT id, name, seats, join_group FROM dining_tables
            WHERE assistant_id = ? AND is_removed = 0 ORDER BY seats, id
            """,
            [.text(assistantID)]
        ) { row in
            DiningTable(
                id: row.integer(0), name: row.text(1), seats: Int(row.integer(2)),
                joinGroup: row.optionalText(3))
        }
    }

    private static func floorPlan(_ query: AvailabilityQuery, _ connection: SQLConnection)
        throws(StoreError) -> FloorPlan
    {
        let starts = [query.slot.startsAt] + query.otherSlots.map(\.startsAt)
        let first = starts.min() ?? query.slot.startsAt
        let last = (starts.max() ?? query.slot.startsAt) + Int64(query.durationSeconds)
        let taken = try connection.rows(
            """
            SELECT rt.table_id, r.starts_at, r.ends_at
            FROM reservations r JOIN reservation_tables rt ON rt.reservation_id = r.id
            WHERE r.assistant_id = ? AND r.status = 'booked' AND r.starts_at < ?
                AND r.ends_at > ? AND r.confirmation_number <> ?
            """,
            [
                .text(query.assistantID), .integer(last), .integer(first),
                .text(query.ignoringConfirmationNumber ?? ""),
            ]
        ) { row in
            FloorPlan.Taken(
                tableID: row.integer(0), startsAt: row.integer(1), endsAt: row.integer(2))
        }
        return FloorPlan(tables: try tables(query.assistantID, connection), taken: taken)
    }

    static func reservations(
        where condition: String, _ values: [SQLValue], _ connection: SQLConnection
    ) throws(StoreError) -> [Reservation] {
        let names = try connection.rows(
            """
            SELECT r.id, t.name FROM reservations r
            JOIN reservation_tables rt ON rt.reservation_id = r.id
            JOIN dining_tables t ON t.id = rt.table_id
            WHERE \(condition) ORDER BY t.id
            """,
            values
        ) { row in (reservation: row.integer(0), name: row.text(1)) }
        let tables = Dictionary(grouping: names, by: \.reservation).mapValues { $0.map(\.name) }
        return try connection.rows(
            """
            SELECT r.id, r.assistant_id, r.confirmation_number, r.party_size, r.starts_at,
                r.ends_at, r.starts_at_local, r.name, r.phone, r.status, r.call_sid,
                r.idempotency_key, r.created_at
            FROM reservations r WHERE \(condition) ORDER BY r.starts_at, r.id
            """,
            values
        ) { row in
            Reservation(
                id: row.integer(0), assistantID: row.text(1), confirmationNumber: row.text(2),
                partySize: Int(row.integer(3)), startsAt: row.integer(4), endsAt: row.integer(5),
                startsAtLocal: row.text(6), name: row.text(7), phone: row.text(8),
                status: Reservation.Status(rawValue: row.text(9)) ?? .cancelled,
                callSid: row.optionalText(10), idempotencyKey: row.text(11),
                createdAt: row.integer(12),
                tableNames: tables[row.integer(0)] ?? [])
        }
    }
}

extension AvailabilityQuery {
    var endsAt: UnixSeconds { slot.startsAt + Int64(durationSeconds) }
}
