import CallSimulator
import Engines
import Foundation
import Testing
import Wire

/// Streams that break the rules. One daemon serves all cases at once, and a well-behaved call goes
/// on beside each of them.
@Suite struct BadStreamTests {
    /// What a peer does after its handshake, and what it gets for it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: UInt16
        let logged: String
        let act: @Sendable (RawPeer, _ sid: String) -> Void
    }

    static let daemon = Task {
        try await TestDaemon.start {
            $0.twilio.stallMs = 4000
            $0.twilio.messageBytesMax = 4096
            $0.limits.startTimeoutMs = 1000
        }
    }

    static let cases: [Case] = [
        Case(testDescription: "truncated JSON", code: 1007, logged: "the message ends inside") {
            $0.begin($1)
            $0.text("{\"event\":\"media\",\"streamSid\":\"MZ")
        },
        Case(testDescription: "not JSON", code: 1007, logged: "not a Media Streams message: byte 0")
        {
            $0.begin($1)
            $0.text("hello?")
        },
        Case(testDescription: "not UTF-8", code: 1007, logged: "socket closed with 1007") {
            $0.begin($1)
            $0.frame(1, [0x7b, 0xff, 0xfe, 0x7d])
        },
        Case(testDescription: "oversized message", code: 1009, logged: "socket closed with 1009") {
            $0.begin($1)
            $0.text(String(repeating: " ", count: 70_000))
        },
        Case(testDescription: "binary frame", code: 1003, logged: "a binary frame of 3 bytes") {
            $0.begin($1)
            $0.frame(2, [1, 2, 3])
        },
        Case(testDescription: "wrong streamSid", code: 1002, logged: "has streamSid \"MZother\"") {
            $0.begin($1)
            $0.text(
                "{\"event\":\"media\",\"streamSid\":\"MZother\",\"media\":{\"track\":\"inbound\","
                    + "\"chunk\":\"1\",\"timestamp\":\"0\",\"payload\":\"////\"}}")
        },
        Case(testDescription: "start twice", code: 1002, logged: "a second `start`") {
            $0.begin($1)
            $0.start()
        },
        Case(testDescription: "bad Base64", code: 1007, logged: "is not Base64") {
            $0.begin($1)
            $0.text(
                "{\"event\":\"media\",\"streamSid\":\"MZ\($1)\",\"media\":{\"track\":\"inbound\","
                    + "\"chunk\":\"1\",\"timestamp\":\"0\",\"payload\":\"!!!!\"}}")
        },
        Case(testDescription: "stall", code: 1008, logged: "no audio for 4000 ms") {
            $0.begin($1)
            for _ in 0..<5 { $0.media() }
        },
    ]

    @Test(arguments: cases)
    func theStreamIsClosedAndOthersGoOn(_ bad: Case) async throws {
        let daemon = try await Self.daemon.value
        let sid = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        let seen = try await withWitness(daemon) {
            try await daemon.withStream { peer -> PeerClose? in
                bad.act(peer, sid)
                return peer.closing()
            }
        }
        #expect(seen?.code == bad.code)
        #expect(await daemon.logs("CA" + sid, bad.logged), "\(daemon.lines([sid]))")
        #expect(await daemon.logs("call ended", "CA" + sid))
    }

    @Test func mediaBeforeStart() async throws {
        let daemon = try await Self.daemon.value
        let seen = try await withWitness(daemon) {
            try await daemon.withStream { peer -> PeerClose? in
                peer.media()
                return peer.closing()
            }
        }
        #expect(seen?.code == 1002 && seen?.reason.contains("`media` before `start`") == true)
        #expect(await daemon.logs("WARNING stream closed", "`media` before `start`"))
    }

    @Test func aStreamThatNeverStarts() async throws {
        let daemon = try await Self.daemon.value
        let seen = try await withWitness(daemon) {
            try await daemon.withStream { $0.closing() }
        }
        #expect(seen?.code == 1008 && seen?.reason.contains("no `start` within") == true)
        #expect(await daemon.logs("WARNING stream closed", "no `start` within 1000 ms"))
    }

    @Test func anUnknownEventIsIgnoredAndLoggedOnce() async throws {
        let daemon = try await Self.daemon.value
        let sid = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        let seen = try await withWitness(daemon) {
            try await daemon.withStream { peer -> PeerClose? in
                peer.begin(sid)
                for _ in 0..<3 { peer.text("{\"event\":\"weather\",\"streamSid\":\"MZ\(sid)\"}") }
                peer.media()
                peer.stop()
                return peer.closing()
            }
        }
        #expect(seen?.code == 1000)
        #expect(await daemon.logs("call ended", "CA" + sid, "caller hung up"))
        #expect(await daemon.logs(1, "unknown event ignored", "CA" + sid, "event=weather"))
    }

    @Test func aPeerThatVanishes() async throws {
        let daemon = try await Self.daemon.value
        let sid = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        try await withWitness(daemon) {
            try await daemon.withStream { peer in
                peer.begin(sid)
                _ = peer.next()
                peer.reset()
            }
        }
        #expect(await daemon.logs("call ended", "CA" + sid, "socket closed with 1006"))
    }

    @Test func aPeerThatStopsReading() async throws {
        let daemon = try await TestDaemon.start {
            $0.buffers.outboundBytesMax = 32_768
            $0.tts[0][\FixedTextToSpeechSettings.clipMs] = 60_000
        }
        let sid = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        let deaf = Task {
            try await daemon.withStream(receiveBytes: 2048) { peer in
                peer.begin(sid)
                // Sends on as a caller would, and never reads.
                for _ in 0..<1500 {
                    guard peer.media() else { return true }
                    usleep(20_000)
                }
                return false
            }
        }
        // The witness cuts a minute of greeting short and gets its answer all the same.
        let result = await daemon.call(
            CallerScript(
                [
                    .bargeIn(try Fixture.utterance("speech/book-a-table.rms"), afterMs: 500),
                    .silence(ms: 2000), .hangUp,
                ], answerTimeoutMs: 30_000))
        #expect(result.faults == [])
        #expect(result.clearCount == 1)
        #expect(await daemon.logs("WARNING stream closed", "stopped reading", "CA" + sid))
        #expect(await daemon.logs("call ended", "CA" + sid, "the peer stopped reading"))
        #expect(try await deaf.value, "the socket was cut")
        #expect(await daemon.waitForCalls(0))
        try await daemon.stop()
    }
}

/// Runs something nasty while a good call is live, and checks that the call noticed nothing.
@discardableResult
func withWitness<Value: Sendable>(
    _ daemon: TestDaemon, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @Sendable () async throws -> Value
) async throws -> Value {
    let script = try CallerScript.turns(["speech/yes.rms", "speech/tomorrow.rms"])
    var options = TestDaemon.options(script)
    options.streamURL = daemon.stream
    let placed = options
    async let witness = SimulatedCall.run(placed, on: daemon.callers.loops[0])
    #expect(await daemon.logs("stream connected", placed.callSid), sourceLocation: sourceLocation)
    let value = try await body()
    let result = await witness
    #expect(result.faults == [], sourceLocation: sourceLocation)
    #expect(result.receivedByteCount == 3 * 4800, sourceLocation: sourceLocation)
    return value
}
