import Realtime

/// Small values that live for a while: the state of conversations, one-time tokens.
///
/// Any thread. A store in memory completes before it returns, one over the network later.
public protocol ExpiringState: Sendable {
    /// The value, or nil if there is none or it has expired.
    func value(for key: String, completion: @escaping StoreCompletion<[UInt8]?>)
    /// Sets or replaces a value, which then lives `lifetimeMs`.
    func set(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Void>)
    /// Sets the value only if the key has none; tells whether it did.
    func add(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Bool>)
    /// Removes the value and answers with it; of two takers only one gets it.
    func take(_ key: String, completion: @escaping StoreCompletion<[UInt8]?>)
    /// Waits for what is under way and lets go of the server, where there is one. Blocks.
    func close()
}

/// Expiring state in this process's memory, bounded in entries. When it is full of live entries, a
/// new one is refused, because to drop another would forget somebody's conversation.
public final class MemoryState: ExpiringState {
    private struct Entry {
        var value: [UInt8]
        var expiresAtNanos: UInt64
    }
    private struct Contents {
        var entries: [String: Entry] = [:]
        /// Nothing expires before this; spares a full table the search for room.
        var earliestExpiryNanos = UInt64.max
    }

    private let entriesMax: Int
    private let nowNanos: @Sendable () -> UInt64
    private let contents = Locked(Contents())

    /// - Parameters:
    ///   - entriesMax: live entries that are held at most.
    ///   - nowNanos: a monotonic clock in nanoseconds.
    public init(entriesMax: Int = 100_000, nowNanos: @escaping @Sendable () -> UInt64) {
        precondition(entriesMax > 0, "room for one entry at least")
        self.entriesMax = entriesMax
        self.nowNanos = nowNanos
    }

    /// Entries held, expired ones that have not been swept included.
    public var count: Int { contents.withLock { $0.entries.count } }

    public func close() {}

    public func value(for key: String, completion: @escaping StoreCompletion<[UInt8]?>) {
        let now = nowNanos()
        let value = contents.withLock { Self.live($0.entries[key], now) }
        completion(.success(value))
    }

    public func set(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Void>
    ) {
        let stored = store(value, key, lifetimeMs, onlyIfAbsent: false)
        completion(stored == nil ? .failure(.stateFull(entriesMax: entriesMax)) : .success(()))
    }

    public func add(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Bool>
    ) {
        let stored = store(value, key, lifetimeMs, onlyIfAbsent: true)
        completion(stored.map(Result.success) ?? .failure(.stateFull(entriesMax: entriesMax)))
    }

    public func take(_ key: String, completion: @escaping StoreCompletion<[UInt8]?>) {
        let now = nowNanos()
        let value = contents.withLock { Self.live($0.entries.removeValue(forKey: key), now) }
        completion(.success(value))
    }

    /// - Returns: whether the value was stored; nil when there is no room.
    private func store(
        _ value: [UInt8], _ key: String, _ lifetimeMs: Int, onlyIfAbsent: Bool
    ) -> Bool? {
        let now = nowNanos()
        let expiry = now + UInt64(max(0, lifetimeMs)) * 1_000_000
        return contents.withLock { contents in
            if onlyIfAbsent, Self.live(contents.entries[key], now) != nil { return false }
            if contents.entries[key] == nil && contents.entries.count >= entriesMax {
                Self.sweep(&contents, now)
                guard contents.entries.count < entriesMax else { return nil }
            }
            contents.entries[key] = Entry(value: value, expiresAtNanos: expiry)
            contents.earliestExpiryNanos = min(contents.earliestExpiryNanos, expiry)
            return true
        }
    }

    private static func live(_ entry: Entry?, _ now: UInt64) -> [UInt8]? {
        guard let entry, entry.expiresAtNanos > now else { return nil }
        return entry.value
    }

    private static func sweep(_ contents: inout Contents, _ now: UInt64) {
        guard contents.earliestExpiryNanos <= now else { return }
        contents.entries = contents.entries.filter { $0.value.expiresAtNanos > now }
        contents.earliestExpiryNanos =
            contents.entries.values.lazy.map(\.expiresAtNanos).min() ?? .max
    }
}
