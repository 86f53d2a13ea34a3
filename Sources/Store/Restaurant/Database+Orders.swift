extension Database {
    public func createOrder(
        _ new: NewOrder, completion: @escaping StoreCompletion<OrderOutcome>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.create(new, connection)
            }
        }
    }

    public func orders(
        assistantID: String, createdIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[Order]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.orders(
                where: "assistant_id = ? AND created_at >= ? AND created_at < ?",
                [.text(assistantID), .integer(range.lowerBound), .integer(range.upperBound)],
                connection)
        }
    }

    // MARK: - On the worker

    private static func create(_ new: NewOrder, _ connection: SQLConnection)
        throws(StoreError) -> OrderOutcome
    {
        let key = try effectKey(new.idempotencyKey, connection)
        let earlier = try orders(where: "idempotency_key = ?", [.text(key)], connection)
        if let made = earlier.first {
            guard made.isMade(of: new) else { throw .conflict(key: key) }
            return .placed(made)
        }
        guard new.service == .pickup || !new.address.isEmpty else { return .refused(.noAddress) }
        let lines: [OrderLine]
        let menu = try menu(new.assistantID, connection)
        do throws(OrderFault) {
            lines = try OrderPricing.price(new.wishes, from: menu)
        } catch { return .refused(error) }
        let total = OrderPricing.total(of: lines)
        guard total == new.expectedTotal else { return .priceChanged(total: total) }
        let id = try connection.insert(
            """
            INSERT INTO orders (assistant_id, order_number, service, address, phone, total_cents,
                created_at, ready_at, call_sid, idempotency_key)
            VALUES (?, (SELECT coalesce(max(order_number), 1000) + 1 FROM orders
                WHERE assistant_id = ?), ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(new.assistantID), .text(new.assistantID), .text(new.service.rawValue),
                .text(new.service == .delivery ? new.address : ""), .text(new.phone),
                .integer(total.cents), .integer(new.createdAt), .integer(new.readyAt),
                .optional(new.callSid), .text(key),
            ])
        try insert(lines, orderID: id, connection)
        try enqueue(
            new.confirmation, assistantID: new.assistantID, order: id, at: new.createdAt,
            connection)
        let made = try orders(where: "id = ?", [.integer(id)], connection)
        return made.first.map(OrderOutcome.placed) ?? .refused(.empty)
    }

    private static func insert(
        _ lines: [OrderLine], orderID: Int64, _ connection: SQLConnection
    ) throws(StoreError) {
        for (position, line) in lines.enumerated() {
            try connection.run(
                """
                INSERT INTO order_lines (order_id, position, item, size, quantity, unit_cents)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(orderID), .integer(Int64(position)), .text(line.item),
                    .text(line.size), .integer(Int64(line.quantity)),
                    .integer(line.unitPrice.cents),
                ])
            for (index, extra) in line.extras.enumerated() {
                try connection.run(
                    """
                    INSERT INTO order_line_extras (order_id, line, position, name, price_cents)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                    [
                        .integer(orderID), .integer(Int64(position)), .integer(Int64(index)),
                        .text(extra.name), .integer(extra.price.cents),
                    ])
            }
        }
    }

    static func orders(
        where condition: String, _ values: [SQLValue], _ connection: SQLConnection
    ) throws(StoreError) -> [Order] {
        var found = try connection.rows(
            """
            SELECT id, assistant_id, order_number, service, address, phone, total_cents,
                created_at, ready_at, call_sid, idempotency_key
            FROM orders WHERE \(condition) ORDER BY created_at, id
            """,
            values
        ) { row in
            Order(
                id: row.integer(0), assistantID: row.text(1), number: Int(row.integer(2)),
                service: OrderService(rawValue: row.text(3)) ?? .pickup, address: row.text(4),
                phone: row.text(5), lines: [], total: Money(cents: row.integer(6)),
                createdAt: row.integer(7), readyAt: row.integer(8),
                callSid: row.optionalText(9), idempotencyKey: row.text(10))
        }
        for index in found.indices { found[index].lines = try lines(found[index].id, connection) }
        return found
    }

    private static func lines(_ orderID: Int64, _ connection: SQLConnection)
        throws(StoreError) -> [OrderLine]
    {
        var lines = try connection.rows(
            """
            SELECT item, size, quantity, unit_cents FROM order_lines
            WHERE order_id = ? ORDER BY position
            """,
            [.integer(orderID)]
        ) { row in
            OrderLine(
                item: row.text(0), size: row.text(1), quantity: Int(row.integer(2)),
                unitPrice: Money(cents: row.integer(3)), extras: [])
        }
        let extras = try connection.rows(
            """
            SELECT line, name, price_cents FROM order_line_extras
            WHERE order_id = ? ORDER BY line, position
            """,
            [.integer(orderID)]
        ) { row in
            (
                line: Int(row.integer(0)),
                extra: MenuItem.Priced(name: row.text(1), price: Money(cents: row.integer(2)))
            )
        }
        for row in extras where lines.indices.contains(row.line) {
            lines[row.line].extras.append(row.extra)
        }
        return lines
    }
}
