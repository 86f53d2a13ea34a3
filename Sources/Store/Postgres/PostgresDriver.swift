import CPostgres
import Realtime

/// A connection to PostgreSQL with its prepared statements; made anew when it is lost.
///
/// Before each piece of work the connection is looked at, and a lost one replaced, as long as nothing
/// has been sent on it: what was sent and not answered may have been done, so nothing is ever sent
/// twice. Transactions of all nodes take one lock first and so write one after the other, like those
/// of a SQLite file.
final class PostgresDriver: SQLDriver {
    let address: PostgresAddress
    let lockTimeoutMs: Int
    private var connection: OpaquePointer?
    private var statements: [String: String] = [:]
    private var isExpectingTransaction = false
    private var isClosed = false
    /// The lock that transactions take, one of the schema's own.
    private var lockKey = ""
    private var refusal = (reason: "", untilNanos: UInt64(0))

    /// A server that is away is asked again after this; who comes before is told at once.
    private static let pauseNanos: UInt64 = 250_000_000

    var place: String { address.place }

    /// Connects. Blocks.
    init(_ address: PostgresAddress, lockTimeoutMs: Int) throws(StoreError) {
        self.address = address
        self.lockTimeoutMs = lockTimeoutMs
        _ = try connected()
    }

    deinit { close() }

    func close() {
        drop()
        isClosed = true
    }

    // MARK: - Transactions

    var isInTransaction: Bool {
        guard let connection else { return false }
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    func begin() throws(StoreError) {
        do throws(StoreError) {
            try execute("BEGIN; SELECT pg_advisory_xact_lock(\(lockKey))")
            isExpectingTransaction = true
        } catch {
            rollback()
            throw error
        }
    }

    func commit() throws(StoreError) {
        let connection = try connected()
        let result = try checked(PQexec(connection, "COMMIT"), connection)
        defer { PQclear(result) }
        isExpectingTransaction = false
        // A transaction in which a statement failed is committed in name only.
        let word = PQcmdStatus(result).map { String(cString: $0) } ?? ""
        guard word == "COMMIT" else {
            throw .failed(path: place, code: word, detail: "a statement of it failed before")
        }
    }

    func rollback() {
        isExpectingTransaction = false
        guard isInTransaction, let connection else { return }
        let result = PQexec(connection, "ROLLBACK")
        let isDone = PQresultStatus(result) == PGRES_COMMAND_OK
        PQclear(result)
        // A connection whose transaction cannot be ended is of no more use.
        if !isDone { drop() }
    }

    // MARK: - Statements

    func execute(_ script: String) throws(StoreError) {
        let connection = try connected()
        PQclear(try checked(PQexec(connection, script), connection))
    }

    func query(
        _ sql: String, _ values: [SQLValue], _ each: (SQLRow) -> Void
    ) throws(StoreError) -> Int {
        let connection = try connected()
        let name = try prepared(sql, values, connection)
        let answer = PostgresColumns.withParameters(values) {
            PQexecPrepared(connection, name, Int32(values.count), $0, nil, nil, 0)
        }
        let result = try checked(answer, connection)
        defer { PQclear(result) }
        for row in 0..<PQntuples(result) {
            each(SQLRow(columns: PostgresColumns(result: result, row: row)))
        }
        return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    private func prepared(
        _ sql: String, _ values: [SQLValue], _ connection: OpaquePointer
    ) throws(StoreError) -> String {
        if let known = statements[sql] { return known }
        let name = "s\(statements.count)"
        // Numbers are 64 bits wide wherever they stand; the rest is told by the statement.
        let types = values.map { if case .integer = $0 { Oid(20) } else { Oid(0) } }
        let result = PQprepare(
            connection, name, PostgresDialect.statement(sql), Int32(values.count), types)
        PQclear(try checked(result, connection))
        statements[sql] = name
        return name
    }

    // MARK: - Versions

    /// One row beside the records: the steps of the schema that were taken, and the changes noted.
    private static let versions = "streamd_schema"

    func schemaVersion() throws(StoreError) -> Int {
        let isThere = try number("SELECT count(to_regclass('\(Self.versions)'))") == 1
        return isThere ? Int(try number("SELECT version FROM \(Self.versions)")) : 0
    }

    func migrate(_ step: String, to version: Int) throws(StoreError) {
        try execute(PostgresDialect.schema(step))
        if version == 1 {
            try execute(
                """
                CREATE TABLE \(Self.versions) (version BIGINT NOT NULL, changes BIGINT NOT NULL);
                INSERT INTO \(Self.versions) VALUES (0, 0);
                """)
        }
        try execute("UPDATE \(Self.versions) SET version = \(version)")
    }

    func changeCount() throws(StoreError) -> Int64 {
        try number("SELECT changes FROM \(Self.versions)")
    }

    func noteChange() throws(StoreError) {
        try execute("UPDATE \(Self.versions) SET changes = changes + 1")
    }

    private func number(_ sql: String) throws(StoreError) -> Int64 {
        var found: Int64 = 0
        _ = try query(sql, []) { found = $0.integer(0) }
        return found
    }

    // MARK: - The connection

    /// A connection on which something can be sent: the one there is, or a new one where nothing is
    /// under way on it.
    private func connected() throws(StoreError) -> OpaquePointer {
        guard !isClosed else { throw .closed(path: place) }
        if isExpectingTransaction {
            guard isInTransaction, let connection else {
                throw .interrupted(path: place, reason: "its transaction is gone")
            }
            return connection
        }
        if let connection {
            if Self.isAlive(connection) { return connection }
            drop()
        }
        let now = MonotonicClock.nowNanos()
        guard now >= refusal.untilNanos else {
            throw .unreachable(path: place, reason: refusal.reason)
        }
        do throws(StoreError) {
            let (made, key) = try openSession()
            connection = made
            lockKey = key
            return made
        } catch {
            if case .unreachable(_, let reason) = error {
                refusal = (reason, MonotonicClock.nowNanos() + Self.pauseNanos)
            }
            throw error
        }
    }

    /// True when the server has said nothing of leaving; asks the socket, not the server.
    private static func isAlive(_ connection: OpaquePointer) -> Bool {
        // Where it has left, its last words are read first, and then the end behind them.
        PQconsumeInput(connection) == 1 && PQconsumeInput(connection) == 1
            && PQstatus(connection) == CONNECTION_OK
    }

    private func drop() {
        PQfinish(connection)
        connection = nil
        statements = [:]
    }

    /// The result, if it is one; otherwise what went wrong.
    private func checked(
        _ result: OpaquePointer?, _ connection: OpaquePointer
    ) throws(StoreError) -> OpaquePointer {
        let status = PQresultStatus(result)
        if let result, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK { return result }
        defer { PQclear(result) }
        let error = fault(result, connection)
        if case .interrupted = error { drop() }
        throw error
    }
}
