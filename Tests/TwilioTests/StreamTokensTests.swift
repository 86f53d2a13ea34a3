import Foundation
import Synchronization
import Testing
import Twilio

@Suite struct StreamTokensTests {
    private let lifetimeNanos: UInt64 = 60_000_000_000

    @Test func aTokenIsGoodOnceForItsCall() throws {
        let tokens = StreamTokens()
        let token = try tokens.issue(callSid: "CA1", nowNanos: 5)
        #expect(token.count == 48)
        #expect(tokens.redeem(token, callSid: "CA2", nowNanos: 6) == .otherCall)
        #expect(tokens.redeem(token, callSid: "CA1", nowNanos: 6) == .accepted)
        #expect(tokens.redeem(token, callSid: "CA1", nowNanos: 7) == .alreadyUsed)
        #expect(tokens.redeem(token, callSid: "CA2", nowNanos: 7) == .alreadyUsed)
    }

    @Test func lateUnknownAndForgottenAreToldApart() throws {
        let tokens = StreamTokens()
        let token = try tokens.issue(callSid: "CA1", nowNanos: 0)
        #expect(tokens.redeem(token, callSid: "CA1", nowNanos: lifetimeNanos) == .expired)
        #expect(tokens.redeem(token, callSid: "CA1", nowNanos: 2 * lifetimeNanos - 1) == .expired)
        #expect(tokens.redeem(token, callSid: "CA1", nowNanos: 2 * lifetimeNanos) == .unknown)
        #expect(tokens.count == 0)
        let last = try tokens.issue(callSid: "CA1", nowNanos: 0)
        #expect(tokens.redeem(last, callSid: "CA1", nowNanos: lifetimeNanos - 1) == .accepted)
        for wrong in [
            "", "x", String(repeating: "0", count: 48), String(last.dropLast()), last + "0",
        ] {
            #expect(tokens.redeem(wrong, callSid: "CA1", nowNanos: 1) == .unknown)
        }
        // The right identifier with another secret.
        let forged = last.dropLast() + (last.hasSuffix("0") ? "1" : "0")
        #expect(tokens.redeem(String(forged), callSid: "CA1", nowNanos: 1) == .unknown)
    }

    @Test func theNumberIsBoundedAndRoomComesBack() throws {
        let tokens = StreamTokens(countMax: 100, lifetimeMs: 1000)
        for number in 0..<100 { _ = try tokens.issue(callSid: "\(number)", nowNanos: 0) }
        #expect(throws: StreamTokens.IssueError.tooMany(limit: 100)) {
            _ = try tokens.issue(callSid: "x", nowNanos: 1_999_999_999)
        }
        for round in UInt64(1)...20 {
            let now = round * 2_000_000_000
            var made: Set<String> = []
            for number in 0..<100 {
                made.insert(try tokens.issue(callSid: "\(number)", nowNanos: now))
            }
            #expect(made.count == 100)
            #expect(tokens.count == 100)
        }
    }

    @Test func ofManyThreadsOneUsesAToken() async throws {
        let tokens = StreamTokens()
        for _ in 0..<50 {
            let token = try tokens.issue(callSid: "CA1", nowNanos: 0)
            let verdicts = await withTaskGroup(of: StreamTokens.Verdict.self) { group in
                for _ in 0..<8 {
                    group.addTask { tokens.redeem(token, callSid: "CA1", nowNanos: 1) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.count { $0 == .accepted } == 1)
            #expect(verdicts.count { $0 == .alreadyUsed } == 7)
        }
    }
}
