import Language

/// Decides who has the floor: events and time in, actions out, no I/O and no clock.
///
/// Feed it events as they happen, call ``advance(to:)`` when ``nextDeadlineNanos`` has come, and
/// after each of these perform the actions that ``nextAction()`` hands out, in order. Times are
/// nanoseconds of one monotonic clock; sample positions count the caller's audio at 8 kHz from the
/// start of the call. Nothing here blocks; only events that carry text allocate.
public struct TurnMachine {
    /// The utterance that the caller is saying, or has just said, and no reply was committed for.
    struct Utterance {
        var startSample: Int64
        var startNanos: UInt64
        /// Speech of the current run, or of the last.
        var runStartSample: Int64
        var endSample: Int64 = 0
        var endNanos: UInt64 = 0
        var isSpeaking = true
        /// Speech in the runs that have ended.
        var spokenSamples: Int64 = 0
        /// The transcript of all that was said up to the last pause, once there.
        var transcript: Transcript? {
            didSet { words = transcript.map { HeardWords.split($0.text) } ?? [] }
        }
        /// The transcript's words, split once: a pause is looked at with every frame.
        private(set) var words: [String] = []
        /// The words only say "I am listening".
        var isBackchannel = false
        var completeness = Completeness.unknown
        /// What the engine that hears the caller makes of the end.
        var endOfTurn: EndOfTurnHint?
        var request: Int?
        var requestNanos: UInt64 = 0
        var hasFailed = false
        var nextSpeculationNanos: UInt64 = 0
        /// Given when a reply is first begun.
        var turn: TurnID?
        var isReplying = false
        var replyFailed = false
        /// The words of the turn that this one continues.
        var merged: Transcript?
        /// Began while the agent was speaking.
        var isOverAgent = false
        /// The caller did not stop; the turn was taken.
        var isForced = false
    }

    /// The reply that was committed last, until all of it was heard.
    struct Reply {
        var turn: TurnID
        var committedNanos: UInt64
        /// When the caller stopped speaking, since when nothing is heard.
        var speechEndNanos: UInt64
        /// The utterance that it answers, where that was speech.
        var utterance: Utterance?
        var audioStartedNanos: UInt64?
        /// Since when the caller hears nothing although more is to come.
        var waitingSinceNanos: UInt64?
        var interruptibleFromNanos: UInt64 = 0
        var closing: ConversationEnding?
        var hasFiller = false
        var hasApologized = false
        /// A sentence of it is being said, or has been.
        var hasBegun = false
        /// When the caller began to hear the first question in it.
        var questionNanos: UInt64?
        /// The words said last.
        var saidWords: [String] = []
    }

    /// Caller speech while a reply is under way, until it is known what it was.
    struct Overlap {
        enum Kind { case interruption, merge }
        var kind: Kind
        var isHeld = false
        /// Found to be real, waiting for the end of what must not be interrupted.
        var isConfirmed = false
    }

    enum Phase { case live, closing(ConversationEnding), over }

    public let options: TurnOptions
    let words: HeardWords
    package internal(set) var clock = SampleClock()

    var phase = Phase.live
    var utterance: Utterance?
    var reply: Reply?
    var overlap: Overlap?
    var digits = ""
    /// Keys beyond ``TurnOptions/dtmfDigitsMax`` of the number that is being keyed.
    var droppedKeysOfNumber = 0
    var lastDigitNanos: UInt64 = 0
    var startNanos: UInt64?
    var idleSinceNanos: UInt64?
    /// What the agent asked last, as far as its words tell.
    public internal(set) var asked = AnswerExpectation.free
    /// How this caller pauses.
    var pauses = CallerPauses()
    /// When the pause was last looked at.
    var settledNanos: UInt64 = 0
    /// The same of the last reply that was heard to its end.
    var finishedQuestionNanos: UInt64?
    var closeByNanos: UInt64 = 0
    var silences = 0
    var failures = 0
    /// Turns in a row whose words no engine could tell.
    var unheardTurns = 0
    /// The caller has asked us to wait.
    var isOnHold = false
    /// Nobody answers the caller for the time being: see ``suspend(at:)``.
    var isSuspended = false
    /// The caller cannot be heard for the time being: they are not asked whether they are there.
    var isUnheard = false
    var lastTurn: TurnID = 0
    var lastRequest = 0

    private var actions: [TurnAction] = []
    private var nextActionIndex = 0

    /// Replies begun during a pause and thrown away.
    public internal(set) var wastedSpeculations = 0
    /// Transcripts asked for during a pause after which the caller went on.
    public internal(set) var wastedTranscripts = 0
    /// Sounds over the agent after which it went on.
    public internal(set) var falseBargeIns = 0
    public internal(set) var bargeIns = 0
    /// Keys beyond ``TurnOptions/dtmfDigitsMax``.
    public internal(set) var droppedKeys = 0

    public init(options: TurnOptions) {
        self.options = options
        words = HeardWords(backchannels: options.backchannels)
        actions.reserveCapacity(16)
    }

    // MARK: - What to do

    /// The next thing to do, oldest first.
    public mutating func nextAction() -> TurnAction? {
        guard nextActionIndex < actions.count else { return nil }
        let action = actions[nextActionIndex]
        nextActionIndex += 1
        if nextActionIndex == actions.count {
            actions.removeAll(keepingCapacity: true)
            nextActionIndex = 0
        }
        return action
    }

    /// True when something is still to be done.
    var hasActions: Bool { nextActionIndex < actions.count }

    mutating func emit(_ action: TurnAction) { actions.append(action) }

    /// True once ``TurnAction/end(_:)`` was given or ``callerLeft()`` was called.
    public var isOver: Bool { if case .over = phase { true } else { false } }
    var isLive: Bool { if case .live = phase { true } else { false } }

    /// True while the caller's audio belongs to an utterance and is to be fed to the transcriber.
    public var isListening: Bool { utterance != nil }

    // MARK: - The call

    /// The call begins; `hasGreeting` says that a greeting is played as reply 0.
    public mutating func start(hasGreeting: Bool, at now: UInt64) {
        startNanos = now
        guard hasGreeting else {
            idleSinceNanos = now
            return
        }
        var greeting = Reply(turn: 0, committedNanos: now, speechEndNanos: now)
        greeting.waitingSinceNanos = now
        greeting.interruptibleFromNanos = now.adding(ms: options.greetingUninterruptibleMs)
        reply = greeting
    }

    /// The caller has gone; nothing more comes out.
    public mutating func callerLeft() { phase = .over }

    /// A digit was keyed, which is deliberate: it stops the agent at once. `completeness` judges
    /// ``digits(adding:)``, and is `.unknown` where that is nil.
    public mutating func dtmf(_ digit: String, completeness: Completeness, at now: UInt64) {
        guard isLive, !isSuspended, !digit.isEmpty else { return }
        dropUtterance()
        if let reply { interrupt(reply) }
        overlap = nil
        idleSinceNanos = nil
        lastDigitNanos = now
        if endsNumber(digit) { return commitDigits(at: now) }
        guard let longer = digits(adding: digit) else {
            droppedKeys += 1
            droppedKeysOfNumber += 1
            return
        }
        digits = longer
        if completeness == .complete { commitDigits(at: now) }
    }

    /// What has been keyed, with one more digit; nil where that changes nothing of the number: it
    /// ends it, or comes after as many as are kept.
    public func digits(adding digit: String) -> String? {
        guard !endsNumber(digit),
            digits.utf8.count + digit.utf8.count <= options.dtmfDigitsMax
        else { return nil }
        return digits + digit
    }

    private func endsNumber(_ digit: String) -> Bool { digit == "#" && !digits.isEmpty }

    mutating func commitDigits(at now: UInt64) {
        let input = CallerInput.dtmf(digits)
        digits = ""
        droppedKeysOfNumber = 0
        silences = 0
        commitNew(input, at: now)
    }

    /// Begins and commits a reply to something that was not speech.
    mutating func commitNew(_ input: CallerInput, at now: UInt64) {
        lastTurn += 1
        isOnHold = false
        emit(.startReply(turn: lastTurn, input: input, isSpeculative: false))
        commitReply(turn: lastTurn, speechEndNanos: now, utterance: nil, at: now)
    }

    mutating func commitReply(
        turn: TurnID, speechEndNanos: UInt64, utterance: Utterance?, at now: UInt64
    ) {
        emit(.commit(turn: turn, speechEndNanos: speechEndNanos))
        var committed = Reply(
            turn: turn, committedNanos: now, speechEndNanos: speechEndNanos, utterance: utterance)
        committed.waitingSinceNanos = now
        reply = committed
        idleSinceNanos = nil
    }
}
