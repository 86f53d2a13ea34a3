import Language
import Pipelines

/// Runs a turn machine on a settable clock: frames every 20 ms, a scripted speech detector, a
/// scripted transcriber, and a reply that plays as long as it is told to.
struct TurnDriver {
    struct Sound {
        var from: Int
        var to: Int
    }

    struct Words {
        var text: String
        var completeness = Completeness.unknown
        var afterMs = 20
        var fails = false
    }

    struct Entry: Equatable {
        var ms: Double
        var action: TurnAction
    }

    var machine: TurnMachine
    private(set) var log: [Entry] = []
    /// What a transcript asked for at a time says: the last entry that begins before it.
    var words: [(from: Int, words: Words)] = []
    var sounds: [Sound] = []
    /// A committed reply becomes audible this long after its commitment; nil for never.
    var audibleAfterMs: Int? = 5
    var replyMs = 3000
    var replyText = "I have a table for you."
    /// What the reply goes on with, so long after its beginning.
    var nextText: (afterMs: Int, text: String)?
    var isProtected = false
    var closing: ConversationEnding?
    /// Frames due in these spans come at their end, together.
    var stalls: [Sound] = []
    var onsetLagMs = 50
    var pauseLagMs = 80

    private var now: UInt64 = TurnDriver.epoch
    private var frames = 0
    private var pendingTranscripts: [(at: UInt64, id: Int, words: Words)] = []
    private var replyEvents: [(at: UInt64, turn: TurnID, isEnd: Bool)] = []
    private var nextSentences: [(at: UInt64, turn: TurnID, text: String)] = []
    private var startedSounds = 0
    private var pausedSounds = 0
    private var held: (turn: TurnID, left: UInt64)?
    static let epoch: UInt64 = 1_000_000_000_000

    init(_ change: (inout TurnOptions) -> Void = { _ in }) {
        var options = TurnOptions()
        // Round, so that what is expected can be reckoned in one's head.
        options.endpointMinMs = 200
        options.speculateAfterMs = 160
        options.bargeInConfirmMs = 600
        change(&options)
        machine = TurnMachine(options: options)
    }

    static func nanos(_ ms: Int) -> UInt64 { epoch + UInt64(ms) * 1_000_000 }
    var nowMs: Double { Double(now - Self.epoch) / 1e6 }

    mutating func start(hasGreeting: Bool = false) {
        machine.start(hasGreeting: hasGreeting, at: now)
        if hasGreeting { scheduleReply(0) }
        perform()
    }

    /// Runs until `ms`, doing everything at its exact time.
    mutating func run(until ms: Int) {
        let end = Self.nanos(ms)
        while true {
            var next = Self.frameTime(frames, stalls)
            var kind = 0
            for (index, pending) in pendingTranscripts.enumerated() where pending.at <= next {
                next = pending.at
                kind = 1 + index
            }
            for (index, event) in replyEvents.enumerated() where event.at < next {
                next = event.at
                kind = -1 - index
            }
            if let deadline = machine.nextDeadlineNanos, deadline < next {
                now = max(now, deadline)
                guard now <= end else { break }
                machine.advance(to: now)
                perform()
                continue
            }
            guard next <= end else { break }
            now = max(now, next)
            switch kind {
            case 0: frame()
            case 1...:
                let pending = pendingTranscripts.remove(at: kind - 1)
                answer(pending.id, pending.words)
            default:
                let event = replyEvents.remove(at: -1 - kind)
                if event.isEnd {
                    machine.replyHeard(turn: event.turn, at: now)
                } else {
                    machine.replyAudible(turn: event.turn, at: now)
                    machine.sentenceStarted(
                        turn: event.turn, text: replyText, isProtected: isProtected,
                        heardFrom: now)
                    if let nextText {
                        let at = now + UInt64(nextText.afterMs) * 1_000_000
                        nextSentences.append((at, event.turn, nextText.text))
                    }
                }
            }
            perform()
        }
        now = max(now, end)
    }

    private static func frameTime(_ index: Int, _ stalls: [Sound]) -> UInt64 {
        let ms = (index + 1) * 20
        for stall in stalls where ms > stall.from && ms < stall.to { return nanos(stall.to) }
        return nanos(ms)
    }

    private mutating func frame() {
        frames += 1
        let through = frames * 160
        if let next = nextSentences.first, now >= next.at {
            nextSentences.removeFirst()
            machine.sentenceStarted(turn: next.turn, text: next.text, heardFrom: now)
        }
        machine.audioArrived(through: Int64(through), at: now)
        for sound in sounds[startedSounds...] where (sound.from + onsetLagMs) * 8 <= through {
            startedSounds += 1
            machine.speechStarted(
                startSample: Int64(sound.from * 8), detectedSample: Int64(through), at: now)
            perform()
        }
        for sound in sounds[pausedSounds...] where (sound.to + pauseLagMs) * 8 <= through {
            pausedSounds += 1
            machine.speechPaused(endSample: Int64(sound.to * 8), at: now)
            perform()
        }
        machine.audioExamined(at: now)
    }

    private mutating func answer(_ id: Int, _ words: Words) {
        if words.fails {
            machine.transcriptFailed(id, at: now)
        } else {
            machine.transcribed(
                id, Transcript(text: words.text), words.completeness, at: now)
        }
    }

    private mutating func scheduleReply(_ turn: TurnID) {
        guard let audibleAfterMs else { return }
        let begin = now + UInt64(audibleAfterMs) * 1_000_000
        replyEvents.append((begin, turn, false))
        replyEvents.append((begin + UInt64(replyMs) * 1_000_000, turn, true))
    }

    mutating func perform() {
        while let action = machine.nextAction() {
            log.append(Entry(ms: nowMs, action: action))
            switch action {
            case .requestTranscript(let id):
                let words = words.last { Self.nanos($0.from) <= now }?.words
                if let words {
                    pendingTranscripts.append(
                        (now + UInt64(words.afterMs) * 1_000_000, id, words))
                }
            case .cancelTranscript: pendingTranscripts.removeAll()
            case .commit(let turn, _):
                if let closing { machine.replyCloses(turn: turn, closing) }
                scheduleReply(turn)
            case .sayGoodbye(let turn), .sayFailure(let turn): scheduleReply(turn)
            case .apologize(let turn):
                replyEvents.removeAll { $0.turn == turn }
                scheduleReply(turn)
            case .holdPlayout(let turn):
                if let end = replyEvents.first(where: { $0.turn == turn && $0.isEnd }) {
                    held = (turn, end.at - now)
                    replyEvents.removeAll { $0.turn == turn }
                }
            case .resumePlayout:
                if let held {
                    replyEvents.append((now + 1, held.turn, false))
                    replyEvents.append((now + held.left, held.turn, true))
                }
                held = nil
            case .interrupt(let turn), .merge(let turn), .giveUp(let turn):
                replyEvents.removeAll { $0.turn == turn }
                held = nil
            default: break
            }
        }
    }

    // MARK: - What happened

    /// The times of the actions that match.
    func times(_ isMatch: (TurnAction) -> Bool) -> [Double] {
        log.filter { isMatch($0.action) }.map(\.ms)
    }

    var commits: [Double] { times { if case .commit = $0 { true } else { false } } }
    var holds: [Double] { times { if case .holdPlayout = $0 { true } else { false } } }
    var resumes: [Double] { times { if case .resumePlayout = $0 { true } else { false } } }
    var interrupts: [Double] { times { if case .interrupt = $0 { true } else { false } } }
    var merges: [Double] { times { if case .merge = $0 { true } else { false } } }
    var discards: [Double] { times { if case .discardReply = $0 { true } else { false } } }
    var requests: [Double] { times { if case .requestTranscript = $0 { true } else { false } } }
    var endings: [ConversationEnding] {
        log.compactMap { if case .end(let ending) = $0.action { ending } else { nil } }
    }
    /// What the replies that were begun answer.
    var inputs: [CallerInput] {
        log.compactMap {
            if case .startReply(_, let input, _) = $0.action { input } else { nil }
        }
    }
}
