import Realtime

/// Keeps callers from waiting for a service that is known to be sick.
///
/// Closed, it lets every request through. After so many failures in a row it opens and refuses all;
/// some time later a single request is let through as a probe (half open), and what becomes of it
/// closes or opens it again. Shared by all calls; any thread; takes a short lock, once a request.
/// After Michael Nygard, "Release It!", 2007.
public final class CircuitBreaker: Sendable {
    /// The number of a case is what the metrics show.
    public enum State: Int, Sendable { case closed = 0, halfOpen = 1, open = 2 }

    /// Leave to make one request; what becomes of it must be told.
    public struct Permit: Sendable, Equatable {
        let isProbe: Bool
    }

    private struct Book {
        var state = State.closed
        var failuresInRow = 0
        var probeDueNanos: UInt64 = 0
    }

    public let failuresMax: Int
    public let probeAfterMs: Int
    private let book = Locked(Book())

    /// - Parameters:
    ///   - failuresMax: failures in a row that open it.
    ///   - probeAfterMs: how long it stays open before a probe.
    public init(failuresMax: Int, probeAfterMs: Int) {
        precondition(failuresMax > 0 && probeAfterMs >= 0, "a breaker needs a limit")
        self.failuresMax = failuresMax
        self.probeAfterMs = probeAfterMs
    }

    public var state: State { book.withLock { $0.state } }

    /// True when ``admit(atNanos:)`` would now say yes; takes no permit.
    public func wouldAdmit(atNanos now: UInt64) -> Bool {
        book.withLock { $0.state == .closed || ($0.state == .open && now >= $0.probeDueNanos) }
    }

    /// Leave for a request, or nil while the service is to be left alone.
    public func admit(atNanos now: UInt64) -> Permit? {
        book.withLock { book in
            switch book.state {
            case .closed: return Permit(isProbe: false)
            case .open where now >= book.probeDueNanos:
                book.state = .halfOpen
                return Permit(isProbe: true)
            case .open, .halfOpen: return nil
            }
        }
    }

    /// A request was answered.
    public func succeeded() {
        book.withLock { book in
            book.state = .closed
            book.failuresInRow = 0
        }
    }

    /// A request failed or took too long.
    public func failed(atNanos now: UInt64) {
        book.withLock { book in
            book.failuresInRow += 1
            guard book.state != .closed || book.failuresInRow >= failuresMax else { return }
            book.state = .open
            book.probeDueNanos = now &+ UInt64(probeAfterMs) &* 1_000_000
        }
    }

    /// The request was given up for reasons of our own, which tells nothing of the service.
    public func abandoned(_ permit: Permit) {
        guard permit.isProbe else { return }
        book.withLock { book in
            // The next request may be the probe instead; its time has come already.
            if book.state == .halfOpen { book.state = .open }
        }
    }
}
