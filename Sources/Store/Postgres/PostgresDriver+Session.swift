import CPostgres
import Glibc

extension PostgresDriver {
    /// What an address may say otherwise: a server that is silent is given up within seconds, because
    /// all operations wait behind the one that waits for it.
    private static let defaults = [
        ("connect_timeout", "5"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
        ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
        ("fallback_application_name", "streamd"),
    ]

    /// Connects and says how this program wants to be served. Blocks for seconds at most.
    /// - Returns: the connection, and the number of the lock that transactions take.
    func openSession() throws(StoreError) -> (connection: OpaquePointer, lockKey: String) {
        let settings = Self.defaults + [("dbname", address.url), ("client_encoding", "UTF8")]
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { for text in keys + values { free(text) } }
        let made = PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let made, PQstatus(made) == CONNECTION_OK else {
            let reason = made.map { Self.message(of: $0) } ?? "out of memory"
            PQfinish(made)
            throw .unreachable(path: place, reason: reason)
        }
        do throws(StoreError) {
            return (made, try prepare(made))
        } catch {
            PQfinish(made)
            throw error
        }
    }

    /// - Returns: the number of the schema's lock.
    private func prepare(_ connection: OpaquePointer) throws(StoreError) -> String {
        // A node that stands still inside a transaction must not hold up the others for long.
        let result = PQexec(
            connection,
            """
            SET lock_timeout = \(lockTimeoutMs);
            SET idle_in_transaction_session_timeout = 10000;
            SET default_transaction_isolation = 'read committed';
            SET client_min_messages = 'warning';
            SELECT current_setting('server_encoding'),
                hashtextextended('streamd ' || current_schema(), 0)
            """)
        defer { PQclear(result) }
        guard let result, PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw fault(result, connection)
        }
        let row = PostgresColumns(result: result, row: 0)
        guard row.text(0) == "UTF8" else {
            throw .cannotOpen(
                path: place,
                reason: "its encoding is \(row.text(0)); make it with ENCODING 'UTF8'")
        }
        guard !row.isNull(1) else {
            throw .cannotOpen(path: place, reason: "its search_path names no schema that exists")
        }
        return row.text(1)
    }

    /// What went wrong with a statement.
    /// - Parameter result: nil where none came.
    func fault(_ result: OpaquePointer?, _ connection: OpaquePointer) -> StoreError {
        let state = Self.field("C", of: result) ?? ""
        let detail = Self.field("M", of: result) ?? Self.message(of: connection)
        guard PQstatus(connection) == CONNECTION_OK, !state.hasPrefix("57P"),
            !state.hasPrefix("08"), result != nil
        else { return .interrupted(path: place, reason: detail) }
        switch state {
        case "53100": return .diskFull(path: place)
        case "55P03": return .locked(path: place, afterMs: lockTimeoutMs)
        case "25006", "42501": return .notWritable(path: place)
        case _ where state.hasPrefix("23"): return .constraint(detail: detail)
        case _ where state.hasPrefix("XX"): return .corrupt(path: place, detail: detail)
        default: return .failed(path: place, code: state, detail: detail)
        }
    }

    /// A field of an error report, by its letter in the protocol.
    private static func field(_ letter: Unicode.Scalar, of result: OpaquePointer?) -> String? {
        PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
    }

    private static func message(of connection: OpaquePointer) -> String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").joined(separator: "; ")
    }
}

/// A row of a result, and how values are handed over: all as text.
struct PostgresColumns: SQLColumns {
    let result: OpaquePointer
    let row: Int32

    func integer(_ column: Int32) -> Int64 {
        let written = text(column)
        // A truth value is a number to SQLite.
        return Int64(written) ?? (written == "t" ? 1 : 0)
    }

    func text(_ column: Int32) -> String {
        guard let start = PQgetvalue(result, row, column) else { return "" }
        let count = Int(PQgetlength(result, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            PostgresDialect.decode(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    func isNull(_ column: Int32) -> Bool { PQgetisnull(result, row, column) == 1 }

    /// Gives `body` the values as libpq takes them; they are valid in it only.
    static func withParameters<Value>(
        _ values: [SQLValue], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        var bytes: [CChar] = []
        var starts: [Int?] = []
        for value in values {
            switch value {
            case .null:
                starts.append(nil)
                continue
            case .integer(let number):
                starts.append(bytes.count)
                PostgresDialect.encode(String(number), into: &bytes)
            case .text(let text):
                starts.append(bytes.count)
                PostgresDialect.encode(text, into: &bytes)
            }
            bytes.append(0)
        }
        return bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in
                start.flatMap { start in buffer.baseAddress.map { $0 + start } }
            }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
