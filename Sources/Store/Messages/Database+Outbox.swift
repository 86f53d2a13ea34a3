extension Database {
    public func claimOutbound(
        limit: Int, nowMs: Int64, leaseMs: Int64,
        completion: @escaping StoreCompletion<[OutboundMessage]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.claim(limit: limit, nowMs: nowMs, leaseMs: leaseMs, connection)
            }
        }
    }

    public func settleOutbound(
        id: Int64, _ outcome: SendOutcome, completion: @escaping StoreCompletion<Void>
    ) {
        perform(completion) { connection throws(StoreError) in
            switch outcome {
            case .sent(let sid):
                try connection.run(
                    """
                    UPDATE outbox SET status = 'sent', message_sid = ?, last_error = NULL
                    WHERE id = ?
                    """, [.text(sid), .integer(id)])
            case .retry(let atMs, let error, let isUncertain):
                try connection.run(
                    """
                    UPDATE outbox SET status = 'waiting', due_at_ms = ?, last_error = ?,
                        is_uncertain = ? WHERE id = ?
                    """,
                    [.integer(atMs), .text(error), .integer(isUncertain ? 1 : 0), .integer(id)])
            case .failed(let error):
                try connection.run(
                    "UPDATE outbox SET status = 'failed', last_error = ? WHERE id = ?",
                    [.text(error), .integer(id)])
            }
        }
    }

    public func recordDelivery(
        messageSid: String, status: String, completion: @escaping StoreCompletion<Bool>
    ) {
        perform(completion) { connection throws(StoreError) in
            // Callbacks come out of order; the last word on a message stays.
            try connection.run(
                """
                UPDATE outbox SET delivery = CASE
                    WHEN delivery IN ('delivered', 'undelivered', 'failed') THEN delivery
                    ELSE ? END
                WHERE message_sid = ?
                """, [.text(status), .text(messageSid)]) > 0
        }
    }

    public func outboundCount(status: String, completion: @escaping StoreCompletion<Int>) {
        perform(completion) { connection throws(StoreError) in
            try connection.rows(
                "SELECT count(*) FROM outbox WHERE status = ?", [.text(status)]
            ) { Int($0.integer(0)) }.first ?? 0
        }
    }

    // MARK: - On the worker

    /// Queues the confirmation of an order or a reservation, inside its transaction.
    static func enqueue(
        _ route: ConfirmationRoute?, assistantID: String, order: Int64? = nil,
        reservation: Int64? = nil, at now: UnixSeconds, _ connection: SQLConnection
    ) throws(StoreError) {
        guard let route else { return }
        try connection.run(
            """
            INSERT INTO outbox (assistant_id, recipient, sender, order_id, reservation_id,
                created_at, status, attempts, due_at_ms, is_uncertain)
            VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, 0, 0)
            """,
            [
                .text(assistantID), .text(route.recipient), .text(route.sender),
                .optional(order), .optional(reservation), .integer(now),
            ])
    }

    private static func claim(
        limit: Int, nowMs: Int64, leaseMs: Int64, _ connection: SQLConnection
    ) throws(StoreError) -> [OutboundMessage] {
        try connection.run(
            """
            UPDATE outbox SET status = 'suppressed' WHERE status = 'waiting' AND EXISTS
                (SELECT 1 FROM text_opt_outs o WHERE o.customer = recipient AND o.business = sender)
            """)
        let due = try connection.rows(
            """
            SELECT id, assistant_id, recipient, sender, order_id, reservation_id, created_at,
                attempts, is_uncertain, status
            FROM outbox WHERE status IN ('waiting', 'sending') AND due_at_ms <= ?
            ORDER BY due_at_ms, id LIMIT ?
            """, [.integer(nowMs), .integer(Int64(limit))], claimed(from:))
        var messages: [OutboundMessage] = []
        for row in due {
            let isUncertain = row.isUncertain || row.status == "sending"
            try connection.run(
                """
                UPDATE outbox SET status = 'sending', attempts = attempts + 1, due_at_ms = ?,
                    is_uncertain = ? WHERE id = ?
                """,
                [.integer(nowMs + leaseMs), .integer(isUncertain ? 1 : 0), .integer(row.id)])
            guard let subject = try subject(row, connection) else { continue }
            messages.append(
                OutboundMessage(
                    id: row.id, assistantID: row.assistantID, route: row.route, subject: subject,
                    createdAt: row.createdAt, attempts: row.attempts + 1,
                    isUncertain: isUncertain))
        }
        return messages
    }

    private struct Claimed {
        var id: Int64
        var assistantID: String
        var route: ConfirmationRoute
        var orderID: Int64?
        var reservationID: Int64?
        var createdAt: UnixSeconds
        var attempts: Int
        var isUncertain: Bool
        var status: String
    }

    private static func claimed(from row: SQLRow) -> Claimed {
        Claimed(
            id: row.integer(0), assistantID: row.text(1),
            route: ConfirmationRoute(recipient: row.text(2), sender: row.text(3)),
            orderID: row.optionalInteger(4), reservationID: row.optionalInteger(5),
            createdAt: row.integer(6), attempts: Int(row.integer(7)),
            isUncertain: row.integer(8) != 0, status: row.text(9))
    }

    private static func subject(
        _ row: Claimed, _ connection: SQLConnection
    ) throws(StoreError) -> OutboundMessage.Subject? {
        if let id = row.orderID {
            return try orders(where: "id = ?", [.integer(id)], connection).first
                .map(OutboundMessage.Subject.order)
        }
        guard let id = row.reservationID else { return nil }
        return try reservations(where: "r.id = ?", [.integer(id)], connection).first
            .map(OutboundMessage.Subject.reservation)
    }
}
