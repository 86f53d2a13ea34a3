import Pipelines
import Testing

@Suite struct CircuitBreakerTests {
    private static let second: UInt64 = 1_000_000_000

    private func tripped() -> CircuitBreaker {
        let breaker = CircuitBreaker(failuresMax: 3, probeAfterMs: 5000)
        for _ in 0..<3 { breaker.failed(atNanos: Self.second) }
        return breaker
    }

    @Test func itOpensAfterSoManyFailuresInARow() {
        let breaker = CircuitBreaker(failuresMax: 3, probeAfterMs: 5000)
        breaker.failed(atNanos: 0)
        breaker.failed(atNanos: 0)
        breaker.succeeded()
        breaker.failed(atNanos: 0)
        breaker.failed(atNanos: 0)
        #expect(breaker.state == .closed && breaker.admit(atNanos: 0) != nil)
        breaker.failed(atNanos: 0)
        #expect(breaker.state == .open && breaker.admit(atNanos: 0) == nil)
        #expect(!breaker.wouldAdmit(atNanos: 0))
    }

    @Test func oneProbeIsLetThroughAndDecides() throws {
        let healed = tripped()
        #expect(healed.admit(atNanos: 6 * Self.second - 1) == nil)
        #expect(healed.wouldAdmit(atNanos: 6 * Self.second))
        _ = try #require(healed.admit(atNanos: 6 * Self.second))
        #expect(healed.state == .halfOpen)
        #expect(healed.admit(atNanos: 60 * Self.second) == nil)
        healed.succeeded()
        #expect(healed.state == .closed && healed.admit(atNanos: 7 * Self.second) != nil)

        let sick = tripped()
        _ = try #require(sick.admit(atNanos: 6 * Self.second))
        sick.failed(atNanos: 7 * Self.second)
        #expect(sick.state == .open)
        #expect(sick.admit(atNanos: 11 * Self.second) == nil)
        #expect(sick.admit(atNanos: 12 * Self.second) != nil)
    }

    @Test func aProbeGivenUpLeavesTheChanceToTheNext() throws {
        let breaker = tripped()
        let permit = try #require(breaker.admit(atNanos: 6 * Self.second))
        breaker.abandoned(permit)
        #expect(breaker.state == .open)
        #expect(breaker.admit(atNanos: 6 * Self.second) != nil)
        // One that is not a probe changes nothing.
        let closed = CircuitBreaker(failuresMax: 1, probeAfterMs: 1)
        let ordinary = try #require(closed.admit(atNanos: 0))
        closed.abandoned(ordinary)
        #expect(closed.state == .closed)
    }
}
