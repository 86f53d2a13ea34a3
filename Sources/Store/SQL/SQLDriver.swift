/// A value of a parameter.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)

    static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
    static func optional(_ number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }
}

/// How a database hands out the columns of the row it is at.
protocol SQLColumns {
    func integer(_ column: Int32) -> Int64
    func text(_ column: Int32) -> String
    func isNull(_ column: Int32) -> Bool
}

/// The current row of a statement; valid only inside the closure that is given it.
struct SQLRow {
    let columns: any SQLColumns

    func integer(_ column: Int32) -> Int64 { columns.integer(column) }
    func text(_ column: Int32) -> String { columns.text(column) }
    func isNull(_ column: Int32) -> Bool { columns.isNull(column) }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}

/// The driver of a kind of database. Confined to one thread at a time by its owner.
///
/// Statements are written once, in what SQLite and PostgreSQL have in common: parameters are `?`,
/// values are 64-bit integers, text without any limit, and null; `ON CONFLICT` for what may be there
/// already, its old values qualified by the table's name; `CASE` for choices; `RETURNING`.
protocol SQLDriver: AnyObject {
    /// Where the records are, for people; holds no password.
    var place: String { get }
    /// True when there is a transaction that can still be committed, or undone in part.
    var isInTransaction: Bool { get }

    /// Begins a transaction that no other one may write beside, so that what it reads stays true.
    func begin() throws(StoreError)
    /// Returns when what was written is durable.
    func commit() throws(StoreError)
    /// Undoes the transaction, if there still is one.
    func rollback()

    /// Runs statements without parameters or results.
    func execute(_ script: String) throws(StoreError)
    /// Runs one statement; returns the number of rows it changed.
    func query(
        _ sql: String, _ values: [SQLValue], _ each: (SQLRow) -> Void
    ) throws(StoreError) -> Int

    /// The number of schema steps that were taken.
    func schemaVersion() throws(StoreError) -> Int
    /// Takes a step, which is written in SQLite's dialect. Inside a transaction.
    func migrate(_ step: String, to version: Int) throws(StoreError)

    /// A number that is another one after another connection committed a change of which
    /// ``noteChange()`` was told.
    func changeCount() throws(StoreError) -> Int64
    /// Something is written that others keep copies of. Inside the transaction that writes it.
    func noteChange() throws(StoreError)

    /// Every later call throws ``StoreError/closed(path:)``.
    func close()
}
