// The only file that talks to SQLite's C interface.
import CSQLite

/// The row that a statement is at.
private struct SQLiteColumns: SQLColumns {
    let statement: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement, column) == SQLITE_NULL
    }
}

/// One SQLite file with its prepared statements.
final class SQLiteDriver: SQLDriver {
    let place: String
    private let busyTimeoutMs: Int
    private var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    /// Copies bound text, because Swift's buffer lives only for the call.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(path: String, busyTimeoutMs: Int) throws(StoreError) {
        place = path
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
        try execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            """)
    }

    deinit { close() }

    func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        statements = [:]
        if let handle { sqlite3_close_v2(handle) }
        handle = nil
    }

    // MARK: - Transactions

    var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

    func begin() throws(StoreError) { try execute("BEGIN IMMEDIATE") }
    func commit() throws(StoreError) { try execute("COMMIT") }
    func rollback() {
        // SQLite has rolled back by itself after some errors.
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    // MARK: - Statements

    func execute(_ script: String) throws(StoreError) {
        let code = sqlite3_exec(try open(), script, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    func query(
        _ sql: String, _ values: [SQLValue], _ each: (SQLRow) -> Void
    ) throws(StoreError) -> Int {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        try bind(values, to: statement)
        let row = SQLRow(columns: SQLiteColumns(statement: statement))
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return Int(sqlite3_changes(try open())) }
            guard code == SQLITE_ROW else { throw error(code) }
            each(row)
        }
    }

    // MARK: - Versions

    func schemaVersion() throws(StoreError) -> Int { Int(try number("PRAGMA user_version")) }

    func migrate(_ step: String, to version: Int) throws(StoreError) {
        try execute(step)
        try execute("PRAGMA user_version = \(version)")
    }

    /// SQLite counts the commits of other connections by itself.
    func changeCount() throws(StoreError) -> Int64 { try number("PRAGMA data_version") }
    func noteChange() throws(StoreError) {}

    // MARK: - Support

    private func number(_ sql: String) throws(StoreError) -> Int64 {
        var found: Int64 = 0
        _ = try query(sql, []) { found = $0.integer(0) }
        return found
    }

    private func open() throws(StoreError) -> OpaquePointer {
        guard let handle else { throw .closed(path: place) }
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
        case SQLITE_FULL: return .diskFull(path: place)
        case SQLITE_BUSY, SQLITE_LOCKED: return .locked(path: place, afterMs: busyTimeoutMs)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(path: place, detail: detail)
        case SQLITE_READONLY, SQLITE_PERM: return .notWritable(path: place)
        case SQLITE_CANTOPEN: return .cannotOpen(path: place, reason: detail)
        case SQLITE_CONSTRAINT: return .constraint(detail: detail)
        default: return .failed(path: place, code: String(code), detail: detail)
        }
    }
}
