import Daemon
import Foundation
import Net
import Realtime
import Twilio

/// The account at Twilio, and the clock by which its answers are dated.
extension Doctor {
    package func account() -> [Finding] {
        let subject = "credentials"
        guard let rest else {
            let missing = [
                ("TWILIO_ACCOUNT_SID", secrets.accountSid),
                ("TWILIO_AUTH_TOKEN", secrets.authToken),
            ].filter { $0.1.isEmpty }.map(\.0).joined(separator: " and ")
            let remedy = "put \(missing) into .env or the environment; see the Twilio console"
            // Without signatures this is a trial on one machine.
            return [
                configuration.twilio.validateSignatures
                    ? fail(subject, "\(missing) not set: no messages can be sent", remedy: remedy)
                    : warn(subject, "\(missing) not set: no messages can be sent", remedy: remedy)
            ]
        }
        switch client.send(rest.fetchAccount()) {
        case .failure(let error):
            return [
                fail(
                    subject, "Twilio's REST API was not reached: \(error)",
                    remedy: "check the network and twilio.restURL (\(configuration.twilio.restURL))"
                )
            ]
        case .success(let response): return [credentials(response), clock(response)]
        }
    }

    private func credentials(_ response: HTTPClientResponse) -> Finding {
        let subject = "credentials"
        let sid = MaskedSid.text(secrets.accountSid)
        if [401, 403, 404].contains(response.status) {
            return fail(
                subject, "Twilio refuses them for account \(sid) (status \(response.status))",
                remedy: "copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN anew from the Twilio console"
            )
        }
        guard let account = TwilioAccount(status: response.status, body: response.body) else {
            return fail(
                subject, "the answer of status \(response.status) is none of Twilio's",
                remedy: "check twilio.restURL (\(configuration.twilio.restURL)), or try again later"
            )
        }
        guard account.status == "active" else {
            return fail(
                subject, "account \(sid) is \(account.status)",
                remedy: "see the Twilio console why, and have it made active")
        }
        return ok(subject, "right; account \(sid) \"\(account.name)\" is active")
    }

    /// Beyond this, records carry times that puzzle people.
    private static let clockSecondsMax = 5
    /// Beyond this, certificates and reservations go wrong.
    private static let clockSecondsBroken = 60

    private func clock(_ response: HTTPClientResponse) -> Finding {
        let subject = "clock"
        let remedy = "switch time synchronisation on (timedatectl set-ntp true)"
        guard let text = response.headers["Date"], let date = HTTPDate.seconds(text) else {
            return warn(
                subject, "Twilio's answer has no date to compare with", remedy: "check it yourself")
        }
        let ahead = WallClock.nowSeconds() - date
        let words = "\(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind") Twilio's"
        if abs(ahead) > Self.clockSecondsBroken { return fail(subject, words, remedy: remedy) }
        if abs(ahead) > Self.clockSecondsMax { return warn(subject, words, remedy: remedy) }
        return ok(subject, "agrees with Twilio's within \(Self.clockSecondsMax) s")
    }
}

/// The dates of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
package enum HTTPDate {
    /// Seconds since 1970-01-01T00:00Z; nil for what is not a date.
    package static func seconds(_ text: String) -> Int64? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).map { Int64($0.timeIntervalSince1970) }
    }
}
