// The only file that talks to SQLite's C interface.
import CSQLite

/// A value of a column or a parameter.
enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)

    static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
    static func optional(_ number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }
}

/// The current row of a statement; valid only inside the closure that is given it.
struct SQLRow {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}

/// One connection with its prepared statements. Confined to one thread at a time by its owner.
final class SQLiteConnection {
    let path: String
    private let busyTimeoutMs: Int
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]
    private var transactionDepth = 0

    /// Copies bound text, because Swift's buffer lives only for the call.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(path: String, busyTimeoutMs: Int) throws(StoreError) {
        self.path = path
        self.busyTimeoutMs = busyTimeoutMs
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK else {
            let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            handle = nil
            throw .cannotOpen(path: path, reason: reason)
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(clamping: busyTimeoutMs))
    }

    deinit { close() }

    /// Closes the file; every later call throws `.closed`.
    func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
        if let handle { sqlite3_close_v2(handle) }
        handle = nil
    }

    /// The row id of the latest insert.
    var lastInsertID: Int64 { handle.map { sqlite3_last_insert_rowid($0) } ?? 0 }

    /// Runs a script of statements without parameters or results.
    func execute(_ script: String) throws(StoreError) {
        let code = sqlite3_exec(try open(), script, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs one statement; returns the number of rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
        _ = try rows(sql, values) { _ in () }
        return Int(sqlite3_changes(try open()))
    }

    /// Runs one statement and maps each row of its result.
    func rows<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ map: (SQLRow) -> Value
    ) throws(StoreError) -> [Value] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        try bind(values, to: statement)
        var result: [Value] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return result }
            guard code == SQLITE_ROW else { throw error(code) }
            result.append(map(SQLRow(statement: statement)))
        }
    }

    /// Runs `body` in one transaction that holds the write lock from its start, so that what it
    /// reads stays true until it commits. Nested calls join the outer one.
    func transaction<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        if transactionDepth > 0 { return try body() }
        try execute("BEGIN IMMEDIATE")
        transactionDepth += 1
        defer { transactionDepth -= 1 }
        do throws(StoreError) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors; then this one fails harmlessly.
            if let handle, sqlite3_get_autocommit(handle) == 0 {
                sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            }
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
        // A full disk, for one, ends the transaction by itself.
        guard let handle, sqlite3_get_autocommit(handle) == 0 else { throw failure }
        try run("ROLLBACK TO step")
        try run("RELEASE step")
        return failure
    }

    private func open() throws(StoreError) -> OpaquePointer {
        guard let handle else { throw .closed(path: path) }
        return handle
    }

    private func prepared(_ sql: String) throws(StoreError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(try open(), sql, -1, flags, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code) }
        statements[sql] = statement
        return statement
    }

    private func bind(_ values: [SQLValue], to statement: OpaquePointer) throws(StoreError) {
        precondition(
            values.count == Int(sqlite3_bind_parameter_count(statement)),
            "as many values as the statement has parameters")
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(statement, index)
                case .integer(let number): sqlite3_bind_int64(statement, index, number)
                case .text(let text):
                    sqlite3_bind_text(
                        statement, index, text, Int32(clamping: text.utf8.count), Self.transient)
                }
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    private func error(_ code: Int32) -> StoreError {
        let detail = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "closed"
        switch code & 0xff {
        case SQLITE_FULL: return .diskFull(path: path)
        case SQLITE_BUSY, SQLITE_LOCKED: return .locked(path: path, afterMs: busyTimeoutMs)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(path: path, detail: detail)
        case SQLITE_READONLY, SQLITE_PERM: return .notWritable(path: path)
        case SQLITE_CANTOPEN: return .cannotOpen(path: path, reason: detail)
        case SQLITE_CONSTRAINT: return .constraint(detail: detail)
        default: return .failed(path: path, code: code, detail: detail)
        }
    }
}
