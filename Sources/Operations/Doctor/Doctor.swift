import Configuration
import Foundation
import Net
import Twilio

/// Looks over the whole set-up before it goes live. One thread at a time.
///
/// Each aspect is in a file of its own; an aspect that is not configured says nothing, or that it is
/// not.
public final class Doctor {
    /// One line of the report.
    public struct Finding: Sendable, Equatable {
        public enum Verdict: String, Sendable {
            /// As it should be.
            case ok
            /// Works, but not as a live set-up should.
            case warning
            /// Calls or messages would fail.
            case failed
        }
        public var verdict: Verdict
        /// What was looked at.
        public var subject: String
        /// What was found.
        public var detail: String
        /// What to do about it; empty where nothing is to be done.
        public var remedy: String

        public init(verdict: Verdict, subject: String, detail: String, remedy: String) {
            self.verdict = verdict
            self.subject = subject
            self.detail = detail
            self.remedy = remedy
        }
    }

    package let configuration: Configuration
    package let secrets: Secrets
    package let client: WaitingClient
    /// Nil where no credentials are set.
    package let rest: TwilioREST?

    /// How Twilio reaches us, without a slash at its end; empty where that is not configured.
    package var publicURL: String {
        let url = configuration.twilio.publicURL
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Twilio's API and our own public address have this long to answer.
    package static let answerMs = 10_000

    /// - Throws: `NetError` where no event loop can be made.
    public init(configuration: Configuration, secrets: Secrets) throws {
        self.configuration = configuration
        self.secrets = secrets
        client = try WaitingClient()
        rest =
            secrets.accountSid.isEmpty || secrets.authToken.isEmpty
            ? nil
            : TwilioREST(
                baseURL: configuration.twilio.restURL, accountSid: secrets.accountSid,
                authToken: secrets.authToken, timeoutMs: Self.answerMs)
    }

    /// Runs all checks, once, in an order in which a first fault explains later ones. Blocking, some
    /// seconds.
    /// - Parameter tell: hears each finding as soon as it is made.
    public func examine(telling tell: (Finding) -> Void = { _ in }) -> [Finding] {
        defer { client.close() }
        var findings: [Finding] = []
        let checks: [() -> [Finding]] = [
            signatures, account, numbers, address, apiTokens, stores, disk, models, engines,
        ]
        for check in checks {
            let found = check()
            for finding in found { tell(finding) }
            findings += found
        }
        return findings
    }

    package func ok(_ subject: String, _ detail: String) -> Finding {
        Finding(verdict: .ok, subject: subject, detail: detail, remedy: "")
    }
    package func warn(_ subject: String, _ detail: String, remedy: String) -> Finding {
        Finding(verdict: .warning, subject: subject, detail: detail, remedy: remedy)
    }
    package func fail(_ subject: String, _ detail: String, remedy: String) -> Finding {
        Finding(verdict: .failed, subject: subject, detail: detail, remedy: remedy)
    }

    // MARK: - Trust

    private func signatures() -> [Finding] {
        let subject = "signatures"
        if !configuration.twilio.validateSignatures {
            return [
                warn(
                    subject, "not checked: anybody can call",
                    remedy: "set twilio.validateSignatures: true before going live")
            ]
        }
        if secrets.authToken.isEmpty {
            return [
                fail(
                    subject, "TWILIO_AUTH_TOKEN is not set",
                    remedy: "put it into .env or the environment; it is in the Twilio console")
            ]
        }
        return [ok(subject, "checked with TWILIO_AUTH_TOKEN")]
    }

    private static let tokenCharactersMin = 16

    private func apiTokens() -> [Finding] {
        let subject = "api tokens"
        if secrets.apiTokens.isEmpty {
            return [ok(subject, "none: the pages of calls are closed to everybody")]
        }
        guard secrets.apiTokens.allSatisfy({ $0.count >= Self.tokenCharactersMin }) else {
            return [
                warn(
                    subject, "one is shorter than \(Self.tokenCharactersMin) characters",
                    remedy: "make tokens with: openssl rand -hex 32")
            ]
        }
        return [ok(subject, "\(secrets.apiTokens.count) let programs ask about calls")]
    }
}
