import DSP
import Net
import Realtime
import Twilio

/// Twilio's side of one call, in real time, over a real WebSocket.
///
/// Optionally asks the webhook for TwiML first; then connects, sends `connected`, `start` and one
/// frame of 20 ms after the other, each at start + n · 20 ms however late the last one was, plays
/// what comes into a ``PlaybackBuffer``, returns marks, and ends with `stop` and close. Belongs to
/// its loop; several hundred run on one. Allocates nothing per frame.
public final class SimulatedCall {
    let loop: EventLoop
    let options: SimulatedCallOptions
    private let onEnd: (SimulatedCallResult) -> Void
    private var phase = Phase.idle
    private var end: CallEnd?
    private var client: HTTPClient?
    private var socket: WebSocket?
    private var frameTimer: LoopTimer?
    private var markTimer: LoopTimer?
    private var jitter: ArrivalJitter?
    private var jitterTimer: LoopTimer?

    private var clock = SampleClock(startNanos: 0)
    private var runner: CallerScriptRunner
    private var playback: PlaybackBuffer
    private var recorder: TurnRecorder
    private var writer: TwilioSideWriter
    private var streamSid: [UInt8]
    private var sequenceNumber: UInt64 = 1
    private var frameNumber: Int64 = 0
    private var refusedFrameCount: Int64 = 0
    private var lateness = LatencyHistogram()
    private var openedNanos: UInt64 = 0
    private var firstAudioNanos: UInt64?
    private var mediaMessageCount = 0
    private var markCount = 0
    private var clearCount = 0
    private var protocolErrors: [String] = []
    private var protocolErrorCount = 0
    private var callerRecording: [UInt8] = []

    /// Frame, outgoing message, decoded audio, one after the other.
    private let memory: UnsafeMutableRawBufferPointer
    private var frame: UnsafeMutableRawBufferPointer { slice(0, SampleClock.frameSampleCount) }
    private var message: UnsafeMutableRawBufferPointer { slice(256, 4096) }
    private var audio: UnsafeMutableRawBufferPointer { slice(4352, 65_536) }

    private enum Phase { case idle, asking, connecting, live, closing, over }

    /// - Parameter onEnd: called once, on the loop.
    public init(
        _ options: SimulatedCallOptions, loop: EventLoop,
        onEnd: @escaping (SimulatedCallResult) -> Void
    ) {
        self.options = options
        self.loop = loop
        self.onEnd = onEnd
        runner = CallerScriptRunner(options.script)
        playback = PlaybackBuffer(clock: clock)
        recorder = TurnRecorder(clock: clock, turnCountMax: options.script.steps.count)
        streamSid = Array(options.streamSid.utf8)
        writer = TwilioSideWriter(
            StreamStart(streamSid: options.streamSid, callSid: options.callSid))
        memory = .allocate(byteCount: 4352 + 65_536, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Places the call and waits for its end. From any thread.
    public static func run(
        _ options: SimulatedCallOptions, on loop: EventLoop
    ) async -> SimulatedCallResult {
        await withCheckedContinuation { continuation in
            loop.execute {
                SimulatedCall(options, loop: loop) { continuation.resume(returning: $0) }.start()
            }
        }
    }

    /// Places the call. Loop only; once. It keeps itself alive until its end.
    public func start() {
        precondition(loop.isCurrent && phase == .idle, "a call is placed once, on its loop")
        guard let webhookURL = options.webhookURL else {
            guard let streamURL = options.streamURL else {
                return finish(.failed("neither a webhook nor a stream to call"))
            }
            return connect(url: streamURL, signedURL: streamURL, parameters: [:])
        }
        phase = .asking
        do throws(NetError) {
            var clientOptions = HTTPClientOptions()
            if let tls = options.tls { clientOptions.tls = tls }
            let client = try HTTPClient(loop: loop, options: clientOptions)
            self.client = client
            ask(webhookURL, client)
        } catch {
            finish(.failed("\(error)"))
        }
    }

    private func slice(_ start: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
    }

    // MARK: Webhook

    private func ask(_ webhookURL: String, _ client: HTTPClient) {
        let request = WebhookRequest(options, url: webhookURL).request
        var body: [UInt8] = []
        var status = 0
        client.send(
            request, onHead: { status = $0.status }, onBody: { body.append(contentsOf: $0) },
            onEnd: { [self] result in
                switch result {
                case .failure(let error): finish(.failed("webhook: \(error)"))
                case .success: answered(status, body)
                }
            })
    }

    private func answered(_ status: Int, _ body: [UInt8]) {
        guard status == 200 else { return finish(.failed("webhook: status \(status)")) }
        guard let target = TwiMLReader.stream(in: body) else {
            let text = String(decoding: body.prefix(200), as: UTF8.self)
            return finish(.failed("webhook: no <Stream> in \(text)"))
        }
        connect(
            url: options.streamURL ?? target.url, signedURL: target.url,
            parameters: target.parameters)
    }

    // MARK: Stream

    private func connect(url: String, signedURL: String, parameters: [String: String]) {
        phase = .connecting
        let custom = parameters.merging(options.customParameters) { $1 }
        writer = TwilioSideWriter(
            StreamStart(
                streamSid: options.streamSid, callSid: options.callSid,
                accountSid: options.accountSid, customParameters: custom))
        var headers = HTTPHeaders()
        if let token = options.authToken {
            headers.add(
                name: TwilioSignature.headerName,
                value: TwilioSignature.sign(url: signedURL, authToken: token))
        }
        var limits = WebSocketLimits()
        limits.pingIntervalMs = 0
        socket = WebSocket.connect(
            loop: loop, url: url, headers: headers, limits: limits, tls: options.tls,
            handler: self)
    }

    private func begin() {
        phase = .live
        openedNanos = loop.nowNanos
        clock = SampleClock(startNanos: firstFrameNanos)
        playback = PlaybackBuffer(
            clock: clock, gapMs: options.gapMs, recordedSecondsMax: options.recordedSecondsMax)
        recorder = TurnRecorder(
            clock: clock, turnCountMax: options.script.steps.count, replyGapMs: options.gapMs)
        callerRecording.reserveCapacity(options.recordedSecondsMax * 8000)
        protocolErrors.reserveCapacity(16)
        frameTimer = loop.makeTimer { [self] in tick() }
        markTimer = loop.makeTimer { [self] in returnMarks() }
        if options.jitterMs > 0 {
            jitter = ArrivalJitter(p99Ms: options.jitterMs, seed: options.jitterSeed)
            jitterTimer = loop.makeTimer { [self] in receiveDelayed() }
        }
        send(writer.connected())
        send(writer.start(sequenceNumber: nextSequenceNumber()))
        tick()
    }

    /// The next moment in the call's phase, at most 20 ms from now.
    private var firstFrameNanos: UInt64 {
        guard let phase = options.framePhaseMicros else { return openedNanos }
        let interval: UInt64 = 20_000_000
        return openedNanos
            + (UInt64(phase) * 1000 + interval - openedNanos % interval) % interval
    }

    private func tick() {
        guard phase == .live else { return }
        while phase == .live {
            let due = clock.nanos(ofFrame: frameNumber)
            let now = loop.nowNanos
            guard due <= now else { break }
            sendFrame(due: due, now: now)
        }
        guard phase == .live else { return }
        if frameNumber * 20 >= Int64(options.callTimeoutMs) {
            hangUp(.failed("still talking after \(options.callTimeoutMs) ms"))
        } else {
            frameTimer?.set(atNanos: clock.nanos(ofFrame: frameNumber))
        }
    }

    private func sendFrame(due: UInt64, now: UInt64) {
        let sample = frameNumber * Int64(SampleClock.frameSampleCount)
        let activity = AgentActivity(
            isHeard: playback.isPlaying(atNanos: due),
            heardSampleCount: playback.playedRunSampleCount(atNanos: due),
            lastHeardSample: min(sample, playback.playedEndSample))
        switch runner.nextFrame(at: sample, agent: activity, into: frame) {
        case .none: break
        case .beginsUtterance(let index):
            recorder.callerBegan(
                runner.said[index], isAgentBusy: playback.isPlaying(atNanos: now))
            playback.endReply()
        case .pressesKey(let digit):
            send(writer.dtmf(digit: digit, sequenceNumber: nextSequenceNumber()))
        case .hangsUp: return hangUp(.hungUp)
        }
        lateness.record(now - due)
        frameNumber += 1
        if callerRecording.count < options.recordedSecondsMax * 8000 {
            callerRecording.append(contentsOf: frame)
        }
        let count = writer.writeMedia(
            UnsafeRawBufferPointer(frame), sequenceNumber: nextSequenceNumber(),
            chunk: UInt64(frameNumber), timestampMs: UInt64(frameNumber - 1) * 20, into: message)
        guard let count else { preconditionFailure("a frame's message is longer than 4096 bytes") }
        if socket?.send(text: UnsafeRawBufferPointer(rebasing: message[..<count])) != true {
            refusedFrameCount += 1
        }
    }

    private func nextSequenceNumber() -> UInt64 {
        defer { sequenceNumber += 1 }
        return sequenceNumber
    }

    private func send(_ text: [UInt8]) {
        text.withUnsafeBytes { _ = socket?.send(text: $0) }
    }

    // MARK: What comes

    private func receive(_ text: UnsafeRawBufferPointer) {
        let now = loop.nowNanos
        do throws(StreamMessageError) {
            switch try StreamMessageParser.parse(text) {
            case .media(let media):
                guard media.streamSid?.equals(streamSid) ?? false else {
                    return complain("media with the streamSid \(media.streamSid?.string ?? "-")")
                }
                let count = try media.decodePayload(into: audio)
                mediaMessageCount += 1
                if firstAudioNanos == nil, count > 0 { firstAudioNanos = now }
                playback.append(
                    UnsafeRawBufferPointer(rebasing: audio[..<count]), atNanos: now)
                recorder.agentAudio(byteCount: count, atNanos: now)
            case .mark(let view):
                let mark = StreamMark(view)
                guard isOurs(mark.streamSid, "mark") else { return }
                markCount += 1
                playback.appendMark(mark.name, atNanos: now)
                returnMarks()
            case .clear(let streamSid):
                guard isOurs(streamSid, "clear") else { return }
                clearCount += 1
                playback.clear(atNanos: now) { sendMark($0) }
                recorder.agentCleared(atNanos: now)
            default: complain("an event that Twilio does not take")
            }
        } catch {
            complain("\(error)")
        }
    }

    /// What the simulated network has delayed until now.
    private func receiveDelayed() {
        while phase == .live, let message = jitter?.take(atNanos: loop.nowNanos) {
            message.withUnsafeBytes { receive($0) }
        }
        if phase == .live, let next = jitter?.nextNanos { jitterTimer?.set(atNanos: next) }
    }

    private func isOurs(_ sid: String, _ event: String) -> Bool {
        if sid == options.streamSid { return true }
        complain("\(event) with the streamSid \(sid)")
        return false
    }

    /// Twilio's error 31951 (31950 for binary frames); the call goes on.
    private func complain(_ what: String) {
        protocolErrorCount += 1
        if protocolErrors.count < 16 { protocolErrors.append(what) }
    }

    private func returnMarks() {
        guard phase == .live else { return }
        playback.advance(toNanos: loop.nowNanos) { sendMark($0) }
        if let next = playback.nextMarkNanos { markTimer?.set(atNanos: next) }
    }

    private func sendMark(_ name: String) {
        guard phase == .live else { return }
        let count = writer.writeMark(
            name: name, sequenceNumber: nextSequenceNumber(), into: message)
        guard let count else { return complain("a mark's name of \(name.utf8.count) bytes") }
        _ = socket?.send(text: UnsafeRawBufferPointer(rebasing: message[..<count]))
    }

    // MARK: The end

    private func hangUp(_ end: CallEnd) {
        self.end = end
        send(writer.stop(sequenceNumber: nextSequenceNumber()))
        phase = .closing
        frameTimer?.cancel()
        markTimer?.cancel()
        jitterTimer?.cancel()
        socket?.close(code: WebSocketCloseCode.normal, reason: "")
    }

    private func closed(_ code: UInt16, _ reason: String) {
        if let end { return finish(end) }
        if phase == .connecting { return finish(.failed("handshake: \(reason)")) }
        finish(.closedByAgent(code: code, reason: reason))
    }

    private func finish(_ end: CallEnd) {
        guard phase != .over else { return }
        let hasStarted = frameTimer != nil
        phase = .over
        frameTimer?.close()
        markTimer?.close()
        jitterTimer?.close()
        client?.close()
        socket = nil
        var result = SimulatedCallResult(callSid: options.callSid, end: end)
        result.startNanos = clock.startNanos
        result.endNanos = loop.nowNanos
        result.greetingNanos = firstAudioNanos.map { $0 - openedNanos }
        result.turns = recorder.turns
        result.gapCount = playback.gapCount
        result.gaps = playback.gaps
        result.receivedByteCount = playback.receivedByteCount
        result.slackMsMin = playback.slackSampleMin.map { Double($0) / 8 }
        result.bufferedMsMax = Double(playback.bufferedSampleMax) / 8
        result.mediaMessageCount = mediaMessageCount
        result.markCount = markCount
        result.clearCount = clearCount
        result.frameCount = frameNumber
        result.refusedFrameCount = refusedFrameCount
        result.lateness = lateness
        result.protocolErrors = protocolErrors
        result.protocolErrorCount = protocolErrorCount
        if hasStarted, options.recordedSecondsMax > 0 { result.recording = stereo() }
        onEnd(result)
    }

    /// Both sides up to the end of the call; what waited then was not heard.
    private func stereo() -> StereoRecording {
        let played = Int(clock.sample(atNanos: loop.nowNanos))
        return StereoRecording(
            caller: callerRecording, agent: Array(playback.recording.prefix(played)))
    }
}

extension SimulatedCall: WebSocketHandler {
    public func webSocketOpened(_ socket: WebSocket) { begin() }

    public func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        guard phase == .live else { return }
        if jitter == nil {
            receive(bytes)
        } else {
            jitter?.put(bytes, atNanos: loop.nowNanos)
            receiveDelayed()
        }
    }

    public func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        complain("a binary frame of \(bytes.count) bytes")
    }

    public func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        closed(code, reason)
    }
}
