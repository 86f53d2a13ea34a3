import CallSimulator
import Foundation
import Options
import Testing
import Twilio

@Suite struct TrustTests {
    static let token = "a secret of the account"
    static let base = "https://voice.example.com"
    static let daemon = Task {
        try await TestDaemon.start(token: token) { $0.twilio.publicURL = base }
    }

    private static func newSid() -> String { String(UInt64.random(in: 1...UInt64.max), radix: 16) }

    private static var handshake: [String] {
        let signature = TwilioSignature.sign(
            url: "wss://voice.example.com/twilio/stream", authToken: token)
        return ["\(TwilioSignature.headerName): \(signature)"]
    }

    /// A signed webhook for the call; returns the token of its stream.
    private func streamToken(_ daemon: TestDaemon, sid: String) async throws -> String {
        let answer = try await daemon.form(
            "/twilio/voice", [("CallSid", "CA" + sid), ("To", "+15551234567")],
            url: Self.base + "/twilio/voice", token: Self.token)
        #expect(answer.status == 200)
        let target = try #require(TwiMLReader.stream(in: Array(answer.body.utf8)))
        #expect(target.url == "wss://voice.example.com/twilio/stream")
        return try #require(target.parameters["token"])
    }

    /// Starts a stream with these parameters, hangs up at once; how it was closed.
    private func start(
        _ daemon: TestDaemon, sid: String, _ parameters: [String: String]
    ) async throws -> PeerClose? {
        try await daemon.withStream(headers: Self.handshake) { peer in
            peer.begin(sid, parameters: parameters)
            peer.media()
            peer.stop()
            return peer.closing()
        }
    }

    @Test func aSignedCallIsTaken() async throws {
        let daemon = try await Self.daemon.value
        let result = await daemon.call(try .turns(["speech/yes.rms"])) {
            $0.authToken = Self.token
            $0.signedWebhookURL = Self.base + "/twilio/voice"
            $0.streamURL = daemon.stream
        }
        #expect(result.faults == [])
        #expect(result.turns.count == 1)
    }

    @Test func webhooksWithoutTheRightSignatureAreRefused() async throws {
        let daemon = try await Self.daemon.value
        let fields = [(name: "CallSid", value: "CA1"), (name: "To", value: "+15551234567")]
        for path in ["/twilio/voice", "/twilio/after", "/twilio/status"] {
            #expect(try await daemon.form(path, fields).status == 403)
            let wrong = try await daemon.form(
                path, fields, url: Self.base + path, token: "another secret")
            #expect(wrong.status == 403)
            #expect(!wrong.body.contains(Self.token))
            #expect(
                await daemon.logs(2, "webhook refused", "X-Twilio-Signature", "path=\(path)"))
        }
        // The same words under another address.
        let moved = try await daemon.form(
            "/twilio/voice", fields, url: "https://evil.example.com/twilio/voice", token: Self.token
        )
        #expect(moved.status == 403)
        #expect(daemon.lines([Self.token]).isEmpty)
    }

    @Test func handshakesWithoutTheRightSignatureAreRefused() async throws {
        let daemon = try await Self.daemon.value
        let port = daemon.port
        let statuses = try await blocking {
            let wrong = TwilioSignature.sign(
                url: "wss://voice.example.com/twilio/stream", authToken: "another secret")
            return [
                try RawPeer(port: port).upgrade(),
                try RawPeer(port: port).upgrade(headers: ["X-Twilio-Signature: \(wrong)"]),
                try RawPeer(port: port).upgrade(headers: Self.handshake),
            ]
        }
        #expect(statuses == [403, 403, 101])
        #expect(await daemon.logs("stream refused", "X-Twilio-Signature"))
    }

    @Test func aStreamNeedsItsToken() async throws {
        let daemon = try await Self.daemon.value
        let none = Self.newSid()
        #expect(try await start(daemon, sid: none, [:])?.code == 1008)
        #expect(await daemon.logs("stream refused: token unknown", "CA" + none))
        let wrong = Self.newSid()
        #expect(try await start(daemon, sid: wrong, ["token": "guessed"])?.code == 1008)
        #expect(await daemon.logs("stream refused: token unknown", "CA" + wrong))
    }

    @Test func aTokenIsGoodForOneStreamOfItsCall() async throws {
        let daemon = try await Self.daemon.value
        let sid = Self.newSid()
        let parameters = ["token": try await streamToken(daemon, sid: sid)]
        let other = Self.newSid()
        #expect(try await start(daemon, sid: other, parameters)?.code == 1008)
        #expect(await daemon.logs("stream refused: token otherCall", "CA" + other))
        // The attempt of the other call has not used it up.
        #expect(try await start(daemon, sid: sid, parameters)?.code == 1000)
        #expect(await daemon.logs("call ended", "CA" + sid, "caller hung up"))
        #expect(try await start(daemon, sid: sid, parameters)?.code == 1008)
        #expect(await daemon.logs("stream refused: token alreadyUsed", "CA" + sid))
        #expect(daemon.lines([parameters["token"] ?? ""]).isEmpty, "tokens are not logged")
    }

    @Test func withoutValidationStreamsNeedNoToken() async throws {
        let daemon = try await TestDaemon.start {
            var second = $0.assistants[0]
            second.id = "second"
            $0.assistants.append(second)
        }
        func start(_ sid: String, _ parameters: [String: String]) async throws -> PeerClose? {
            try await daemon.withStream { peer in
                peer.begin(sid, parameters: parameters)
                peer.stop()
                return peer.closing()
            }
        }
        #expect(try await start("a1", [:])?.code == 1000)
        #expect(await daemon.logs("stream connected", "call=CAa1 ", "assistant=concya"))
        #expect(try await start("a2", ["assistant": "second"])?.code == 1000)
        #expect(await daemon.logs("stream connected", "call=CAa2 ", "assistant=second"))
        #expect(try await start("a3", ["assistant": "nobody"])?.code == 1008)
        #expect(await daemon.logs("stream refused: it names no known", "CAa3", "assistant=nobody"))
        // A wrong token is refused all the same.
        #expect(try await start("a4", ["token": "guessed"])?.code == 1008)
        #expect(await daemon.logs("stream refused: token unknown", "CAa4"))
        try await daemon.stop()
    }

    @Test func withoutATokenItDoesNotStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            _ = try await TestDaemon.start { $0.twilio.validateSignatures = true }
        }
        #expect(error?.description.contains("TWILIO_AUTH_TOKEN is not set") == true)
    }
}
