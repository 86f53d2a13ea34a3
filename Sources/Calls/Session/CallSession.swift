import DSP
import Pipelines
import Realtime

/// One live call: joins what carries it to its conversation, tells what happens in it, and does what
/// its handle is commanded. Lives on one loop.
public final class CallSession {
    /// What a session needs of the process.
    public struct Context: Sendable {
        public var registry: CallRegistry
        public var events: CallEvents

        public init(registry: CallRegistry, events: CallEvents) {
            self.registry = registry
            self.events = events
        }
    }

    /// Makes the conversation of a session, which is its transport and its observer.
    public typealias MakeConversation = (
        _ session: CallSession, _ onAudio: @escaping @Sendable () -> Void
    ) -> Conversation

    public let call: CallDescription
    /// The form of the call's audio, both ways: what its transport carries.
    public let audio: CallAudio
    let transport: any CallTransport
    private let context: Context
    private let loop: any CallLoop
    private let timer: any CallTimer
    private let wakeup: any CallWakeup
    private let onEnded: (CallSummary) -> Void
    private let startedAtNanos: UInt64
    private var handle: CallHandle?
    private var isUnread = false
    var conversation: Conversation?
    var reasonsNotToAnswer: Set<ReasonNotToAnswer> = []
    var isMuted = false
    var taps: [AudioTap] = []
    /// The caller's audio as taps take it.
    let tapScratch: UnsafeMutableBufferPointer<Int16>
    private let silence: UnsafeMutableBufferPointer<UInt8>

    /// Why the assistant answers nothing.
    enum ReasonNotToAnswer { case hold, takeOver }

    /// What stands in for a frame that was lost.
    private static let frameMs = 20
    /// More than two seconds of silence says no more than two seconds.
    private static let lostFramesFilledMax = 100

    /// - Parameters:
    ///   - onEnded: called once, on the loop, when the call is over: by either side.
    public init(
        _ call: CallDescription, transport: any CallTransport, loop: any CallLoop,
        context: Context, makeConversation: MakeConversation,
        onEnded: @escaping (CallSummary) -> Void
    ) {
        self.call = call
        self.transport = transport
        audio = transport.audio
        self.loop = loop
        self.context = context
        self.onEnded = onEnded
        startedAtNanos = loop.nowNanos
        tapScratch = .allocate(capacity: 1024)
        silence = .allocate(capacity: audio.byteCount(ms: Self.frameMs))
        silence.initialize(repeating: audio.silenceByte)
        // Both are closed when the call ends.
        let relay = SessionRelay()
        timer = loop.makeTimer { relay.session?.timerFired() }
        wakeup = loop.makeWakeup { relay.session?.audioArrived() }
        relay.session = self
        let wakeup = self.wakeup
        conversation = makeConversation(self) { wakeup.signal() }
    }

    deinit {
        tapScratch.deallocate()
        silence.deallocate()
    }

    // MARK: - From the transport

    /// Begins the conversation.
    public func begin() {
        let bound = SessionBox(self)
        let loop = self.loop
        handle = context.registry.add(call) { command, completion in
            loop.execute { bound.perform(command, completion) }
        }
        publish(.began)
        conversation?.start(nowNanos: loop.nowNanos)
    }

    /// The caller's audio came: whole samples in the form ``audio``. Allocates nothing, locks nothing,
    /// waits for nothing.
    public func receive(_ speech: UnsafeBufferPointer<UInt8>, nowNanos: UInt64) {
        if !taps.isEmpty { tap(caller: speech) }
        conversation?.receive(speech, nowNanos: nowNanos)
    }

    /// Lost audio is replaced by silence, so that what comes later keeps its place in time.
    public func audioLost(frameCount: Int, nowNanos: UInt64) {
        RealtimeRegion.suspend()
        publish(.audioLost(frameCount: frameCount))
        RealtimeRegion.resume()
        for _ in 0..<min(frameCount, Self.lostFramesFilledMax) {
            receive(UnsafeBufferPointer(silence), nowNanos: nowNanos)
        }
    }

    public func dtmf(_ digit: String, nowNanos: UInt64) {
        conversation?.dtmf(digit, nowNanos: nowNanos)
    }

    public func markReturned(_ name: MarkName, nowNanos: UInt64) {
        conversation?.markReturned(name, nowNanos: nowNanos)
    }

    /// The other side has refused a message: what it would hear now is old, and the call is ended from
    /// the loop's next turn. May be called while something is being sent.
    public func peerStoppedReading() {
        guard !isUnread, conversation != nil else { return }
        isUnread = true
        wakeup.signal()
    }

    /// The carrier has ended the call, or lost it.
    public func transportEnded(_ why: String, isOrderly: Bool) {
        conversation?.end(nowNanos: loop.nowNanos)
        finish(nil, why: why, isOrderly: isOrderly)
    }

    // MARK: - From the loop

    /// Mostly a frame that is due and was not sent with the caller's.
    private func timerFired() {
        RealtimeRegion.enter()
        defer { RealtimeRegion.leave() }
        conversation?.advance(nowNanos: loop.nowNanos)
    }

    private func audioArrived() {
        guard isUnread else {
            conversation?.audioArrived(nowNanos: loop.nowNanos)
            return
        }
        guard conversation != nil else { return }
        transportEnded("the peer stopped reading", isOrderly: false)
        transport.close(.unread)
    }

    // MARK: - The end

    /// Gives everything back; exactly once.
    private func finish(_ ending: ConversationEnding?, why: String, isOrderly: Bool) {
        guard let ended = conversation else { return }
        conversation = nil
        timer.close()
        wakeup.close()
        taps = []
        if let handle { context.registry.remove(handle) }
        let seconds = Double(loop.nowNanos - startedAtNanos) / 1e9
        let summary = CallSummary(
            ending: ending, why: why, isOrderly: isOrderly, seconds: seconds,
            endedAt: WallClock.nowSeconds(), counters: ended.counters,
            refusedMessages: transport.refusedMessageCount)
        publish(.ended(summary))
        onEnded(summary)
    }

    var nowNanos: UInt64 { loop.nowNanos }

    func publish(_ kind: CallEvent.Kind) {
        context.events.publish(
            CallEvent(call: call, leg: handle?.leg ?? 0, atNanos: loop.nowNanos, kind: kind))
    }
}

/// Lets timer and wake-up be made before the session that they serve, without keeping it alive.
private final class SessionRelay {
    weak var session: CallSession?
}

/// Carries a session's name to its loop; it is touched there only.
private final class SessionBox: @unchecked Sendable {
    private weak var session: CallSession?

    init(_ session: CallSession) { self.session = session }

    func perform(_ command: CallCommand, _ completion: @escaping CallCommandCompletion) {
        guard let session else { return completion(.failure(.ended)) }
        session.perform(command, completion)
    }
}

// MARK: - Between the conversation and the transport

extension CallSession: ConversationTransport {
    public func sendMedia(_ speech: UnsafeBufferPointer<UInt8>) {
        if !taps.isEmpty { tap(agent: speech) }
        transport.sendMedia(speech)
    }

    public func sendMark(_ name: MarkName) { transport.sendMark(name) }

    public func sendClear() {
        for tap in taps { tap.agentCleared() }
        transport.sendClear()
    }

    public func cork() { transport.cork() }
    public func uncork() { transport.uncork() }

    public func setTimer(atNanos: UInt64?) {
        guard conversation != nil else { return }
        if let atNanos { timer.set(atNanos: atNanos) } else { timer.cancel() }
    }

    public func conversationEnded(_ ending: ConversationEnding) {
        finish(ending, why: "\(ending)", isOrderly: ending != .failed)
        transport.close(.ended)
    }
}

extension CallSession: ConversationObserver {
    public func conversation(_ event: ConversationEvent) { publish(.conversation(event)) }

    public func turnFinished(_ record: TurnRecord) { publish(.turn(record)) }
}

extension CallSession {
    /// Told, after each event, of an invariant of the conversation that does not hold; for simulations.
    package func onBrokenInvariant(_ body: @escaping (String) -> Void) {
        conversation?.onBrokenInvariant = body
    }
}
