import CAllocationCounter
import CallSimulator
import DSP
import Foundation
import Net
import Realtime
import Testing
import Twilio

/// What the test's agent saw and did; written on the loop, read after the call.
private final class AgentLog: Sendable {
    struct Entries {
        var marksReturned: [String] = []
        var digits: [String] = []
        var start: StreamStart?
        var sawStop = false
        var signature: String?
        var allocationsInQuietFrames: UInt64?
        var form: [String: String] = [:]
    }
    let entries = Locked(Entries())
}

/// A simple agent: greets, answers 100 ms after the end of speech, clears when talked over.
private final class TestAgent: WebSocketHandler {
    private let log: AgentLog
    private var session: MediaStreamSession
    private var writer: StreamMessageWriter?
    private var audio = [UInt8](repeating: 0, count: 8000)
    private var message = [UInt8](repeating: 0, count: 20_000)
    private var quietFrames = 0
    private var hasHeardSpeech = false
    private var playingUntilNanos: UInt64 = 0
    private var allocationsAtBegin: UInt64 = 0

    init(_ log: AgentLog) {
        self.log = log
        session = MediaStreamSession(openedAtNanos: 0)
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        let event = audio.withUnsafeMutableBytes {
            session.receive(bytes, nowNanos: 0, audio: $0)
        }
        switch event {
        case .started(let start):
            writer = StreamMessageWriter(streamSid: start.streamSid)
            log.entries.withLock { $0.start = start }
            speak(300, "greeting", socket)
        case .audio(let heard): hear(heard.byteCount, socket)
        case .mark(let count):
            let name = String(decoding: audio[..<count], as: UTF8.self)
            log.entries.withLock { $0.marksReturned.append(name) }
        case .dtmf(let digit): log.entries.withLock { $0.digits.append(digit) }
        case .stopped: log.entries.withLock { $0.sawStop = true }
        case .violation(let violation):
            socket.close(code: violation.closeCode, reason: violation.closeReason)
        case .connected, .ignored: break
        }
    }

    private func hear(_ count: Int, _ socket: WebSocket) {
        let isSpeech = audio[..<count].contains { $0 < 0x60 }
        let now = socket.loop.nowNanos
        if isSpeech {
            quietFrames = 0
            hasHeardSpeech = true
            if now < playingUntilNanos { clear(socket) }
            return
        }
        quietFrames += 1
        if hasHeardSpeech, quietFrames == 5 {
            hasHeardSpeech = false
            speak(400, "reply", socket)
        }
        // Far from any speech of either side, sending, receiving and pacing allocate nothing.
        if quietFrames == 60 { allocationsAtBegin = streamd_allocations_of_this_thread() }
        if quietFrames == 90 {
            let count = streamd_allocations_of_this_thread() - allocationsAtBegin
            log.entries.withLock { $0.allocationsInQuietFrames = count }
        }
    }

    private func speak(_ ms: Int, _ mark: String, _ socket: WebSocket) {
        guard let writer else { return }
        let speech = [UInt8](repeating: 0x20, count: ms * 8)
        message.withUnsafeMutableBytes { message in
            let media = speech.withUnsafeBytes { writer.writeMedia($0, into: message) } ?? 0
            _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<media]))
            let count = writer.writeMark(name: mark, into: message) ?? 0
            _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<count]))
        }
        playingUntilNanos = socket.loop.nowNanos + UInt64(ms) * 1_000_000
    }

    private func clear(_ socket: WebSocket) {
        playingUntilNanos = 0
        message.withUnsafeMutableBytes { message in
            let count = writer?.writeClear(into: message) ?? 0
            _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<count]))
        }
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {}
}

/// An HTTP server with the agent's webhook and stream.
private struct AgentServer {
    let group: EventLoopGroup
    let server: HTTPServer
    let log = AgentLog()

    init() throws {
        group = try EventLoopGroup(count: 1)
        let log = log
        server = try HTTPServer(group: group, options: HTTPServerOptions(host: "127.0.0.1")) { _ in
            { request, responder in
                if request.path == "/stream" {
                    let signature = request.headers[TwilioSignature.headerName]
                    log.entries.withLock { $0.signature = signature }
                    _ = responder.acceptWebSocket(handler: TestAgent(log))
                    return
                }
                guard request.path == "/voice", let form = try? request.formParameters() else {
                    return responder.respond(HTTPResponse(status: 404))
                }
                log.entries.withLock { entries in
                    for field in form { entries.form[field.name] = field.value }
                }
                let stream = TwiMLStream(
                    url: "ws://\(request.headers["Host"] ?? "")/stream",
                    parameters: [TwiMLParameter("token", "t&1")], allowsInsecureURL: true)
                let xml = (try? TwiML.response([.connect(stream)])) ?? ""
                responder.respond(
                    HTTPResponse(status: 200, contentType: TwiML.contentType, body: xml))
            }
        }
    }

    func stop() {
        server.close()
        group.shutdown()
    }
}

@Suite struct SimulatedCallTests {
    /// 200 ms of a loud tone-like square wave with 30 ms of silence around it.
    private let utterance = CallerUtterance(
        text: "hello",
        muLaw: [UInt8](repeating: 0xff, count: 240) + [UInt8](repeating: 0x10, count: 1600)
            + [UInt8](repeating: 0xff, count: 240), speechStart: 240, speechEnd: 1840)

    @Test func aWholeCallOverARealSocket() async throws {
        let agent = try AgentServer()
        defer { agent.stop() }
        let script = CallerScript([
            .say(utterance, pauseMs: 100), .bargeIn(utterance, afterMs: 100), .dtmf("7"),
            .waitForAgent(pauseMs: 60), .silence(ms: 1700), .hangUp,
        ])
        var options = SimulatedCallOptions(script: script, number: 77)
        options.webhookURL = "http://127.0.0.1:\(agent.server.port)/voice"
        options.authToken = "secret"
        options.recordedSecondsMax = 10
        options.customParameters = ["extra": "1"]
        let result = await SimulatedCall.run(options, on: agent.group.loops[0])
        let seen = agent.log.entries.withLock { $0 }

        #expect(result.end == .hungUp)
        #expect(result.protocolErrors == [])
        #expect(seen.form["CallSid"] == options.callSid && seen.form["To"] == options.to)
        #expect(seen.start?.customParameters == ["token": "t&1", "extra": "1"])
        let url = "ws://127.0.0.1:\(agent.server.port)/stream"
        #expect(
            TwilioSignature.isValidHandshake(
                seen.signature ?? "", url: url, authToken: "secret"))
        #expect(seen.digits == ["7"])
        #expect(seen.sawStop)
        #expect(seen.marksReturned == ["greeting", "reply", "reply"])

        #expect(result.turns.count == 2)
        for turn in result.turns {
            // Five quiet frames of 20 ms after the last one with speech: never earlier.
            #expect(turn.responseNanos ?? 0 >= 80_000_000)
            #expect(turn.cutInNanos == nil && !turn.isAfterTimeout)
            #expect(turn.replyByteCount == 3200)
        }
        #expect(!result.turns[0].isBargeIn && result.turns[0].clearNanos == nil)
        #expect(result.turns[1].isBargeIn && result.turns[1].clearNanos != nil)
        #expect(result.clearCount == 1 && result.gapCount == 0)
        #expect(result.receivedByteCount == 2400 + 3200 + 3200)
        #expect(result.refusedFrameCount == 0)
        #expect(result.lateness.count == UInt64(result.frameCount))

        let recording = try #require(result.recording)
        #expect(recording.caller.count == Int(result.frameCount) * 160)
        // The greeting and the last reply were heard whole, the first reply until it was cleared.
        let heard = recording.agent.count { $0 == 0x20 }
        #expect(heard > 2400 + 3200 && heard < 2400 + 6400)
        #expect(
            recording.interleaved().count == 2 * max(recording.caller.count, recording.agent.count))
        if streamd_allocations_are_counted() { #expect(seen.allocationsInQuietFrames == 0) }
    }

    @Test func whatCannotBeCalledIsSaid() async throws {
        let agent = try AgentServer()
        defer { agent.stop() }
        let loop = agent.group.loops[0]
        let base = "127.0.0.1:\(agent.server.port)"
        func end(_ adjust: (inout SimulatedCallOptions) -> Void) async -> String {
            var options = SimulatedCallOptions(script: CallerScript([.hangUp]), number: 1)
            adjust(&options)
            return await SimulatedCall.run(options, on: loop).end.description
        }
        #expect(await end { _ in }.contains("neither a webhook nor a stream"))
        #expect(await end { $0.webhookURL = "http://\(base)/no" }.contains("status 404"))
        #expect(await end { $0.streamURL = "ws://\(base)/no" }.contains("handshake"))
        #expect(await end { $0.streamURL = "ws://\(base)/stream" } == "the caller hung up")
    }

    @Test func manyCallsAtOnce() async throws {
        let agent = try AgentServer()
        defer { agent.stop() }
        let loop = agent.group.loops[0]
        let script = CallerScript([.say(utterance, pauseMs: 40), .waitForAgent(pauseMs: 40)])
        let url = "ws://127.0.0.1:\(agent.server.port)/stream"
        let statistics = await withTaskGroup(of: SimulatedCallResult.self) { group in
            for number in UInt64(1)...20 {
                var options = SimulatedCallOptions(script: script, number: number)
                options.streamURL = url
                let placed = options
                group.addTask { await SimulatedCall.run(placed, on: loop) }
            }
            return await group.reduce(into: CallStatistics()) { $0.add($1) }
        }
        #expect(statistics.callCount == 20 && statistics.failedCallCount == 0)
        #expect(statistics.response.count == 20 && statistics.unansweredCount == 0)
        #expect(statistics.protocolErrorCount == 0)
    }

    @Test func theCodecBenchmarkRuns() {
        let figures = CodecBenchmark.run(messageCount: 200, rounds: 1)
        // Twice 200 frames and the bytes of 200 media and 200 mark messages.
        #expect(figures.checksum > 2 * 200 * 160 + 200 * 280 + 200 * 70)
        print(CodecBenchmark.run())
    }
}
