import Configuration
import DSP
import Net
import Pipelines
import Realtime
import Store
import Telemetry
import Twilio

/// One live call on a stream: gives a conversation its way out to Twilio, and keeps its books.
/// Lives on one loop.
final class StreamedCall {
    let services: Services
    let callSid: String
    let assistant: Assistant
    /// Set by the connection: closes the socket when the conversation is over.
    var onEnded: (() -> Void)?
    /// Set by the connection: closes the socket of a peer that does not read what it is sent.
    var onUnread: (() -> Void)?

    private let socket: WebSocket
    private let writer: StreamMessageWriter
    /// One outbound message is written here before it goes out; kept for the call's life so that
    /// sending allocates nothing.
    private let message: UnsafeMutableRawBufferPointer
    private let timer: LoopTimer
    private let wakeup: LoopWakeup
    private var conversation: Conversation?
    /// Where traces are collected.
    let trace: CallTrace?
    var turnCount = 0
    private let startedAtNanos: UInt64
    private let startedAtSeconds: Int64
    private let from: String
    private let to: String
    private var ticket: LiveCalls.Ticket?
    private var isOver = false
    private var isUnread = false
    private let silence: UnsafeMutableBufferPointer<UInt8>

    /// One frame of Twilio's: 20 ms of µ-law.
    static let frameByteCount = 160

    init(
        services: Services, loop: EventLoop, socket: WebSocket, start: StreamStart,
        assistant: Assistant
    ) {
        self.services = services
        self.socket = socket
        self.assistant = assistant
        callSid = start.callSid
        from = start.customParameters[StreamParameter.from] ?? ""
        to = start.customParameters[StreamParameter.to] ?? ""
        startedAtNanos = MonotonicClock.nowNanos()
        startedAtSeconds = WallClock.nowSeconds()
        let isTraced = services.traces.withLock { $0 } != nil
        trace =
            isTraced
            ? CallTrace(
                callSid: start.callSid, assistantID: assistant.block.id, nowNanos: startedAtNanos,
                unixNanos: WallClock.nowNanos()) : nil
        writer = StreamMessageWriter(streamSid: start.streamSid)
        let settings = services.configuration
        let frameByteCountMax = settings.buffers.frameMs * 8
        let messageByteCount = writer.mediaByteCount(payloadByteCount: frameByteCountMax)
        message = .allocate(
            byteCount: max(messageByteCount, writer.markByteCountMax), alignment: 16)
        // A reply begins with the whole lead at once, and a few marks.
        let burstCount = settings.buffers.leadMs / settings.buffers.frameMs + 4
        socket.reserveOutbound(burstCount * (messageByteCount + 14))
        silence = .allocate(capacity: Self.frameByteCount)
        silence.initialize(repeating: G711.muLawSilence)
        // The timer and the wake-up outlive nothing: both are closed when the call ends.
        let relay = CallRelay()
        timer = loop.makeTimer { relay.call?.advance() }
        wakeup = loop.makeWakeup { relay.call?.audioArrived() }
        relay.call = self
        let greeted = start.customParameters[StreamParameter.greeted] == "true"
        conversation = makeConversation(settings: settings, loop: loop, greeted: greeted)
    }

    deinit {
        message.deallocate()
        silence.deallocate()
    }

    private func makeConversation(
        settings: Configuration, loop: EventLoop, greeted: Bool
    ) -> Conversation {
        var call = CallInfo(
            callSid: callSid, assistantID: assistant.block.id, from: from, to: to,
            language: assistant.settings.language)
        call.vocabulary = assistant.vocabulary
        let engines = services.engines
        engines.warm(assistant, on: loop)
        let stages = ConversationStages(
            stt: engines.speechToText.makeSession(call: call, loop: loop),
            dialogue: assistant.dialogue.makeSession(call: call, loop: loop),
            tts: engines.textToSpeech,
            detector: CallerDetection.detector(settings, model: engines.voiceActivity),
            filter: try? CallerFilter(settings.audio, leadMs: settings.buffers.leadMs),
            cache: services.speechCache)
        var options = ConversationOptions(
            settings, voice: assistant.settings.voice, block: assistant.block)
        options.greets = !greeted
        let wakeup = self.wakeup
        return Conversation(
            options: options, call: call, stages: stages, greeting: assistant.greetingClip,
            transport: self, observer: self, onAudio: { wakeup.signal() },
            clock: { MonotonicClock.nowNanos() })
    }

    // MARK: From the connection

    func begin(nowNanos: UInt64) {
        services.metrics.callsTotal.add(1)
        services.metrics.callsActive.add(1)
        ticket = services.liveCalls.add(
            LiveCall(
                callSid: callSid, assistantID: assistant.block.id, from: from, to: to,
                path: .stream, startedAt: startedAtSeconds))
        services.log.info(
            "stream connected",
            [
                "call": .text(callSid), "assistant": .text(assistant.block.id), "from": .text(from),
                "to": .text(to),
            ])
        record(status: "in-progress", endedAt: nil)
        conversation?.start(nowNanos: nowNanos)
    }

    func receive(_ muLaw: UnsafeBufferPointer<UInt8>, nowNanos: UInt64) {
        conversation?.receive(muLaw: muLaw, nowNanos: nowNanos)
    }

    /// Lost audio is replaced by silence, so that what comes later keeps its place in time.
    func audioLost(chunkCount: Int, nowNanos: UInt64) {
        services.metrics.mediaMessagesLostTotal.add(chunkCount)
        for _ in 0..<min(chunkCount, Self.lostFramesFilledMax) {
            conversation?.receive(muLaw: UnsafeBufferPointer(silence), nowNanos: nowNanos)
        }
    }

    /// More than two seconds of silence says no more than two seconds.
    static let lostFramesFilledMax = 100

    func dtmf(_ digit: String, nowNanos: UInt64) {
        conversation?.dtmf(digit, nowNanos: nowNanos)
    }

    func markReturned(_ name: UnsafeRawBufferPointer, nowNanos: UInt64) {
        guard let mark = MarkName(name) else { return }
        conversation?.markReturned(mark, nowNanos: nowNanos)
    }

    /// The conversation's timer: mostly a frame that is due and was not sent with the caller's.
    private func advance() {
        let now = MonotonicClock.nowNanos()
        RealtimeRegion.enter()
        defer { RealtimeRegion.leave() }
        conversation?.advance(nowNanos: now)
    }

    private func audioArrived() {
        if isUnread { return giveUpUnread() }
        conversation?.audioArrived(nowNanos: MonotonicClock.nowNanos())
    }

    func stopped(nowNanos: UInt64) { finish("caller hung up", nowNanos, isOrderly: true) }

    func protocolBroken(nowNanos: UInt64) { finish("protocol broken", nowNanos, isOrderly: false) }

    func socketClosed(code: UInt16, reason: String, nowNanos: UInt64) {
        finish("socket closed with \(code) \(reason)", nowNanos, isOrderly: code == 1000)
    }

    // MARK: The end

    /// The peer has let `buffers.outboundBytesMax` pile up: what it would hear now is old.
    private func giveUpUnread() {
        guard !isOver else { return }
        services.log.warning(
            "stream closed: the peer has stopped reading and buffers.outboundBytesMax are unsent",
            ["call": .text(callSid)])
        finish("the peer stopped reading", MonotonicClock.nowNanos(), isOrderly: false)
        onUnread?()
    }

    private func finish(_ why: String, _ now: UInt64, isOrderly: Bool) {
        guard !isOver else { return }
        conversation?.end(nowNanos: now)
        close(why: why, isOrderly: isOrderly)
    }

    /// Gives everything back; exactly once.
    private func close(why: String, isOrderly: Bool) {
        guard !isOver else { return }
        isOver = true
        timer.close()
        wakeup.close()
        services.admission.endCall()
        if let ticket { services.liveCalls.remove(ticket) }
        services.metrics.callsActive.add(-1)
        let seconds = Double(MonotonicClock.nowNanos() - startedAtNanos) / 1e9
        services.metrics.callDurationSeconds.observe(seconds)
        services.metrics.outboundDroppedTotal.add(Int(socket.refusedSendCount))
        if let counters = conversation?.counters {
            services.metrics.transcriptsWastedTotal.add(counters.wastedTranscripts)
            services.metrics.speechWastedBytes.add(counters.wastedSpeechBytes)
            services.metrics.keysDroppedTotal.add(counters.droppedKeys)
        }
        if let trace {
            let now = MonotonicClock.nowNanos()
            exportSpans([trace.span(endedAtNanos: now, ending: why, turnCount: turnCount)])
        }
        record(status: isOrderly ? "completed" : "failed", endedAt: WallClock.nowSeconds())
        services.log.info(
            "call ended",
            [
                "call": .text(callSid), "why": .text(why),
                "seconds": .integer(Int(seconds.rounded())),
            ])
        conversation = nil
    }

    func exportSpans(_ spans: [TraceSpan]) {
        services.traces.withLock { $0 }?.add(spans)
    }

    private func record(status: String, endedAt: Int64?) {
        let record = CallRecord(
            callSid: callSid, assistantID: assistant.block.id, from: from, to: to, status: status,
            startedAt: startedAtSeconds, endedAt: endedAt,
            durationSeconds: endedAt.map { Int($0 - startedAtSeconds) })
        services.database.recordCall(record) { [log = services.log, callSid] result in
            guard case .failure(let error) = result else { return }
            log.error("call not recorded", ["call": .text(callSid), "why": .text("\(error)")])
        }
    }
}

/// Lets timer and wake-up be made before the call that they serve, without keeping it alive.
private final class CallRelay {
    weak var call: StreamedCall?
}

extension StreamedCall: ConversationTransport {
    func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) {
        send(writer.writeMedia(UnsafeRawBufferPointer(muLaw), into: message))
    }

    func sendMark(_ name: MarkName) {
        let byteCount = withUnsafeTemporaryAllocation(
            byteCount: MarkName.byteCountMax, alignment: 1
        ) { text in
            let length = name.write(into: text)
            return writer.writeMark(
                name: UnsafeRawBufferPointer(rebasing: text[..<length]), into: message)
        }
        send(byteCount)
    }

    func sendClear() { send(writer.writeClear(into: message)) }

    private func send(_ byteCount: Int?) {
        guard let byteCount else { return }
        _ = socket.send(text: UnsafeRawBufferPointer(rebasing: message[..<byteCount]))
        guard socket.refusedSendCount > 0, !isUnread, !isOver else { return }
        isUnread = true
        // The conversation is in the middle of its work: it is ended from the loop's next turn.
        wakeup.signal()
    }

    func cork() { socket.cork() }
    func uncork() { socket.uncork() }

    func setTimer(atNanos: UInt64?) {
        guard !isOver else { return }
        if let atNanos { timer.set(atNanos: atNanos) } else { timer.cancel() }
    }

    func conversationEnded(_ ending: ConversationEnding) {
        switch ending {
        case .handOver(let number): services.endings.note(.dial(number: number), callSid: callSid)
        case .failed:
            let number = assistant.settings.handOverNumber
            services.endings.note(
                number.map { .dial(number: $0) } ?? .hangUp, callSid: callSid)
        case .hangUp, .timeLimit: services.endings.note(.hangUp, callSid: callSid)
        case .callerGone: break
        }
        close(why: "\(ending)", isOrderly: ending != .failed)
        onEnded?()
    }
}
