import DSP
import Net
import Pipelines
import Realtime
import Twilio

/// One WebSocket from Twilio: joins the protocol's rules to a conversation. Lives on one loop.
final class StreamConnection: WebSocketHandler {
    private let services: Services
    private let loop: EventLoop
    private let remoteAddress: String
    private var session: MediaStreamSession
    private var socket: WebSocket?
    private var timer: LoopTimer?
    private var call: StreamedCall?
    /// Where the audio of one message is decoded, while it is being received.
    private let audio: UnsafeMutableRawBufferPointer
    /// Keeps that alive.
    private let decodeBuffer: DecodeBuffer
    private var hasLoggedUnknownEvent = false
    private var isClosed = false

    /// - Parameter decodeBuffer: shared by the streams of the loop.
    init(
        services: Services, loop: EventLoop, remoteAddress: String, decodeBuffer: DecodeBuffer
    ) {
        self.services = services
        self.loop = loop
        self.remoteAddress = remoteAddress
        let limits = MediaStreamLimits(
            startTimeoutMs: services.configuration.limits.startTimeoutMs,
            mediaTimeoutMs: services.configuration.twilio.stallMs)
        session = MediaStreamSession(openedAtNanos: MonotonicClock.nowNanos(), limits: limits)
        self.decodeBuffer = decodeBuffer
        audio = decodeBuffer.memory
    }

    // MARK: WebSocket

    func webSocketOpened(_ socket: WebSocket) {
        self.socket = socket
        timer = loop.makeTimer { [weak self] in self?.deadlineReached() }
        setTimer()
    }

    func webSocket(_ socket: WebSocket, receivedText bytes: UnsafeRawBufferPointer) {
        let now = MonotonicClock.nowNanos()
        RealtimeRegion.enter()
        defer { RealtimeRegion.leave() }
        // The timer is not set again here: when it fires it looks whether audio came meanwhile.
        switch session.receive(bytes, nowNanos: now, audio: audio) {
        case .audio(let piece): receive(piece, now)
        case .mark(let nameByteCount):
            call?.markReturned(
                UnsafeRawBufferPointer(rebasing: audio[..<nameByteCount]), nowNanos: now)
        case let event:
            RealtimeRegion.suspend()
            defer { RealtimeRegion.resume() }
            take(event, now)
        }
    }

    func webSocket(_ socket: WebSocket, receivedBinary bytes: UnsafeRawBufferPointer) {
        take(session.receiveBinary(byteCount: bytes.count), MonotonicClock.nowNanos())
    }

    func webSocket(_ socket: WebSocket, closedWith code: UInt16, reason: String) {
        isClosed = true
        timer?.close()
        timer = nil
        if let call {
            call.socketClosed(code: code, reason: reason, nowNanos: MonotonicClock.nowNanos())
            self.call = nil
        } else {
            services.log.info(
                "stream closed before its start",
                ["from": .text(remoteAddress), "code": .integer(Int(code)), "why": .text(reason)])
        }
        self.socket = nil
    }

    // MARK: Protocol

    /// Everything but audio and marks.
    private func take(_ event: MediaStreamEvent, _ now: UInt64) {
        switch event {
        case .connected, .audio, .mark: break
        case .started(let start): begin(start, now)
        case .dtmf(let digit): call?.dtmf(digit, nowNanos: now)
        case .stopped:
            call?.stopped(nowNanos: now)
            close(1000, "the call has ended")
        case .ignored(.unknownEvent(let event)):
            guard !hasLoggedUnknownEvent else { return }
            hasLoggedUnknownEvent = true
            services.log.info(
                "unknown event ignored",
                [
                    "call": .text(session.start?.callSid ?? ""), "from": .text(remoteAddress),
                    "event": .text(event),
                ])
        case .ignored: break
        case .violation(let violation): refuse(violation)
        }
    }

    private func receive(_ piece: StreamAudio, _ now: UInt64) {
        guard let call else { return }
        if piece.lostChunkCount > 0 {
            call.audioLost(chunkCount: Int(piece.lostChunkCount), nowNanos: now)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: audio[..<piece.byteCount])
        call.receive(bytes.assumingMemoryBound(to: UInt8.self), nowNanos: now)
    }

    private func begin(_ start: StreamStart, _ now: UInt64) {
        guard isAdmitted(start, now) else { return }
        let parameters = start.customParameters
        guard
            let assistant = services.assistants.assistant(
                named: parameters[StreamParameter.assistant])
        else {
            let name = parameters[StreamParameter.assistant] ?? ""
            services.metrics.streamsRefusedTotal.add(1)
            services.log.warning(
                "stream refused: it names no known assistant",
                ["call": .text(start.callSid), "assistant": .text(name)])
            return close(1008, "there is no assistant '\(name.prefix(40))'")
        }
        guard services.admission.beginCall() else {
            services.metrics.callsRefusedTotal.add(1)
            services.log.warning(
                "stream refused: limits.maxCalls are live", ["call": .text(start.callSid)])
            return close(1013, "all lines are busy")
        }
        guard let socket else { return services.admission.endCall() }
        let call = StreamedCall(
            services: services, loop: loop, socket: socket, start: start, assistant: assistant)
        call.onEnded = { [weak self] in self?.close(1000, "the conversation has ended") }
        call.onUnread = { [weak self] in self?.close(1008, "what is sent here is not read") }
        self.call = call
        call.begin(nowNanos: now)
    }

    /// Checks the one-time token. Without validation a stream may come without one; a wrong one is
    /// refused all the same.
    private func isAdmitted(_ start: StreamStart, _ now: UInt64) -> Bool {
        let token = start.customParameters[StreamParameter.token] ?? ""
        if token.isEmpty, !services.trust.validates { return true }
        let verdict = services.tokens.redeem(token, callSid: start.callSid, nowNanos: now)
        guard verdict != .accepted else { return true }
        services.metrics.streamsRefusedTotal.add(1)
        services.log.warning(
            "stream refused: token \(verdict)",
            ["call": .text(start.callSid), "from": .text(remoteAddress)])
        close(1008, "the stream's token is \(verdict)")
        return false
    }

    private func refuse(_ violation: ProtocolViolation) {
        services.metrics.protocolErrorsTotal.add(1)
        services.log.warning(
            "stream closed: \(violation)",
            ["call": .text(session.start?.callSid ?? ""), "from": .text(remoteAddress)])
        call?.protocolBroken(nowNanos: MonotonicClock.nowNanos())
        close(violation.closeCode, violation.closeReason)
    }

    private func close(_ code: UInt16, _ reason: String) {
        guard !isClosed else { return }
        timer?.cancel()
        socket?.close(code: code, reason: reason)
    }

    // MARK: Time

    /// The protocol's deadlines; the conversation has a timer of its own.
    private func setTimer() {
        guard let timer, !isClosed else { return }
        if let deadline = session.deadlineNanos {
            timer.set(atNanos: deadline)
        } else {
            timer.cancel()
        }
    }

    private func deadlineReached() {
        if let violation = session.checkDeadline(nowNanos: MonotonicClock.nowNanos()) {
            return refuse(violation)
        }
        setTimer()
    }
}
