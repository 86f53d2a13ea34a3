import Assembly
import Calls
import Telemetry

// What the features of this target are handed: no more than each needs.

/// What streams of audio need.
package struct StreamContext: Sendable {
    package let trust: TrustCheck
    package let lines: Lines
    package let business: Business
    package let calls: CallSession.Context
    package let tell: Telling

    package init(
        trust: TrustCheck, lines: Lines, business: Business, calls: CallSession.Context,
        tell: Telling
    ) {
        self.trust = trust
        self.lines = lines
        self.business = business
        self.calls = calls
        self.tell = tell
    }
}

/// What webhooks of calls and messages need.
package struct WebhookContext: Sendable {
    package let trust: TrustCheck
    package let lines: Lines
    package let business: Business
    package let turns: Turns
    package let tell: Telling

    package init(
        trust: TrustCheck, lines: Lines, business: Business, turns: Turns, tell: Telling
    ) {
        self.trust = trust
        self.lines = lines
        self.business = business
        self.turns = turns
        self.tell = tell
    }
}

/// Turns that are being answered, by webhook and by text. Any thread.
package struct Turns: Sendable {
    package let pending = PendingTurns()
    /// One message of a customer after the other.
    package let textGate = KeyedQueue()

    package init() {}

    package var count: Int { pending.count + textGate.count }
}

/// What the sender of confirmations needs.
package struct OutboxContext: Sendable {
    package let business: Business
    package let account: TwilioAccount
    package let tell: Telling

    package init(business: Business, account: TwilioAccount, tell: Telling) {
        self.business = business
        self.account = account
        self.tell = tell
    }
}

/// The account at Twilio that messages are sent by.
package struct TwilioAccount: Sendable {
    package let sid: String
    package let authToken: String

    /// Nil where either is missing.
    package init?(sid: String, authToken: String) {
        guard !sid.isEmpty, !authToken.isEmpty else { return nil }
        self.sid = sid
        self.authToken = authToken
    }
}
