import DSP
import Language
import Realtime

/// The stages that a conversation is made of.
public struct ConversationStages {
    public var stt: any SpeechToTextSession
    public var dialogue: any DialogueSession
    public var tts: any TextToSpeech
    public var detector: any SpeechDetecting
    public var filter: (any CallerAudioFilter)?
    /// Shared by all calls.
    public var cache: SpeechCache

    public init(
        stt: any SpeechToTextSession, dialogue: any DialogueSession, tts: any TextToSpeech,
        detector: any SpeechDetecting, filter: (any CallerAudioFilter)? = nil, cache: SpeechCache
    ) {
        self.stt = stt
        self.dialogue = dialogue
        self.tts = tts
        self.detector = detector
        self.filter = filter
        self.cache = cache
    }
}

/// One call's conversation: hears the caller, keeps the turns, speaks.
///
/// Bound to the call's loop, like its stages. It does no I/O and has no clock: time comes with each
/// call, and from `clock` when a stage answers, so a simulation can run it as fast as it likes. The
/// transport's timer is kept set; nothing else has to be polled.
public final class Conversation {
    public let options: ConversationOptions
    public let call: CallInfo
    let stages: ConversationStages
    let greeting: SpeechClip?
    unowned let transport: any ConversationTransport
    weak var observer: (any ConversationObserver)?
    let onAudio: @Sendable () -> Void
    let clock: () -> UInt64

    var machine: TurnMachine
    let playout: Playout
    var history = CallerHistory()
    /// Samples that the transcriber has been fed, counted from the start of the call.
    var fedThrough: Int64 = 0
    var reply: ReplyProgress?
    /// What the next record tells of the utterance.
    var transcriptNanos: UInt64?
    var wastedForTurn: (turn: TurnID, count: Int) = (0, 0)
    var wastedSpeechBytes = 0
    var isClosed = false
    /// What is still to be said for an operator.
    var announcements: [Announcement] = []
    var isMuted = false
    /// Told, after each event, of an invariant that does not hold; for simulations. Where it is nil, a
    /// checked build (`STREAMD_CHECKED`) traps instead, and any other does not look.
    package var onBrokenInvariant: ((String) -> Void)?

    /// The caller's audio as it comes, a piece at a time: whole frames of what filters it.
    private static let pieceMs = 120
    private let scratch: UnsafeMutableBufferPointer<Int16>
    private let converter: ListeningConverter
    private var speechEvents: [CallerSpeechEvent] = []
    private var depth = 0
    private var isDraining = false
    private var wasPlaying = false
    private var timerNanos: UInt64?

    /// - Parameters:
    ///   - greeting: what is said first, usually finished and cached; where it is nil and the
    ///     dialogue has a greeting, that is synthesised.
    ///   - transport: must outlive the conversation.
    ///   - observer: held weakly.
    ///   - onAudio: called on any thread when speech has grown; must bring about a call of
    ///     ``audioArrived(nowNanos:)`` on the loop.
    ///   - clock: the loop's time in nanoseconds, asked only when a stage answers.
    public init(
        options: ConversationOptions, call: CallInfo, stages: ConversationStages,
        greeting: SpeechClip?, transport: any ConversationTransport,
        observer: (any ConversationObserver)?, onAudio: @escaping @Sendable () -> Void,
        clock: @escaping () -> UInt64
    ) {
        self.options = options
        self.call = call
        self.stages = stages
        self.greeting = greeting
        self.transport = transport
        self.observer = observer
        self.onAudio = onAudio
        self.clock = clock
        machine = TurnMachine(options: options.turn)
        playout = Playout(
            audio: options.audio, frameMs: options.frameMs, leadMs: options.leadMs,
            markMs: options.markMs, markGraceMs: options.markGraceMs, transport: transport)
        scratch = .allocate(capacity: options.audio.sampleCount(ms: Self.pieceMs))
        converter = ListeningConverter(options.audio, sampleCountMax: scratch.count)
        G711.warmUp()
        speechEvents.reserveCapacity(16)
        playout.farEnd = stages.filter
        playout.delegate = self
        stages.stt.onEndOfTurn = { [weak self] hint in
            guard let self else { return }
            let now = clock()
            enter(now) { machine.endOfTurnHinted(hint, at: now) }
        }
    }

    deinit { scratch.deallocate() }

    // MARK: - What the host calls

    /// The stream is connected: greets.
    public func start(nowNanos now: UInt64) {
        enter(now) {
            observer?.conversation(.started)
            let greeting = greetingSentence(at: now)
            // The machine comes first: the greeting may be audible before this returns.
            machine.start(hasGreeting: greeting != nil, at: now)
            if let greeting { begin(turn: 0, sentence: greeting, isLocal: false, at: now) }
        }
    }

    /// Caller audio, any number of whole samples in the form of ``ConversationOptions/audio``. Per frame this
    /// allocates nothing, takes no lock and waits for nothing.
    public func receive(_ audio: UnsafeBufferPointer<UInt8>, nowNanos now: UInt64) {
        guard !isClosed else { return }
        depth += 1
        let pieceByteCount = scratch.count * options.audio.bytesPerSample
        var from = 0
        while from < audio.count {
            let count = min(pieceByteCount, audio.count - from)
            let piece = UnsafeBufferPointer(rebasing: audio[from..<from + count])
            let sampleCount = options.audio.decode(piece, into: scratch)
            let samples = UnsafeMutableBufferPointer(rebasing: scratch[..<sampleCount])
            hear(converter.converted(samples), at: now)
            from += count
        }
        depth -= 1
        playout.pump(at: now)
        settle(now)
    }

    /// A mark came back.
    public func markReturned(_ name: MarkName, nowNanos now: UInt64) {
        enter(now) { playout.markReturned(name, at: now) }
    }

    /// A digit, `*` or `#` was keyed.
    public func dtmf(_ digit: String, nowNanos now: UInt64) {
        guard !isMuted else { return }
        enter(now) {
            let digits = machine.digits(adding: digit)
            let judged = digits.map { completeness(ofKeys: $0) } ?? .unknown
            let droppedBefore = machine.droppedKeys
            machine.dtmf(digit, completeness: judged, at: now)
            if machine.droppedKeys == droppedBefore {
                observer?.conversation(.dtmf(digit))
            } else if machine.droppedKeysOfNumber == 1 {
                observer?.conversation(
                    .dtmfLimitReached(digitsMax: options.turn.dtmfDigitsMax))
            }
        }
    }

    /// Speech has grown somewhere: see `onAudio`.
    public func audioArrived(nowNanos now: UInt64) {
        enter(now) {
            accountForSpeech(at: now)
            playout.pump(at: now)
        }
    }

    /// The transport's timer has gone off.
    public func advance(nowNanos now: UInt64) {
        timerNanos = nil
        enter(now) {
            machine.advance(to: now)
            drain(now)
            playout.pump(at: now)
        }
    }

    /// The caller has gone. Closes the stages; harmless when the conversation is over.
    public func end(nowNanos now: UInt64) {
        guard !isClosed else { return }
        machine.callerLeft()
        close(.callerGone, at: now)
    }

    /// When ``advance(nowNanos:)`` is due; the transport is told of every change.
    public var nextDeadlineNanos: UInt64? {
        guard !isClosed else { return nil }
        guard let turn = machine.nextDeadlineNanos else { return playout.nextDeadlineNanos }
        guard let speech = playout.nextDeadlineNanos else { return turn }
        return min(turn, speech)
    }

    /// Speech detected in the caller's audio belongs to an utterance that is being taken down.
    public var isListening: Bool { machine.isListening }
    /// What the agent asked last, as far as its words tell.
    public var asked: AnswerExpectation { machine.asked }
    /// Speech that was sent and is not played yet, in nanoseconds.
    public func sentAheadNanos(at now: UInt64) -> UInt64 {
        playout.playEndNanos > now ? playout.playEndNanos - now : 0
    }
    /// Frames sent, times speech came too late, replies begun in vain, false barge-ins.
    public var counters: ConversationCounters {
        ConversationCounters(
            framesSent: playout.framesSent, underruns: playout.underrunCount,
            wastedSpeculations: machine.wastedSpeculations,
            wastedTranscripts: machine.wastedTranscripts,
            wastedSpeechMs: options.audio.milliseconds(byteCount: wastedSpeechBytes),
            bargeIns: machine.bargeIns, falseBargeIns: machine.falseBargeIns,
            droppedKeys: machine.droppedKeys)
    }

    // MARK: - The caller's audio

    /// Hears samples at 8 kHz.
    private func hear(_ samples: UnsafeMutableBufferPointer<Int16>, at now: UInt64) {
        if isMuted { samples.update(repeating: 0) }
        stages.filter?.process(samples)
        let heard = UnsafeBufferPointer(samples)
        history.append(heard)
        if machine.isListening {
            stages.stt.feed(heard)
            fedThrough = history.through
        }
        machine.audioArrived(through: history.through, at: now)
        tellDetectorOfPlayout(at: now)
        stages.detector.process(heard) { speechEvents.append($0) }
        if !speechEvents.isEmpty {
            // Speech begins and ends a few times a turn.
            RealtimeRegion.suspend()
            takeSpeechEvents(at: now)
            RealtimeRegion.resume()
        }
        machine.audioExamined(at: now)
        drain(now)
    }

    private func tellDetectorOfPlayout(at now: UInt64) {
        let isPlaying = playout.isPlaying(at: now)
        guard isPlaying || wasPlaying else { return }
        wasPlaying = isPlaying
        stages.detector.setPlayout(isActive: isPlaying, peakDBFS: playout.peakDBFS)
    }

    private func takeSpeechEvents(at now: UInt64) {
        for event in speechEvents {
            switch event {
            case .started(let start, let detected):
                observer?.conversation(.callerSpeaking)
                machine.speechStarted(startSample: start, detectedSample: detected, at: now)
            case .paused(let end):
                observer?.conversation(.callerPaused)
                machine.speechPaused(endSample: end, at: now)
            }
            // An action may need the audio as it was at this event.
            drain(now)
        }
        speechEvents.removeAll(keepingCapacity: true)
    }

    // MARK: - Order of events

    /// Runs an event to its end: what the machine wants, what playout has due, the timer.
    func enter(_ now: UInt64, _ body: () -> Void) {
        guard !isClosed else { return }
        depth += 1
        body()
        depth -= 1
        drain(now)
        settle(now)
    }

    /// Performs what the machine wants. A stage that answers while it is being asked leaves its
    /// answer with the machine, and the outermost call goes on with it.
    func drain(_ now: UInt64) {
        guard !isDraining else { return }
        isDraining = true
        while !isClosed, let action = machine.nextAction() {
            // A decision about the turn: stages are asked, log lines written.
            RealtimeRegion.suspend()
            perform(action, at: now)
            RealtimeRegion.resume()
        }
        isDraining = false
    }

    private func settle(_ now: UInt64) {
        guard depth == 0, !isDraining, !isClosed else { return }
        drain(now)
        if !announcements.isEmpty { announce(at: now) }
        check(at: now)
        let next = nextDeadlineNanos
        guard next != timerNanos else { return }
        timerNanos = next
        transport.setTimer(atNanos: next)
    }

    /// Begins what waits to be said, and performs what comes of it.
    private func announce(at now: UInt64) {
        depth += 1
        sayAnnouncement(at: now)
        depth -= 1
        drain(now)
    }

    func close(_ ending: ConversationEnding, at now: UInt64) {
        guard !isClosed else { return }
        finishReply(.cutOff, at: now)
        dropAnnouncements()
        isClosed = true
        playout.cancel(at: now)
        if timerNanos != nil { transport.setTimer(atNanos: nil) }
        stages.stt.cancelRequest()
        stages.stt.close()
        stages.dialogue.close()
        observer?.conversation(.ended(ending))
    }
}

/// Counts of one conversation.
public struct ConversationCounters: Sendable, Equatable {
    public var framesSent: Int
    public var underruns: Int
    /// Replies begun before the end of a turn and thrown away.
    public var wastedSpeculations: Int
    /// Transcripts of words after which the caller went on.
    public var wastedTranscripts: Int
    /// Speech synthesised for replies that were thrown away, in milliseconds.
    public var wastedSpeechMs: Int
    public var bargeIns: Int
    public var falseBargeIns: Int
    /// Keys beyond the longest number that is kept.
    public var droppedKeys: Int
}
