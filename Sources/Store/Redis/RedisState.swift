import Dispatch
import Realtime

/// Expiring state in Redis, for several nodes that share it, or to outlive this process.
///
/// Commands run on a worker of its own, in the order asked, so that an event loop never waits for the
/// network; those that wait at the same time are sent together. A lost connection is replaced before
/// the next command is sent. One that broke with commands under way is told to those who asked, and
/// nothing is sent twice: the answer to a ``take(_:completion:)`` may have been on its way.
public final class RedisState: ExpiringState {
    /// Where the server is, without the password.
    public let place: String
    private let address: RedisAddress
    private let timeoutMs: Int
    private let pendingMax: Int
    private let worker = DispatchQueue(label: "streamd.state", qos: .userInitiated)
    private let waiting = Locked(Waiting())
    private let session = Session()

    /// Sent together at most.
    private static let countMax = 256
    /// A server that is away is asked again after this; who comes before is told at once.
    private static let pauseNanos: UInt64 = 250_000_000
    /// Keeps our keys apart from what else is in the database.
    private static let prefix = "streamd:"

    private struct Command: Sendable {
        var words: [[UInt8]]
        /// On the worker, once.
        var complete: @Sendable (Result<RedisReply, StoreError>) -> Void
    }

    private struct Waiting {
        var commands: [Command] = []
        var isDraining = false
        var isClosed = false
    }

    /// Touched on the worker only, once `init` is over.
    private final class Session: @unchecked Sendable {
        var connection: RedisConnection?
        var refusal = (reason: "", untilNanos: UInt64(0))
    }

    /// Connects. Blocks; call it at start, not on a loop.
    /// - Parameters:
    ///   - url: `redis://user:password@host:port/number` or `unix:///path?db=number`.
    ///   - timeoutMs: how long the server may give no answer before it is given up.
    ///   - pendingMax: commands that may wait; more are refused.
    public init(url: String, timeoutMs: Int = 2000, pendingMax: Int = 10_000) throws(StoreError) {
        do throws(RedisAddress.Fault) {
            address = try RedisAddress(url)
        } catch { throw .stateUnreachable(place: "that address", reason: error.reason) }
        place = address.place
        self.timeoutMs = timeoutMs
        self.pendingMax = pendingMax
        _ = try connected()
    }

    /// What is wrong with an address; nil where it can be tried.
    public static func fault(inURL url: String) -> String? {
        do throws(RedisAddress.Fault) {
            _ = try RedisAddress(url)
            return nil
        } catch { return error.reason }
    }

    public func close() {
        waiting.withLock { $0.isClosed = true }
        worker.sync { session.connection = nil }
    }

    public func value(for key: String, completion: @escaping StoreCompletion<[UInt8]?>) {
        ask(["GET"], key, completion: completion, Self.value)
    }

    public func set(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Void>
    ) {
        let rest = [value] + Self.words("PX", String(max(1, lifetimeMs)))
        ask(["SET"], key, rest, completion: completion) { reply in
            if case .status = reply { () } else { nil }
        }
    }

    public func add(
        _ value: [UInt8], for key: String, lifetimeMs: Int,
        completion: @escaping StoreCompletion<Bool>
    ) {
        let rest = [value] + Self.words("PX", String(max(1, lifetimeMs)), "NX")
        ask(["SET"], key, rest, completion: completion) { reply in
            switch reply {
            case .status: true
            case .none: false
            default: nil
            }
        }
    }

    public func take(_ key: String, completion: @escaping StoreCompletion<[UInt8]?>) {
        ask(["GETDEL"], key, completion: completion, Self.value)
    }

    // MARK: - Asking

    private static func words(_ words: String...) -> [[UInt8]] { words.map { Array($0.utf8) } }

    /// Nil where the reply is not a value at all.
    private static func value(_ reply: RedisReply) -> [UInt8]?? {
        switch reply {
        case .bytes(let bytes): .some(bytes)
        case .none: .some(nil)
        default: nil
        }
    }

    /// - Parameter meaning: what a reply says; nil where it is none that the command can have.
    private func ask<Value: Sendable>(
        _ verb: [String], _ key: String, _ rest: [[UInt8]] = [],
        completion: @escaping StoreCompletion<Value>,
        _ meaning: @escaping @Sendable (RedisReply) -> Value?
    ) {
        let place = place
        let words = verb.map { Array($0.utf8) } + [Array((Self.prefix + key).utf8)] + rest
        let command = Command(words: words) { result in
            completion(
                result.flatMap { reply in
                    if let value = meaning(reply) { return .success(value) }
                    guard case .refused(let reason) = reply else {
                        return .failure(.stateFailed(place: place, reason: "it said \(reply)"))
                    }
                    return .failure(.stateFailed(place: place, reason: reason))
                })
        }
        switch append(command) {
        case .failure(let error): completion(.failure(error))
        case .success(let isFirst): if isFirst { worker.async { [self] in drain() } }
        }
    }

    /// - Returns: whether somebody has to call ``drain()``.
    private func append(_ command: Command) -> Result<Bool, StoreError> {
        waiting.withLock { waiting in
            if waiting.isClosed { return .failure(.closed(path: place)) }
            guard waiting.commands.count < pendingMax else {
                let reason = "\(pendingMax) commands are waiting for it"
                return .failure(.stateFailed(place: place, reason: reason))
            }
            waiting.commands.append(command)
            defer { waiting.isDraining = true }
            return .success(!waiting.isDraining)
        }
    }

    // MARK: - On the worker

    private func drain() {
        while let batch = next() {
            for (command, result) in zip(batch, run(batch)) { command.complete(result) }
        }
    }

    private func next() -> [Command]? {
        waiting.withLock { waiting in
            guard !waiting.commands.isEmpty else {
                waiting.isDraining = false
                return nil
            }
            let batch = Array(waiting.commands.prefix(Self.countMax))
            waiting.commands.removeFirst(batch.count)
            return batch
        }
    }

    private func run(_ batch: [Command]) -> [Result<RedisReply, StoreError>] {
        let connection: RedisConnection
        do throws(StoreError) {
            connection = try connected()
        } catch { return batch.map { _ in .failure(error) } }
        do throws(RedisConnection.Fault) {
            return try connection.exchange(batch.map(\.words)).map(Result.success)
        } catch {
            session.connection = nil
            let reason = "the connection broke before the answer (\(error.reason))"
            return batch.map { _ in .failure(.stateFailed(place: place, reason: reason)) }
        }
    }

    /// The connection there is, or a new one. Nothing has been sent on it.
    private func connected() throws(StoreError) -> RedisConnection {
        if let connection = session.connection, connection.isAlive { return connection }
        session.connection = nil
        guard MonotonicClock.nowNanos() >= session.refusal.untilNanos else {
            throw .stateUnreachable(place: place, reason: session.refusal.reason)
        }
        do throws(RedisConnection.Fault) {
            let made = try RedisConnection(address, timeoutMs: timeoutMs)
            session.connection = made
            return made
        } catch {
            session.refusal = (error.reason, MonotonicClock.nowNanos() + Self.pauseNanos)
            throw .stateUnreachable(place: place, reason: error.reason)
        }
    }
}
