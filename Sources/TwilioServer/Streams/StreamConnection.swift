import Assembly
import Calls
import Net
import Pipelines
import Realtime
import Telemetry
import Twilio

/// One WebSocket from Twilio: joins the protocol's rules to a call's session, which it carries. Lives
/// on one loop.
final class StreamConnection: WebSocketHandler {
    private let context: StreamContext
    private let loop: EventLoop
    private let remoteAddress: String
    private var session: MediaStreamSession
    private var socket: WebSocket?
    private var timer: LoopTimer?
    private var call: CallSession?
    private var transport: MediaStreamTransport?
    /// Where the audio of one message is decoded, while it is being received.
    private let audio: UnsafeMutableRawBufferPointer
    /// Keeps that alive.
    private let decodeBuffer: DecodeBuffer
    private var hasLoggedUnknownEvent = false
    private var isClosed = false

    /// - Parameter decodeBuffer: shared by the streams of the loop.
    init(
        context: StreamContext, loop: EventLoop, remoteAddress: String,
        decodeBuffer: DecodeBuffer
    ) {
        self.context = context
        self.loop = loop
        self.remoteAddress = remoteAddress
        let settings = context.business.configuration
        let limits = MediaStreamLimits(
            startTimeoutMs: settings.limits.startTimeoutMs,
            mediaTimeoutMs: settings.twilio.stallMs)
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
            let name = UnsafeRawBufferPointer(rebasing: audio[..<nameByteCount])
            if let mark = MarkName(name) { call?.markReturned(mark, nowNanos: now) }
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
            call.transportEnded(
                "socket closed with \(code) \(reason)", isOrderly: code == 1000)
            self.call = nil
        } else {
            context.tell.log.info(
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
            call?.transportEnded("caller hung up", isOrderly: true)
            close(1000, "the call has ended")
        case .ignored(.unknownEvent(let event)):
            guard !hasLoggedUnknownEvent else { return }
            hasLoggedUnknownEvent = true
            context.tell.log.info(
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
            call.audioLost(frameCount: Int(piece.lostChunkCount), nowNanos: now)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: audio[..<piece.byteCount])
        call.receive(bytes.assumingMemoryBound(to: UInt8.self), nowNanos: now)
    }

    private func begin(_ start: StreamStart, _ now: UInt64) {
        guard isAdmitted(start, now) else { return }
        let parameters = start.customParameters
        guard
            let assistant = context.business.assistants.assistant(
                named: parameters[StreamParameter.assistant])
        else {
            let name = parameters[StreamParameter.assistant] ?? ""
            context.tell.metrics.streamsRefusedTotal.add(1)
            context.tell.log.warning(
                "stream refused: it names no known assistant",
                ["call": .text(start.callSid), "assistant": .text(name)])
            return close(1008, "there is no assistant '\(name.prefix(40))'")
        }
        guard context.lines.admission.beginCall() else {
            context.tell.metrics.callsRefusedTotal.add(1)
            context.tell.log.warning(
                "stream refused: limits.maxCalls are live", ["call": .text(start.callSid)])
            return close(1013, "all lines are busy")
        }
        guard let socket else { return context.lines.admission.endCall() }
        carry(start, assistant, socket)
    }

    private func carry(_ start: StreamStart, _ assistant: Assistant, _ socket: WebSocket) {
        let parameters = start.customParameters
        let transport = MediaStreamTransport(
            socket, streamSid: start.streamSid,
            options: context.business.configuration.conversation)
        let (business, lines, loop) = (context.business, context.lines, self.loop)
        let session = CallSession(
            CallDescription(
                name: start.callSid, assistantID: assistant.block.id,
                from: parameters[StreamParameter.from] ?? "",
                to: parameters[StreamParameter.to] ?? "", path: "stream",
                startedAt: WallClock.nowSeconds()),
            transport: transport, loop: loop, context: context.calls,
            makeConversation: { session, onAudio in
                business.conversation(
                    of: session, with: assistant,
                    greeted: parameters[StreamParameter.greeted] == "true", loop: loop,
                    onAudio: onAudio)
            },
            onEnded: { summary in
                lines.admission.endCall()
                Self.note(summary, start.callSid, assistant, in: lines.endings)
            })
        transport.onUnread = { [weak session] in session?.peerStoppedReading() }
        transport.onClosing = { [weak self] why in
            switch why {
            case .ended: self?.close(1000, "the conversation has ended")
            case .goingAway: self?.close(1001, "the server is going away")
            case .unread: self?.close(1008, "what is sent here is not read")
            }
        }
        self.transport = transport
        call = session
        session.begin()
    }

    /// What is to become of the call when Twilio asks; nothing where its side ended it.
    private static func note(
        _ summary: CallSummary, _ callSid: String, _ assistant: Assistant,
        in endings: CallEndings
    ) {
        switch summary.ending {
        case .handOver(let number)?: endings.note(.dial(number: number), callSid: callSid)
        case .failed?:
            let number = assistant.settings.handOverNumber
            endings.note(number.map { .dial(number: $0) } ?? .hangUp, callSid: callSid)
        case .hangUp?, .timeLimit?: endings.note(.hangUp, callSid: callSid)
        case .callerGone?, nil: break
        }
    }

    /// Checks the one-time token. Without validation a stream may come without one; a wrong one is
    /// refused all the same.
    private func isAdmitted(_ start: StreamStart, _ now: UInt64) -> Bool {
        let token = start.customParameters[StreamParameter.token] ?? ""
        if token.isEmpty, !context.trust.validates { return true }
        let verdict = context.lines.tokens.redeem(token, callSid: start.callSid, nowNanos: now)
        guard verdict != .accepted else { return true }
        context.tell.metrics.streamsRefusedTotal.add(1)
        context.tell.log.warning(
            "stream refused: token \(verdict)",
            ["call": .text(start.callSid), "from": .text(remoteAddress)])
        close(1008, "the stream's token is \(verdict)")
        return false
    }

    private func refuse(_ violation: ProtocolViolation) {
        context.tell.metrics.protocolErrorsTotal.add(1)
        context.tell.log.warning(
            "stream closed: \(violation)",
            ["call": .text(session.start?.callSid ?? ""), "from": .text(remoteAddress)])
        call?.transportEnded("protocol broken", isOrderly: false)
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
