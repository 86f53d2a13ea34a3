import Realtime
import Wire

/// Tokens that tie a stream to the webhook that asked for it: made when the TwiML is written, sent
/// as a `<Parameter>`, shown in `start`. Each is good once, for one call, for a limited time.
///
/// Safe from any thread: a mutex is held for well under a microsecond, once per call and direction.
/// Allocates; not for the audio path.
public final class StreamTokens: Sendable {
    /// The verdict on a token that was shown.
    public enum Verdict: Sendable, Equatable {
        /// Good, and used up now.
        case accepted
        /// It was good and somebody has used it before: a replay.
        case alreadyUsed
        /// It was good until it went out of date.
        case expired
        /// It belongs to another call. It stays good for its own.
        case otherCall
        /// It was never made here, or so long ago that it is forgotten.
        case unknown
    }

    /// Why no token could be made.
    public enum IssueError: Error, Sendable, Equatable, CustomStringConvertible {
        /// As many tokens as allowed wait to be used.
        case tooMany(limit: Int)
        /// The system gave no random bytes.
        case noRandomness

        public var description: String {
            switch self {
            case .tooMany(let limit):
                "\(limit) stream tokens are in use or not yet forgotten; raise limits.streamTokens "
                    + "or find out why the streams do not come"
            case .noRandomness: "the system gave no random bytes for a stream token"
            }
        }
    }

    private struct Entry {
        var secret: [UInt8]
        var callSid: [UInt8]
        var expiresAtNanos: UInt64
        /// Until then it is remembered, so that one that comes late can be told from one that never
        /// was.
        var forgottenAtNanos: UInt64
        var isUsed: Bool
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        /// Identifiers in the order they were made. It is the order they expire in while the lifetime
        /// stays; after it became shorter some are forgotten later than they could be.
        var order: [UInt64] = []
        var firstLive = 0
        var lifetimeNanos: UInt64 = 0
    }

    /// How many tokens are remembered at most, used and expired ones included.
    public let countMax: Int
    private let state = Locked(State())

    private static let idByteCount = 8
    private static let secretByteCount = 16

    /// - Parameters:
    ///   - countMax: tokens remembered at most. One takes about 200 bytes.
    ///   - lifetimeMs: how long a token is good. It is remembered for twice as long, so that one
    ///     that comes late can be told from one that never was.
    public init(countMax: Int = 10_000, lifetimeMs: Int = 60_000) {
        precondition(countMax > 0 && lifetimeMs > 0)
        self.countMax = countMax
        setLifetime(ms: lifetimeMs)
    }

    /// How long tokens are good that are made from now on.
    public func setLifetime(ms: Int) {
        precondition(ms > 0)
        state.withLock { $0.lifetimeNanos = UInt64(ms) * 1_000_000 }
    }

    /// Makes a token for the call: 48 hexadecimal digits, 192 random bits.
    public func issue(callSid: String, nowNanos: UInt64) throws(IssueError) -> String {
        guard let bytes = SecureRandom.bytes(Self.idByteCount + Self.secretByteCount) else {
            throw .noRandomness
        }
        let id = bytes[..<Self.idByteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let isKept = state.withLock { state in
            Self.forget(&state, nowNanos)
            guard state.entries.count < countMax, state.entries[id] == nil else { return false }
            let entry = Entry(
                secret: Array(bytes[Self.idByteCount...]), callSid: Array(callSid.utf8),
                expiresAtNanos: nowNanos + state.lifetimeNanos,
                forgottenAtNanos: nowNanos + 2 * state.lifetimeNanos, isUsed: false)
            state.entries[id] = entry
            state.order.append(id)
            return true
        }
        guard isKept else { throw .tooMany(limit: countMax) }
        return Hexadecimal.text(bytes)
    }

    /// Takes a token that a stream showed for its call. Only `accepted` uses it up.
    public func redeem(_ token: String, callSid: String, nowNanos: UInt64) -> Verdict {
        guard let bytes = Self.bytes(token) else { return .unknown }
        let id = bytes[..<Self.idByteCount].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let secret = Array(bytes[Self.idByteCount...])
        return state.withLock { state in
            Self.forget(&state, nowNanos)
            guard let entry = state.entries[id], ConstantTime.equal(entry.secret, secret) else {
                return .unknown
            }
            if entry.isUsed { return .alreadyUsed }
            if nowNanos >= entry.expiresAtNanos { return .expired }
            guard ConstantTime.equal(entry.callSid, Array(callSid.utf8)) else { return .otherCall }
            state.entries[id]?.isUsed = true
            return .accepted
        }
    }

    /// How many tokens are remembered.
    public var count: Int { state.withLock { $0.entries.count } }

    /// Drops what expired more than one lifetime ago.
    private static func forget(_ state: inout State, _ nowNanos: UInt64) {
        while state.firstLive < state.order.count {
            let id = state.order[state.firstLive]
            guard let entry = state.entries[id], entry.forgottenAtNanos <= nowNanos else { break }
            state.entries[id] = nil
            state.firstLive += 1
        }
        if state.firstLive > 64, state.firstLive * 2 > state.order.count {
            state.order.removeFirst(state.firstLive)
            state.firstLive = 0
        }
    }

    /// The bytes of a token; nil for anything that cannot be one.
    private static func bytes(_ token: String) -> [UInt8]? {
        guard token.utf8.count == 2 * (idByteCount + secretByteCount) else { return nil }
        return Hexadecimal.bytes(token)
    }
}
