import Foundation
import PrivateServers
import Store
import Testing

/// The databases that the same tests run on.
enum StoreKind: CaseIterable, Sendable {
    case sqlite, postgres
}

extension PostgresServer {
    /// One server for all tests of the process. Where PostgreSQL is not installed, the test that asks
    /// is cancelled, and its report says so.
    static func shared() throws -> PostgresServer {
        guard programs != nil else { try Test.cancel("\(remedy)") }
        return try started.get()
    }

    private static let started = Result { try PostgresServer(syncs: false) }
}

/// A database of one's own: a file in a temporary folder, or a schema of the tests' server.
final class TemporaryDatabase {
    let options: DatabaseOptions
    let database: Database
    private let folder: URL?

    init(_ kind: StoreKind) throws {
        switch kind {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("streamd-store-\(UUID().uuidString)")
            self.folder = folder
            options = DatabaseOptions(path: folder.appendingPathComponent("test.sqlite").path)
        case .postgres:
            folder = nil
            options = DatabaseOptions(url: try PostgresServer.shared().makeSchema())
        }
        database = try Database(options)
    }

    /// The file.
    var path: String { options.path }

    /// Another path beside the file.
    func path(of name: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// The same records by another connection, as another program has it.
    func another(busyTimeoutMs: Int = 5000) throws -> Database {
        var options = options
        options.busyTimeoutMs = busyTimeoutMs
        return try Database(options)
    }

    deinit {
        database.close()
        if let folder { try? FileManager.default.removeItem(at: folder) }
    }
}
