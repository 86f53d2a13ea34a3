import Dispatch
import Foundation
import Synchronization

/// Where and how the records are kept.
public struct DatabaseOptions: Sendable {
    /// A SQLite file, made if there is none (with its folder), or `:memory:`.
    public var path: String
    /// The address of a PostgreSQL database, `postgres://user@host:port/database`; where it is not
    /// empty, ``path`` is of no account.
    public var url: String
    /// How long a write waits for another program's lock, in milliseconds.
    public var busyTimeoutMs: Int
    /// Operations that may wait; more are refused with ``StoreError/overloaded(pendingMax:)``.
    public var pendingMax: Int

    public init(
        path: String = "", url: String = "", busyTimeoutMs: Int = 5000, pendingMax: Int = 10_000
    ) {
        self.path = path
        self.url = url
        self.busyTimeoutMs = busyTimeoutMs
        self.pendingMax = pendingMax
    }

    /// What is wrong with a PostgreSQL address; nil where it can be tried.
    public static func fault(inURL url: String) -> String? {
        do throws(PostgresAddress.Fault) {
            _ = try PostgresAddress(url)
            return nil
        } catch { return error.reason }
    }
}

/// The records of all assistants, in one SQLite file or one PostgreSQL database.
///
/// Every operation runs on the database's own serial worker, in the order asked, so that an event
/// loop never waits for a disk. A completed write is on the disk: the log is synced at commit, which
/// operations that wait at the same time share.
public final class Database: RecordStore, MessageStore, OutboxStore {
    /// The file that was opened, or the server's address without the password.
    public let path: String
    private let pendingMax: Int
    private let worker = DispatchQueue(label: "streamd.store", qos: .userInitiated)
    private let confined: Confined
    private let pending = Atomic<Int>(0)
    private let group = CommitGroup()
    let menus = MenuCache()

    /// The connection is touched only on the worker once `init` is over.
    private final class Confined: @unchecked Sendable {
        let connection: SQLConnection
        init(_ connection: SQLConnection) { self.connection = connection }
    }

    /// Opens the database and brings its schema up to date. Blocks; call it at start, not on a loop.
    public init(_ options: DatabaseOptions) throws(StoreError) {
        pendingMax = options.pendingMax
        let connection = SQLConnection(try Self.driver(options))
        path = connection.place
        try Migrations.apply(to: connection)
        confined = Confined(connection)
    }

    private static func driver(_ options: DatabaseOptions) throws(StoreError) -> any SQLDriver {
        guard options.url.isEmpty else {
            let address: PostgresAddress
            do throws(PostgresAddress.Fault) {
                address = try PostgresAddress(options.url)
            } catch { throw .cannotOpen(path: "of PostgreSQL", reason: error.reason) }
            return try PostgresDriver(address, lockTimeoutMs: options.busyTimeoutMs)
        }
        let path = options.path
        if path != ":memory:" {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
            } catch {
                throw .cannotOpen(path: path, reason: "its folder cannot be made")
            }
        }
        return try SQLiteDriver(path: path, busyTimeoutMs: options.busyTimeoutMs)
    }

    /// Waits for the operations under way and closes the database; later ones fail with `.closed`.
    public func close() {
        worker.sync { confined.connection.close() }
    }

    /// The version of the schema, counted in migrations. Blocks.
    public func schemaVersion() throws(StoreError) -> Int {
        let result = worker.sync { () -> Result<Int, StoreError> in
            do throws(StoreError) {
                return .success(try confined.connection.schemaVersion())
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Runs `body` on the worker; `completion` is called there, exactly once, when what it wrote is
    /// on the disk. Operations that wait at the same time share a commit. Any thread; allocates,
    /// does not block.
    func perform<Value: Sendable>(
        _ completion: @escaping StoreCompletion<Value>,
        _ body: @escaping @Sendable (SQLConnection) throws(StoreError) -> Value
    ) {
        let waiting = pending.add(1, ordering: .relaxed).newValue
        guard waiting <= pendingMax else {
            pending.subtract(1, ordering: .relaxed)
            completion(.failure(.overloaded(pendingMax: pendingMax)))
            return
        }
        let outcome = Outcome<Value>()
        let operation = CommitGroup.Operation(
            run: { connection in
                do throws(StoreError) {
                    outcome.value = try body(connection)
                    return nil
                } catch { return error }
            },
            complete: { [self] error in
                pending.subtract(1, ordering: .relaxed)
                if let value = outcome.value, error == nil {
                    completion(.success(value))
                } else {
                    completion(.failure(error ?? .closed(path: path)))
                }
            })
        guard group.append(operation) else { return }
        worker.async { [self] in group.drain(on: confined.connection) }
    }

    /// The finding of an operation, until its commit. Touched on the worker only.
    private final class Outcome<Value>: @unchecked Sendable {
        var value: Value?
    }
}
