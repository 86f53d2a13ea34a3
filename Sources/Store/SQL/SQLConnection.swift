/// One connection to the database, with transactions that may be nested. Confined to one thread at a
/// time by its owner.
final class SQLConnection {
    private let driver: any SQLDriver
    private var transactionDepth = 0

    init(_ driver: any SQLDriver) { self.driver = driver }

    /// Where the records are, for people.
    var place: String { driver.place }

    /// Closes the database; every later call throws `.closed`.
    func close() { driver.close() }

    /// Runs one statement; returns the number of rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
        try driver.query(sql, values) { _ in }
    }

    /// Runs an `INSERT` of one row into a table that numbers its rows.
    /// - Returns: the row's `id`.
    func insert(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int64 {
        let ids = try rows(sql + " RETURNING id", values) { $0.integer(0) }
        guard let id = ids.first else {
            throw .failed(path: place, code: "none", detail: "an insert returned no row")
        }
        return id
    }

    /// Runs one statement and maps each row of its result.
    func rows<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (SQLRow) -> Value
    ) throws(StoreError) -> [Value] {
        var result: [Value] = []
        _ = try driver.query(sql, values) { result.append(map($0)) }
        return result
    }

    /// Runs `body` in one transaction that holds the write lock from its start, so that what it
    /// reads stays true until it commits. Nested calls join the outer one.
    func transaction<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        if transactionDepth > 0 { return try body() }
        try driver.begin()
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do throws(StoreError) {
            let value = try body()
            try driver.commit()
            return value
        } catch {
            driver.rollback()
            throw error
        }
    }

    /// Runs `body` inside a transaction so that what it did can be undone by itself: it is, where it
    /// returns an error. Throws when the whole transaction is lost with it.
    func savepoint(_ body: () -> StoreError?) throws(StoreError) -> StoreError? {
        precondition(transactionDepth > 0, "a savepoint outside a transaction")
        try run("SAVEPOINT step")
        guard let failure = body() else {
            try run("RELEASE step")
            return nil
        }
        // A full disk, for one, ends the transaction by itself; so does a lost connection.
        guard driver.isInTransaction else { throw failure }
        try driver.execute("ROLLBACK TO step; RELEASE step")
        return failure
    }

    func schemaVersion() throws(StoreError) -> Int { try driver.schemaVersion() }

    func migrate(_ step: String, to version: Int) throws(StoreError) {
        try driver.migrate(step, to: version)
    }

    func changeCount() throws(StoreError) -> Int64 { try driver.changeCount() }

    func noteChange() throws(StoreError) { try driver.noteChange() }
}
