import Foundation
import Store
import Testing

@Suite struct DatabaseTests {
    @Test(arguments: StoreKind.allCases)
    func opensTwiceWithTheSameSchema(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        try await store.database.seed([4])
        #expect(try store.database.schemaVersion() == 5)
        let again = try store.another()
        let tables = try await again.value { again.diningTables(assistantID: "r", completion: $0) }
        #expect(tables.count == 1)
        again.close()
        if kind == .sqlite {
            #expect(FileManager.default.fileExists(atPath: store.path + "-wal"))
        }
    }

    @Test func aFileThatIsNoDatabase() throws {
        let store = try TemporaryDatabase(.sqlite)
        let path = store.path(of: "noise")
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
        do {
            _ = try Database(DatabaseOptions(path: path))
            Issue.record("noise was opened")
        } catch {
            guard case .corrupt(let where_, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(where_ == path)
            #expect(error.description.contains("restore a backup"))
        }
    }

    @Test func aFolderInPlaceOfTheFile() throws {
        let store = try TemporaryDatabase(.sqlite)
        #expect {
            _ = try Database(DatabaseOptions(path: store.path(of: "")))
        } throws: {
            if case .cannotOpen? = $0 as? StoreError { true } else { false }
        }
        #expect {
            _ = try Database(DatabaseOptions(path: "/dev/null/streamd.sqlite"))
        } throws: {
            if case .cannotOpen? = $0 as? StoreError { true } else { false }
        }
    }

    @Test func aSchemaFromTheFuture() throws {
        let store = try TemporaryDatabase(.sqlite)
        store.database.close()
        // The version of the schema is the big-endian number at byte 60 of the file.
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: store.path))
        try file.seek(toOffset: 60)
        try file.write(contentsOf: [0, 0, 0, 99])
        try file.close()
        #expect(throws: StoreError.newerSchema(path: store.path, found: 99, known: 5)) {
            _ = try store.another()
        }
    }

    @Test func aLockedFileIsSaid() async throws {
        let store = try TemporaryDatabase(.sqlite)
        try await store.database.seed([4])
        let other = try store.another(busyTimeoutMs: 20)
        let blocker = try ExclusiveLock(path: store.path)
        await #expect(throws: StoreError.locked(path: store.path, afterMs: 20)) {
            _ = try await other.book(new(query(2), key: "1"))
        }
        blocker.release()
        #expect(try await other.book(new(query(2), key: "1")).reservation != nil)
        other.close()
    }

    @Test(arguments: StoreKind.allCases)
    func afterClosing(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        store.database.close()
        await #expect(throws: StoreError.closed(path: store.database.path)) {
            _ = try await store.database.all()
        }
    }

    @Test func waitingWorkIsBounded() async throws {
        let database = try Database(DatabaseOptions(path: ":memory:", pendingMax: 4))
        try await database.seed([4])
        // The first completion holds the worker until all have been asked for.
        let gate = DispatchSemaphore(value: 0)
        let collected = Collected(count: 9)
        await withCheckedContinuation { continuation in
            collected.whenFull { continuation.resume() }
            database.recentCalls(limit: 1) { _ in gate.wait() }
            for _ in 0..<9 {
                database.recentCalls(limit: 1) { result in
                    switch result {
                    case .success: collected.add("done")
                    case .failure(let error): collected.add("\(error)")
                    }
                }
            }
            gate.signal()
        }
        let results = collected.all
        let refused = results.filter { $0 == StoreError.overloaded(pendingMax: 4).description }
        #expect(results.filter { $0 == "done" }.count + refused.count == 9)
        #expect((5...6).contains(refused.count))
    }

    @Test(arguments: StoreKind.allCases)
    func callsKeepTheirLastStatus(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        func record(_ call: CallRecord) async throws {
            try await store.database.value { store.database.recordCall(call, completion: $0) }
        }
        try await record(
            CallRecord(callSid: "CA", assistantID: "r", from: "+1", to: "+2", startedAt: 100))
        try await record(
            CallRecord(
                callSid: "CA", assistantID: "r", status: "completed", startedAt: 160, endedAt: 160,
                durationSeconds: 60))
        try await record(
            CallRecord(callSid: "CA", assistantID: "", status: "ringing", startedAt: 99))
        let call = try await store.database.value { store.database.call(sid: "CA", completion: $0) }
        #expect(
            call
                == CallRecord(
                    callSid: "CA", assistantID: "r", from: "+1", to: "+2", status: "completed",
                    startedAt: 99, endedAt: 160, durationSeconds: 60))
        try await record(CallRecord(callSid: "CB", assistantID: "r", startedAt: 200))
        let recent = try await store.database.value {
            store.database.recentCalls(limit: 1, completion: $0)
        }
        #expect(recent.map(\.callSid) == ["CB"])
        let none = try await store.database.value { store.database.call(sid: "CX", completion: $0) }
        #expect(none == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func turnsNeedNoCallBefore(kind: StoreKind) async throws {
        let store = try TemporaryDatabase(kind)
        for (turn, text) in [(2, "later"), (1, "first"), (2, "replaced")] {
            let record = TurnRecord(
                callSid: "CA", assistantID: "r", turn: turn, at: 5, callerText: text, agentText: "a"
            )
            try await store.database.value { store.database.recordTurn(record, completion: $0) }
        }
        let turns = try await store.database.value {
            store.database.turns(callSid: "CA", completion: $0)
        }
        #expect(turns.map(\.callerText) == ["first", "replaced"])
        #expect(turns.first?.assistantID == "r")
    }
}

/// Holds SQLite's write lock on a file from a second process.
private final class ExclusiveLock {
    private let process = Process()
    private let input = Pipe()

    init(path: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = output.fileHandleForReading.availableData
    }

    func release() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static let script = """
        import sqlite3, sys
        c = sqlite3.connect(sys.argv[1], isolation_level=None)
        c.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        sys.stdin.read()
        c.execute("ROLLBACK")
        """
}

/// Gathers results that arrive on another thread.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [String] = []
    private let count: Int
    private var onFull: (() -> Void)?

    init(count: Int) { self.count = count }

    /// What has come, read under the lock: the thread sanitizer sees no order in a continuation.
    var all: [String] { lock.withLock { values } }

    func whenFull(_ body: @escaping () -> Void) { lock.withLock { onFull = body } }

    func add(_ value: String) {
        lock.lock()
        values.append(value)
        let body = values.count == count ? onFull : nil
        lock.unlock()
        body?()
    }
}
