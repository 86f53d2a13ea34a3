extension Database {
    public func customer(
        digits: String, assistantID: String, completion: @escaping StoreCompletion<Customer?>
    ) {
        perform(completion) { connection throws(StoreError) in
            let byNumber = try Self.customers(
                where: "number = ?", [.text(digits)], assistantID, connection)
            if let customer = byNumber.first { return customer }
            guard digits.utf8.count >= 7, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let byPhone = try Self.customers(
                where: "phone LIKE ?", [.text("%" + digits.suffix(10))], assistantID, connection)
            return byPhone.count == 1 ? byPhone.first : nil
        }
    }

    public func customers(
        assistantID: String, completion: @escaping StoreCompletion<[Customer]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.customers(where: "TRUE", [], assistantID, connection)
        }
    }

    public func mergeCustomers(
        _ customers: [Customer], assistantID: String,
        completion: @escaping StoreCompletion<CustomerMerge>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let known = try Self.customers(where: "TRUE", [], assistantID, connection)
                let byNumber = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0) })
                var merge = CustomerMerge(added: 0, changed: 0)
                for customer in customers {
                    guard let earlier = byNumber[customer.number] else {
                        try Self.insert(customer, assistantID, connection)
                        merge.added += 1
                        continue
                    }
                    guard earlier != customer else { continue }
                    try connection.run(
                        """
                        UPDATE customers SET name = ?, phone = ?
                        WHERE assistant_id = ? AND number = ?
                        """,
                        [
                            .text(customer.name), .text(customer.phone), .text(assistantID),
                            .text(customer.number),
                        ])
                    merge.changed += 1
                }
                return merge
            }
        }
    }

    public func seedCustomers(
        _ customers: [Customer], assistantID: String, completion: @escaping StoreCompletion<Bool>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let known = try connection.rows(
                    "SELECT 1 FROM customers WHERE assistant_id = ? LIMIT 1", [.text(assistantID)]
                ) { _ in true }
                guard known.isEmpty else { return false }
                for customer in customers { try Self.insert(customer, assistantID, connection) }
                return !customers.isEmpty
            }
        }
    }

    public func createCustomer(
        _ new: NewCustomer, completion: @escaping StoreCompletion<Customer>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.create(new, connection)
            }
        }
    }

    public func createTask(
        _ new: NewTaskOrder, completion: @escaping StoreCompletion<TaskOutcome>
    ) {
        perform(completion) { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                try Self.create(new, connection)
            }
        }
    }

    public func tasks(
        assistantID: String, createdIn range: Range<UnixSeconds>,
        completion: @escaping StoreCompletion<[TaskOrder]>
    ) {
        perform(completion) { connection throws(StoreError) in
            try Self.tasks(
                where: "t.assistant_id = ? AND t.created_at >= ? AND t.created_at < ?",
                [.text(assistantID), .integer(range.lowerBound), .integer(range.upperBound)],
                connection)
        }
    }

    // MARK: - On the worker

    private static func insert(
        _ customer: Customer, _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) {
        try connection.run(
            "INSERT INTO customers (assistant_id, number, name, phone) VALUES (?, ?, ?, ?)",
            [
                .text(assistantID), .text(customer.number), .text(customer.name),
                .text(customer.phone),
            ])
    }

    private static func create(_ new: NewCustomer, _ connection: SQLConnection)
        throws(StoreError) -> Customer
    {
        let key = try effectKey(new.idempotencyKey, connection)
        let earlier = try customers(
            where: "idempotency_key = ?", [.text(key)], new.assistantID, connection)
        if let made = earlier.first {
            guard made.isMade(of: new) else { throw .conflict(key: key) }
            return made
        }
        try connection.run(
            """
            INSERT INTO customers (assistant_id, number, name, phone, created_at, idempotency_key)
            VALUES (?, (SELECT CAST(coalesce(max(CAST(number AS BIGINT)), 10000) + 1 AS TEXT)
                FROM customers WHERE assistant_id = ?), ?, ?, ?, ?)
            """,
            [
                .text(new.assistantID), .text(new.assistantID), .text(new.name), .text(new.phone),
                .integer(new.createdAt), .text(key),
            ])
        let made = try customers(
            where: "idempotency_key = ?", [.text(key)], new.assistantID, connection)
        guard let customer = made.first else {
            throw .constraint(detail: "the customer was not found after it was entered")
        }
        return customer
    }

    private static func create(_ new: NewTaskOrder, _ connection: SQLConnection)
        throws(StoreError) -> TaskOutcome
    {
        let key = try effectKey(new.idempotencyKey, connection)
        let earlier = try tasks(where: "t.idempotency_key = ?", [.text(key)], connection)
        if let made = earlier.first {
            guard made.isMade(of: new) else { throw .conflict(key: key) }
            return .created(made)
        }
        try connection.run(
            """
            INSERT INTO task_orders (assistant_id, task_number, customer_id, service, summary,
                location, urgency, created_at, call_sid, idempotency_key)
            SELECT assistant_id, (SELECT coalesce(max(task_number), 1000) + 1 FROM task_orders
                WHERE assistant_id = ?), id, ?, ?, ?, ?, ?, ?, ?
            FROM customers WHERE assistant_id = ? AND number = ?
            """,
            [
                .text(new.assistantID), .text(new.service), .text(new.summary),
                .text(new.location), .text(new.urgency.rawValue), .integer(new.createdAt),
                .optional(new.callSid), .text(key), .text(new.assistantID),
                .text(new.customerNumber),
            ])
        let made = try tasks(where: "t.idempotency_key = ?", [.text(key)], connection)
        return made.first.map(TaskOutcome.created) ?? .unknownCustomer
    }

    private static func customers(
        where condition: String, _ values: [SQLValue], _ assistantID: String,
        _ connection: SQLConnection
    ) throws(StoreError) -> [Customer] {
        try connection.rows(
            """
            SELECT number, name, phone FROM customers
            WHERE assistant_id = ? AND \(condition) ORDER BY CAST(number AS BIGINT), number
            """,
            [.text(assistantID)] + values
        ) { row in Customer(number: row.text(0), name: row.text(1), phone: row.text(2)) }
    }

    private static func tasks(
        where condition: String, _ values: [SQLValue], _ connection: SQLConnection
    ) throws(StoreError) -> [TaskOrder] {
        try connection.rows(
            """
            SELECT t.id, t.assistant_id, t.task_number, c.number, c.name, c.phone, t.service,
                t.summary, t.location, t.urgency, t.created_at, t.call_sid, t.idempotency_key
            FROM task_orders t JOIN customers c ON c.id = t.customer_id
            WHERE \(condition) ORDER BY t.created_at, t.id
            """,
            values
        ) { row in
            TaskOrder(
                id: row.integer(0), assistantID: row.text(1), number: Int(row.integer(2)),
                customer: Customer(number: row.text(3), name: row.text(4), phone: row.text(5)),
                service: row.text(6), summary: row.text(7), location: row.text(8),
                urgency: Urgency(rawValue: row.text(9)) ?? .normal, createdAt: row.integer(10),
                callSid: row.optionalText(11), idempotencyKey: row.text(12))
        }
    }
}
