import CallSimulator
import Configuration
import Engines
import Foundation
import Options
import Testing

@Suite struct LimitTests {
    private func voice(_ daemon: TestDaemon, _ sid: String) async throws -> HTTPAnswer {
        try await daemon.form("/twilio/voice", [("CallSid", sid), ("To", "+15551234567")])
    }

    /// A stream that would begin now: how it is closed.
    private func stream(_ daemon: TestDaemon, _ sid: String) async throws -> PeerClose? {
        try await daemon.withStream { peer in
            peer.begin(sid)
            return peer.closing()
        }
    }

    @Test func moreCallsThanAllowedAreBusy() async throws {
        let daemon = try await TestDaemon.start { $0.limits.maxCalls = 1 }
        let script = try CallerScript.turns(["speech/yes.rms", "speech/no.rms"])
        async let live = daemon.call(script)
        #expect(await daemon.waitForCalls(1))
        let busy = try await voice(daemon, "CAbusy")
        #expect(busy.status == 200 && busy.body.contains("All our lines are busy"))
        #expect(busy.body.contains("<Hangup/>") && !busy.body.contains("<Stream"))
        #expect(await daemon.logs("call refused: limits.maxCalls are live", "CAbusy"))
        #expect(
            try await stream(daemon, "b1") == PeerClose(code: 1013, reason: "all lines are busy"))
        #expect(await daemon.logs("stream refused: limits.maxCalls are live", "CAb1"))
        let result = await live
        #expect(result.faults == [])
        // The line is free again.
        #expect(await daemon.waitForCalls(0))
        #expect(try await voice(daemon, "CAfree").body.contains("<Stream"))
        try await daemon.stop()
    }

    @Test func moreWebhooksThanAllowedAreToldToWait() async throws {
        let daemon = try await TestDaemon.start { $0.limits.webhooksPerSecond = 1 }
        let body = "CallSid=CA1&To=%2B15551234567"
        let request =
            "POST /twilio/voice HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n"
        let port = daemon.port
        let answer = try await blocking {
            let peer = try RawPeer(port: port)
            // Eight at once on one connection, so that no clock comes between them.
            let one = request + "\r\n" + body
            peer.send(
                String(repeating: one, count: 7) + request + "Connection: close\r\n\r\n" + body)
            return peer.answer()
        }
        #expect(answer.status == 200)
        let refused = answer.body.components(separatedBy: "HTTP/1.1 429").count - 1
        #expect(refused >= 5)
        #expect(answer.body.contains("Retry-After: 1"))
        #expect(await daemon.logs("call refused: more than limits.webhooksPerSecond", "CA1"))
        try await daemon.stop()
    }

    @Test func aCallThatIsTooLongEndsWithAGoodbye() async throws {
        let daemon = try await TestDaemon.start { $0.limits.callSeconds = 10 }
        let result = await daemon.call(
            CallerScript([.waitForAgent(pauseMs: 100), .silence(ms: 60_000)]))
        #expect(
            result.end == .closedByAgent(code: 1000, reason: "the conversation has ended"))
        #expect(result.receivedByteCount == 2 * 4800, "greeting and goodbye")
        #expect(result.gapCount == 0 && result.frameCount >= 500)
        #expect(await daemon.logs("call ended", result.callSid, "timeLimit"))
        let after = try await daemon.form("/twilio/after", [("CallSid", result.callSid)])
        #expect(after.status == 200)
        #expect(after.body.contains("<Hangup/>") && !after.body.contains("<Connect"))
        try await daemon.stop()
    }

    @Test func aDrainedDaemonTakesNobodyAndLetsCallsFinish() async throws {
        let daemon = try await TestDaemon.start()
        let script = try CallerScript.turns(["speech/yes.rms", "speech/no.rms"])
        async let live = daemon.call(script)
        #expect(await daemon.waitForCalls(1))
        daemon.daemon.drain()
        #expect(try await daemon.get("/readyz").status == 503)
        #expect(try await daemon.get("/healthz").status == 200)
        #expect(try await voice(daemon, "CAlate").body.contains("All our lines are busy"))
        #expect(try await stream(daemon, "d1")?.code == 1013)
        let result = await live
        #expect(result.faults == [] && result.turns.count == 2)
        try await blocking { daemon.daemon.waitUntilIdle() }
        #expect(daemon.daemon.liveCallCount == 0)
        #expect(await daemon.logs(1, "draining", "calls=1"))
        #expect(daemon.lines(["calls cut off"]).isEmpty)
        try await daemon.stop()
    }

    @Test func aBrokenStreamIsConnectedAgainThreeTimesAtMost() async throws {
        let daemon = try await TestDaemon.start()
        func after(_ query: String) async throws -> String {
            try await daemon.form(
                "/twilio/after" + query, [("CallSid", "CAbroken"), ("To", "+15551234567")]
            ).body
        }
        #expect(try await voice(daemon, "CAbroken").body.contains("/twilio/after?attempt=1"))
        let second = try await after("?attempt=1")
        #expect(second.contains("<Stream") && second.contains("/twilio/after?attempt=2"))
        let third = try await after("?attempt=2")
        #expect(third.contains("<Stream") && third.contains("/twilio/after?attempt=3"))
        let last = try await after("?attempt=3")
        #expect(!last.contains("<Stream"))
        #expect(last.contains("technical problem") && last.contains("<Hangup/>"))
        #expect(await daemon.logs(2, "WARNING stream broke", "CAbroken"))
        #expect(await daemon.logs(1, "ERROR stream broke again", "CAbroken"))
        try await daemon.stop()
    }

    @Test func aCallerWhoAsksForAPersonIsDialledThrough() async throws {
        let daemon = try await TestDaemon.start {
            $0.stt[0][\FixedSpeechToTextSettings.text] = "can I speak to someone please"
            $0.llm = [EngineSettings(ScriptedSettings())]
            $0.assistants[0].handOverNumber = "+15559998888"
        }
        let result = await daemon.call(
            CallerScript(
                [
                    .say(try Fixture.utterance("speech/speak-to-someone.rms"), pauseMs: 200),
                    .silence(ms: 60_000),
                ], answerTimeoutMs: 30_000))
        #expect(
            result.end == .closedByAgent(code: 1000, reason: "the conversation has ended"))
        let after = try await daemon.form("/twilio/after", [("CallSid", result.callSid)]).body
        #expect(after.contains("<Dial") && after.contains("+15559998888"))
        #expect(!after.contains("<Stream"))
        try await daemon.stop()
    }

    /// Otherwise a good peer would be cut off for what is sent to it at once.
    @Test func theOutboundBoundHoldsTheLead() throws {
        let yaml = """
            buffers: {leadMs: 2000, outboundBytesMax: 16384}
            assistants: [{id: concya}]
            defaultAssistant: concya
            """
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.parse(yaml: yaml, file: "f.yaml")
        }
        #expect(error?.description.hasPrefix("f.yaml:1:43: buffers.outboundBytesMax") == true)
    }
}
