import CallSimulator
import Foundation
import Testing
import Wire

/// Traces go to an OpenTelemetry collector, and calls do not care whether it is there.
@Suite struct TraceTests {
    @Test func aCallIsATrace() async throws {
        // The first request is refused for the moment: nothing may be lost by that.
        let collector = try TraceCollector(failures: 1)
        let endpoint = collector.endpoint
        let daemon = try await TestDaemon.start {
            $0.telemetry.otlpEndpoint = endpoint
            $0.telemetry.flushMs = 20
        }
        let result = await daemon.call(try .turns(["speech/yes.rms", "speech/no.rms"]))
        #expect(result.faults == [])
        #expect(await daemon.logs("call ended", result.callSid))
        try await daemon.stop()
        let requests = try collector.stop()
        #expect(requests.allSatisfy { $0["path"]?.stringValue == "/v1/traces" })
        #expect(requests.allSatisfy { $0["type"]?.stringValue == "application/json" })

        let spans = TraceCollector.spans(requests)
        let call = try #require(spans.first { $0.name == "call" })
        #expect(spans.count { $0.name == "call" } == 1)
        #expect(call.attribute("call.sid")?["stringValue"]?.stringValue == result.callSid)
        #expect(call.attribute("turns")?["intValue"]?.stringValue == "3")
        #expect(spans.allSatisfy { $0.traceID == call.traceID && $0.traceID.count == 32 })
        #expect(Set(spans.map(\.spanID)).count == spans.count, "no span twice")
        #expect(spans.allSatisfy { $0.spanID.count == 16 && $0.endNanos >= $0.startNanos })

        // The greeting and two answers.
        let turns = spans.filter { $0.name == "turn" }
        #expect(turns.count == 3 && turns.allSatisfy { $0.parentID == call.spanID })
        #expect(turns.allSatisfy { $0.startNanos >= call.startNanos })
        let spoken = turns.filter {
            $0.attribute("input")?["stringValue"]?.stringValue == "speech"
        }
        #expect(spoken.count == 2)
        for turn in spoken {
            let stages = spans.filter { $0.parentID == turn.spanID }
            #expect(
                Set(stages.map(\.name)) == ["endpoint", "transcript", "reply", "speech", "playout"])
            let endpoint = try #require(stages.first { $0.name == "endpoint" })
            #expect(endpoint.startNanos == turn.startNanos)
            #expect(endpoint.endNanos - endpoint.startNanos >= 300_000_000)
        }
        // What was said is nobody's business there.
        let text = requests.map { String(decoding: $0.encoded(), as: UTF8.self) }.joined()
        #expect(!text.contains("set reply"))
    }

    @Test func aCollectorThatRefusesIsNotAskedAgain() async throws {
        let collector = try TraceCollector(status: 400)
        let endpoint = collector.endpoint
        let daemon = try await TestDaemon.start {
            $0.telemetry.otlpEndpoint = endpoint
            $0.telemetry.flushMs = 20
        }
        let result = await daemon.call(try .turns(["speech/yes.rms"]))
        #expect(result.faults == [])
        #expect(await daemon.logs("traces not taken", "status 400"))
        #expect(try await daemon.metric("streamd_trace_spans_dropped_total") ?? 0 > 0)
        #expect(try await daemon.metric("streamd_trace_spans_sent_total") == 0)
        try await daemon.stop()
        #expect(try collector.stop().isEmpty)
    }

    @Test func aCollectorThatIsNotThereHoldsNothingUp() async throws {
        let daemon = try await TestDaemon.start {
            $0.telemetry.otlpEndpoint = "http://127.0.0.1:9"
            $0.telemetry.flushMs = 20
            $0.telemetry.spansMax = 16
        }
        let result = await daemon.call(try .turns(["speech/yes.rms"]))
        #expect(result.faults == [])
        #expect(await daemon.logs("call ended", result.callSid))
        try await daemon.stop()
    }

    @Test func everyTurnIsOneLineOfJSON() async throws {
        let daemon = try await TestDaemon.start()
        let result = await daemon.call(try .turns(["speech/yes.rms"]))
        #expect(await daemon.logs("call ended", result.callSid))
        let records = try daemon.lines([" turn {", result.callSid]).map { line in
            let object = Array(line.drop { $0 != "{" }.utf8)
            return try JSONValue(parsing: object.span)
        }
        #expect(records.count == 2)
        let answer = try #require(records.first { $0["turn"]?.intValue == 1 })
        #expect(answer["outcome"]?.stringValue == "heard")
        #expect(answer["input"]?.stringValue == "speech")
        #expect(answer["heard"]?.stringValue == answer["agent"]?.stringValue)
        let times = try [
            "endpoint", "transcript", "firstPart", "firstSentence", "firstSpeech", "firstFrameSent",
            "firstFramePlayed", "finished",
        ].map { try #require(answer["ms"]?[$0]?.doubleValue, "\($0)") }
        #expect(times[5] >= times[0] && times[6] >= times[5] && times[7] >= times[6])
        #expect(try await daemon.metric("streamd_stt_ms_count") ?? 0 >= 1)
        #expect(try await daemon.metric("streamd_llm_ms_count") ?? 0 >= 1)
        #expect(try await daemon.metric("streamd_tts_ms_count") ?? 0 >= 1)
        #expect(try await daemon.metric("streamd_endpoint_ms_count") ?? 0 >= 1)
        #expect(try await daemon.metric("streamd_transcripts_wasted_total") != nil)
        try await daemon.stop()
    }
}
