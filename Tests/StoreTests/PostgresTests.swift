import Foundation
import PrivateServers
import Store
import Synchronization
import TestSupport
import Testing

extension StoreError {
    /// True when the server was away or left in the middle.
    var isLoss: Bool {
        switch self {
        case .unreachable, .interrupted: true
        default: false
        }
    }
}

/// What only a server does: it leaves, is held by others, and has passwords.
@Suite struct PostgresTests {
    @Test func aSchemaFromTheFuture() throws {
        let store = try TemporaryDatabase(.postgres)
        let known = try store.database.schemaVersion()
        try PostgresServer.shared().run(
            "UPDATE streamd_schema SET version = 99", at: store.options.url)
        #expect(
            throws: StoreError.newerSchema(path: store.database.path, found: 99, known: known)
        ) { _ = try store.another() }
    }

    @Test func programsThatStartAtOnceMakeOneSchema() async throws {
        let url = try PostgresServer.shared().makeSchema()
        let versions = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = try Database(DatabaseOptions(url: url))
                    defer { database.close() }
                    return try database.schemaVersion()
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(Set(versions).count == 1 && (versions.first ?? 0) >= 3)
    }

    @Test func aTableThatIsHeldIsSaid() async throws {
        let store = try TemporaryDatabase(.postgres)
        try await store.database.seed([4])
        let other = try store.another(busyTimeoutMs: 20)
        defer { other.close() }
        let held = try PostgresServer.shared().hold(
            "LOCK TABLE reservations IN ACCESS EXCLUSIVE MODE", at: store.options.url)
        await #expect(throws: StoreError.locked(path: other.path, afterMs: 20)) {
            _ = try await other.book(new(query(2), key: "1"))
        }
        held.release()
        #expect(try await other.book(new(query(2), key: "1")).reservation != nil)
    }

    @Test func whoeverWritesIsWaitedFor() async throws {
        let store = try TemporaryDatabase(.postgres)
        try await store.database.seed([4])
        let other = try store.another(busyTimeoutMs: 20)
        defer { other.close() }
        let held = try PostgresServer.shared().hold(
            "SELECT pg_advisory_xact_lock(hashtextextended('streamd ' || current_schema(), 0))",
            at: store.options.url)
        // A group is refused as a whole, and not one by one.
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do throws(StoreError) {
                        _ = try await other.value {
                            other.createReservation(new(query(2), key: "\(number)"), completion: $0)
                        }
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [StoreError?]()) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0 == .locked(path: other.path, afterMs: 20) })
        held.release()
        #expect(try await other.book(new(query(2), key: "0")).reservation != nil)
    }

    @Test func anIdleConnectionThatWasEndedIsReplacedUnseen() async throws {
        let store = try TemporaryDatabase(.postgres)
        try await store.database.seed([4, 4])
        #expect(try await store.database.book(new(query(2), key: "1")).reservation != nil)
        #expect(try store.endConnections() > 0)
        #expect(try await store.database.book(new(query(2), key: "2")).reservation != nil)
        #expect(try await store.database.all().count == 2)
    }

    /// Every booking is asked for under its key until it is answered, while connections end.
    @Test func connectionsThatBreakMidwayDoubleNothing() async throws {
        let seed = UInt64.random(in: 0..<UInt64.max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let store = try TemporaryDatabase(.postgres)
        let database = store.database
        let count = 400
        try await database.seed([2])
        let tally = Tally()
        async let outcomes = withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<count {
                group.addTask { [new = new(query(1, at: day(number)), key: "k\(number)")] in
                    while true {
                        do {
                            let made = try await database.book(new).reservation
                            tally.answers.add(1, ordering: .relaxed)
                            return made?.confirmationNumber ?? "none"
                        } catch let error as StoreError where error.isLoss {
                            tally.losses.add(1, ordering: .relaxed)
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        for _ in 0..<8 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 1...20, using: &random)))
            _ = try store.endConnections()
        }
        let numbers = try await outcomes
        print(
            "\(tally.losses.load(ordering: .relaxed)) losses, "
                + "\(tally.answers.load(ordering: .relaxed)) answers")
        #expect(Set(numbers).count == count && !numbers.contains("none"))
        let kept = try await database.all()
        #expect(kept.count == count && Set(kept.map(\.confirmationNumber)) == Set(numbers))
    }

    private final class Tally: Sendable {
        let losses = Atomic<Int>(0)
        let answers = Atomic<Int>(0)
    }

    @Test func aServerThatIsAwayIsSaidAndFoundAgain() async throws {
        guard PostgresServer.programs != nil else { try Test.cancel("\(PostgresServer.remedy)") }
        let server = try PostgresServer(syncs: false)
        let database = try Database(DatabaseOptions(url: try server.makeSchema()))
        defer { database.close() }
        try await database.seed([4, 4])
        _ = try await database.book(new(query(2), key: "1"))
        try server.crash()
        for _ in 0..<3 {
            do {
                _ = try await database.book(new(query(2), key: "2"))
                Issue.record("it was booked without a server")
            } catch let error as StoreError {
                #expect(error.isLoss && error.description.contains(database.path), "\(error)")
            }
        }
        try server.begin()
        var made: Reservation?
        for _ in 0..<500 where made == nil {
            made = try? await database.book(new(query(2), key: "2")).reservation
            if made == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(made?.idempotencyKey == "2")
        #expect(try await database.all().map(\.idempotencyKey) == ["1", "2"])
    }

    @Test(arguments: [
        "mysql://u:secret@h/d", "postgres://u:secret@h:port/d",
        "postgres://u:secret@h/d?nonsense=1",
        "postgres://u:secret@127.0.0.1:1/d",
    ])
    func anAddressThatIsWrongIsSaidWithoutItsPassword(url: String) {
        do {
            _ = try Database(DatabaseOptions(url: url))
            Issue.record("it was opened")
        } catch {
            #expect(!error.description.contains("secret"), "\(error)")
            switch error {
            case .unreachable(let path, _): #expect(path == "postgres://127.0.0.1:1/d")
            case .cannotOpen: #expect(DatabaseOptions.fault(inURL: url) != nil)
            default: Issue.record("\(error)")
            }
        }
    }

    @Test func anEncodingThatHoldsNotEveryTextIsRefused() throws {
        let server = try PostgresServer.shared()
        let url = try server.makeSchema()
        let name = "latin" + UUID().uuidString.prefix(8).lowercased()
        try server.run(
            "CREATE DATABASE \(name) ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' "
                + "LC_CTYPE 'C'", at: url)
        let latin = url.replacing("/postgres?", with: "/\(name)?")
            .split(separator: "&").first.map(String.init)
        let error = #expect(throws: StoreError.self) {
            _ = try Database(DatabaseOptions(url: try #require(latin)))
        }
        #expect(error?.description.contains("ENCODING 'UTF8'") == true)
    }

    /// Text that PostgreSQL cannot hold as it is, and text that looks like what stands for it.
    @Test(arguments: [
        "\u{0}", "\u{E000}", "\u{E000}0", "\u{E000}\u{0}1", "a\u{0}\u{0}b\u{E000}", "?$1'\\\"",
        "\u{E001}\u{E000}é\u{10FFFF}",
    ])
    func anyTextComesBack(text: String) async throws {
        let store = try TemporaryDatabase(.postgres)
        try await store.database.seed([4])
        _ = try await store.database.book(new(query(4), key: text, name: text))
        let kept = try await store.database.all()
        #expect(kept.map(\.name) == [text] && kept.map(\.idempotencyKey) == [text])
        let again = try await store.database.book(new(query(4), key: text, name: text))
        #expect(again.reservation == kept.first)
    }
}

private func day(_ number: Int) -> UnixSeconds { evening + Int64(number) * 86_400 }

extension TemporaryDatabase {
    /// Ends all connections to the schema, as an administrator or a broken network does.
    /// - Returns: how many there were.
    fileprivate func endConnections() throws -> Int {
        let counted = try PostgresServer.shared().run(
            """
            SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
            WHERE application_name = current_setting('application_name')
                AND pid <> pg_backend_pid()
            """, at: options.url)
        return Int(counted) ?? 0
    }
}
