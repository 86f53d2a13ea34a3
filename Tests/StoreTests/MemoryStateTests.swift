import Realtime
import Store
import Synchronization
import Testing

@Suite struct MemoryStateTests {
    private final class Clock: Sendable {
        let nanos = Atomic<UInt64>(1)
        func advance(ms: UInt64) { nanos.add(ms * 1_000_000, ordering: .relaxed) }
    }

    private func get<Value: Sendable>(
        _ operation: (@escaping StoreCompletion<Value>) -> Void
    ) throws -> Value {
        let box = Locked<Result<Value, StoreError>?>(nil)
        operation { result in box.withLock { $0 = result } }
        return try #require(box.withLock { $0 }).get()
    }

    @Test func expires() throws {
        let clock = Clock()
        let state = MemoryState { clock.nanos.load(ordering: .relaxed) }
        try get { state.set([1, 2], for: "a", lifetimeMs: 1000, completion: $0) }
        clock.advance(ms: 999)
        #expect(try get { state.value(for: "a", completion: $0) } == [1, 2])
        clock.advance(ms: 1)
        #expect(try get { state.value(for: "a", completion: $0) } == nil)
        #expect(try get { state.take("a", completion: $0) } == nil)
    }

    @Test func setProlongs() throws {
        let clock = Clock()
        let state = MemoryState { clock.nanos.load(ordering: .relaxed) }
        try get { state.set([1], for: "a", lifetimeMs: 1000, completion: $0) }
        clock.advance(ms: 900)
        try get { state.set([2], for: "a", lifetimeMs: 1000, completion: $0) }
        clock.advance(ms: 900)
        #expect(try get { state.value(for: "a", completion: $0) } == [2])
    }

    @Test func addsAndTakesOnce() throws {
        let clock = Clock()
        let state = MemoryState { clock.nanos.load(ordering: .relaxed) }
        #expect(try get { state.add([1], for: "t", lifetimeMs: 10, completion: $0) })
        #expect(try !get { state.add([2], for: "t", lifetimeMs: 10, completion: $0) })
        #expect(try get { state.take("t", completion: $0) } == [1])
        #expect(try get { state.take("t", completion: $0) } == nil)
        #expect(try get { state.add([3], for: "t", lifetimeMs: 10, completion: $0) })
        clock.advance(ms: 10)
        #expect(try get { state.add([4], for: "t", lifetimeMs: 10, completion: $0) })
    }

    @Test func isBounded() throws {
        let clock = Clock()
        let state = MemoryState(entriesMax: 2) { clock.nanos.load(ordering: .relaxed) }
        try get { state.set([1], for: "a", lifetimeMs: 100, completion: $0) }
        try get { state.set([2], for: "b", lifetimeMs: 200, completion: $0) }
        #expect(throws: StoreError.stateFull(entriesMax: 2)) {
            try get { state.set([3], for: "c", lifetimeMs: 100, completion: $0) }
        }
        // One that is known may still change, and room comes back when one expires.
        try get { state.set([9], for: "a", lifetimeMs: 100, completion: $0) }
        clock.advance(ms: 100)
        try get { state.set([3], for: "c", lifetimeMs: 100, completion: $0) }
        #expect(state.count == 2)
        #expect(try get { state.value(for: "b", completion: $0) } == [2])
        #expect(try get { state.value(for: "a", completion: $0) } == nil)
    }
}
