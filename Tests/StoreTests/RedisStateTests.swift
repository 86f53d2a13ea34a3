import Foundation
import PrivateServers
import Store
import StreamTesting
import Testing

extension ExpiringState {
    fileprivate func get<Value: Sendable>(
        _ operation: (@escaping StoreCompletion<Value>) -> Void
    ) async throws -> Value {
        let result: Result<Value, StoreError> = await handedOver { done in
            operation { done($0) }
        }
        return try result.get()
    }
    fileprivate func read(_ key: String) async throws -> [UInt8]? {
        try await get { value(for: key, completion: $0) }
    }
    fileprivate func write(
        _ value: [UInt8], _ key: String, lifetimeMs: Int = 60_000
    ) async throws {
        try await get { set(value, for: key, lifetimeMs: lifetimeMs, completion: $0) }
    }
    fileprivate func add(_ value: [UInt8], _ key: String) async throws -> Bool {
        try await get { add(value, for: key, lifetimeMs: 60_000, completion: $0) }
    }
    fileprivate func take(_ key: String) async throws -> [UInt8]? {
        try await get { take(key, completion: $0) }
    }
}

/// Expiring state on a real server.
@Suite struct RedisStateTests {
    private func makeServer(password: String = "") throws -> RedisServer {
        guard RedisServer.program != nil else { try Test.cancel("\(RedisServer.remedy)") }
        return try RedisServer(password: password)
    }

    @Test func setsAddsAndTakes() async throws {
        let server = try makeServer()
        let state = try RedisState(url: server.url)
        defer { state.close() }
        #expect(try await state.read("a") == nil)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await state.write(bytes, "a")
        #expect(try await state.read("a") == bytes)
        #expect(try await !state.add([1], "a"))
        #expect(try await state.add([1], "t"))
        #expect(try await state.take("t") == [1])
        #expect(try await state.take("t") == nil)
        try await state.write([], "a")
        #expect(try await state.read("a") == [])
        // Another node sees the same; another database of the server does not.
        let other = try RedisState(url: server.url)
        defer { other.close() }
        #expect(try await other.take("a") == [])
        let apart = try RedisState(url: server.url + "?db=1")
        defer { apart.close() }
        try await state.write([5], "b")
        #expect(try await apart.read("b") == nil)
    }

    @Test func expires() async throws {
        let server = try makeServer()
        let state = try RedisState(url: server.url)
        defer { state.close() }
        try await state.write([1], "long", lifetimeMs: 3_600_000)
        try await state.write([2], "short", lifetimeMs: 50)
        try await state.write([3], "at once", lifetimeMs: 0)
        var waits = 0
        while try await state.read("short") != nil, waits < 2000 {
            try await Task.sleep(for: .milliseconds(5))
            waits += 1
        }
        #expect(try await state.read("short") == nil)
        #expect(try await state.read("at once") == nil)
        #expect(try await state.read("long") == [1])
        #expect(try await state.add([4], "short"))
    }

    @Test func ofManyTakersAndAddersOneSucceeds() async throws {
        let server = try makeServer()
        let nodes = try (0..<2).map { _ in try RedisState(url: server.url) }
        defer { for node in nodes { node.close() } }
        for round in 0..<5 {
            let key = "k\(round)"
            let added = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { try await nodes[number % 2].add([UInt8(number)], key) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { try await nodes[number % 2].take(key) != nil }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(added == 1 && taken == 1)
        }
    }

    @Test func aServerThatIsKilledIsSaidAndFoundAgain() async throws {
        let server = try makeServer()
        let state = try RedisState(url: server.url)
        defer { state.close() }
        try await state.write([1], "a")
        // Commands are on their way while it is killed: each is answered once, by a value or an error.
        let asked = 600
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<asked {
                group.addTask {
                    do {
                        try await state.write([UInt8(truncatingIfNeeded: number)], "k\(number)")
                        return true
                    } catch is StoreError { return false }
                }
                if number == asked / 2 { try server.crash() }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(answers.count == asked && answers.contains(false))
        do {
            _ = try await state.read("a")
            Issue.record("a killed server answered")
        } catch {
            guard case StoreError.stateUnreachable(let place, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(place == state.place)
        }
        try server.begin()
        var isBack = false
        for _ in 0..<500 where !isBack {
            isBack = (try? await state.write([2], "a")) != nil
            if !isBack { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(isBack)
        #expect(try await state.read("a") == [2])
    }

    @Test func aServerThatStandsStillIsGivenUp() async throws {
        let server = try makeServer()
        let state = try RedisState(url: server.url, timeoutMs: 60)
        defer { state.close() }
        try server.pause()
        let error = await #expect(throws: StoreError.self) { _ = try await state.read("a") }
        try server.resume()
        #expect(
            error?.description.contains("no answer in time") == true, "\(String(describing: error))"
        )
        var isBack = false
        for _ in 0..<500 where !isBack {
            isBack = (try? await state.write([2], "a")) != nil
            if !isBack { try await Task.sleep(for: .milliseconds(10)) }
        }
        // A late answer to the command that was given up is nobody's.
        #expect(isBack)
        #expect(try await state.read("a") == [2])
    }

    @Test func passwordsOpenAndAreNotShown() async throws {
        let server = try makeServer(password: "se cret")
        for url in [server.url, server.url.replacing("unix://", with: "unix://:wrong-one@")] {
            let error = #expect(throws: StoreError.self) { _ = try RedisState(url: url) }
            #expect(error?.description.contains("wrong-one") == false)
        }
        let state = try RedisState(
            url: server.url.replacing("unix://", with: "unix://:se%20cret@"))
        defer { state.close() }
        #expect(!state.place.contains("se"))
        #expect(try await state.add([1], "a"))
    }

    @Test(arguments: [
        ("redis", "begins with redis://"), ("http://h", "neither"), ("redis:///1", "names no host"),
        ("redis://h/one", "not a number"), ("rediss://h", "TLS"), ("unix://", "unix:///run"),
    ])
    func aWrongAddressIsSaid(url: String, reason: String) {
        #expect(RedisState.fault(inURL: url)?.contains(reason) == true)
        #expect(RedisState.fault(inURL: "redis://u:p@127.0.0.1:6380/3") == nil)
    }

    @Test func afterClosing() async throws {
        let server = try makeServer()
        let state = try RedisState(url: server.url)
        state.close()
        await #expect(throws: StoreError.closed(path: state.place)) {
            _ = try await state.read("a")
        }
    }
}
