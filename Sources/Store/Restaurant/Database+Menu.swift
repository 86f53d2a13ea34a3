extension Database {
    public func menu(assistantID: String, completion: @escaping StoreCompletion<[MenuItem]>) {
        perform(completion) { [menus] connection throws(StoreError) in
            try menus.items(assistantID, connection)
        }
    }

    public func replaceMenu(
        _ items: [MenuItem], assistantID: String, completion: @escaping StoreCompletion<Void>
    ) {
        perform(completion) { [menus] connection throws(StoreError) in
            menus.forget(assistantID)
            return try connection.transaction { () throws(StoreError) in
                try connection.run(
                    "DELETE FROM menu_items WHERE assistant_id = ?", [.text(assistantID)])
                try Self.insert(items, assistantID, connection)
            }
        }
    }

    public func seedMenu(
        _ items: [MenuItem], assistantID: String, completion: @escaping StoreCompletion<Bool>
    ) {
        perform(completion) { [menus] connection throws(StoreError) in
            menus.forget(assistantID)
            return try connection.transaction { () throws(StoreError) in
                guard try Self.menu(assistantID, connection).isEmpty else { return false }
                try Self.insert(items, assistantID, connection)
                return !items.isEmpty
            }
        }
    }

    // MARK: - On the worker

    private static func insert(
        _ items: [MenuItem], _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) {
        try connection.noteChange()
        for (position, item) in items.enumerated() {
            let row = try connection.insert(
                """
                INSERT INTO menu_items (assistant_id, position, name, category, summary)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(assistantID), .integer(Int64(position)), .text(item.name),
                    .text(item.category), .text(item.summary),
                ])
            let id = SQLValue.integer(row)
            for (table, rows) in [("menu_sizes", item.sizes), ("menu_extras", item.extras)] {
                for (index, row) in rows.enumerated() {
                    try connection.run(
                        """
                        INSERT INTO \(table) (item_id, position, name, price_cents)
                        VALUES (?, ?, ?, ?)
                        """,
                        [id, .integer(Int64(index)), .text(row.name), .integer(row.price.cents)])
                }
            }
            for (table, labels) in [("menu_tags", item.tags), ("menu_aliases", item.aliases)] {
                for (index, label) in labels.enumerated() {
                    try connection.run(
                        "INSERT INTO \(table) (item_id, position, label) VALUES (?, ?, ?)",
                        [id, .integer(Int64(index)), .text(label)])
                }
            }
        }
    }

    /// The menu in its order. One statement a table, so that the number of items costs no statements.
    static func menu(_ assistantID: String, _ connection: SQLConnection)
        throws(StoreError) -> [MenuItem]
    {
        var items = try connection.rows(
            """
            SELECT id, name, category, summary FROM menu_items
            WHERE assistant_id = ? ORDER BY position
            """,
            [.text(assistantID)]
        ) { row in
            (
                id: row.integer(0),
                item: MenuItem(
                    name: row.text(1), category: row.text(2), summary: row.text(3), sizes: [])
            )
        }
        let places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.id, $0) })
        for row in try priced("menu_sizes", assistantID, connection) {
            if let place = places[row.item] { items[place].item.sizes.append(row.value) }
        }
        for row in try priced("menu_extras", assistantID, connection) {
            if let place = places[row.item] { items[place].item.extras.append(row.value) }
        }
        for row in try labels("menu_tags", assistantID, connection) {
            if let place = places[row.item] { items[place].item.tags.append(row.value) }
        }
        for row in try labels("menu_aliases", assistantID, connection) {
            if let place = places[row.item] { items[place].item.aliases.append(row.value) }
        }
        return items.map(\.item)
    }

    private static func priced(
        _ table: String, _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) -> [(item: Int64, value: MenuItem.Priced)] {
        try connection.rows(
            """
            SELECT t.item_id, t.name, t.price_cents FROM \(table) t
            JOIN menu_items i ON i.id = t.item_id
            WHERE i.assistant_id = ? ORDER BY t.item_id, t.position
            """,
            [.text(assistantID)]
        ) { row in
            (
                row.integer(0),
                MenuItem.Priced(name: row.text(1), price: Money(cents: row.integer(2)))
            )
        }
    }

    private static func labels(
        _ table: String, _ assistantID: String, _ connection: SQLConnection
    ) throws(StoreError) -> [(item: Int64, value: String)] {
        try connection.rows(
            """
            SELECT t.item_id, t.label FROM \(table) t JOIN menu_items i ON i.id = t.item_id
            WHERE i.assistant_id = ? ORDER BY t.item_id, t.position
            """,
            [.text(assistantID)]
        ) { row in (row.integer(0), row.text(1)) }
    }
}
