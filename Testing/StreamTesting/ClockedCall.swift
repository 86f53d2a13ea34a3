import DSP
import Pipelines

/// A caller on a settable clock, frame by frame.
package protocol ClockedCaller: AnyObject {
    /// Writes the 20 ms that end now as a telephone's µ-law, which the call is given in its own form; `frame`
    /// comes filled with silence.
    func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8])
}

/// A whole call on a settable clock: caller, network, the telephone company's playback buffer, and
/// the conversation in between. Notes everything that must not happen.
package class ClockedCall: ConversationTransport, ConversationObserver {
    /// Speech as it came out at the caller's ear.
    package struct Played {
        package var startNanos: UInt64
        package var sentNanos: UInt64
        /// Among all that was sent.
        package var order: Int
        /// What it is made of, a code a sample.
        package var codes: [UInt8]
        package var sampleRate: Int
        /// The reply that it belongs to, where that is known.
        package var turn: TurnID?
        /// The first word in it.
        package var word: String?

        package var endNanos: UInt64 {
            startNanos + UInt64(codes.count) * 1_000_000_000 / UInt64(sampleRate)
        }
    }

    /// The parts that a call is made of.
    package struct Parts {
        package var time: SimulatedTime
        package var caller: any ClockedCaller
        package var stt: any SpeechToTextSession
        package var dialogue: any DialogueSession
        package var tts: CodedSynthesiser
        package var detector: any SpeechDetecting

        package init(
            time: SimulatedTime, caller: any ClockedCaller, stt: any SpeechToTextSession,
            dialogue: any DialogueSession, tts: CodedSynthesiser, detector: any SpeechDetecting
        ) {
            self.time = time
            self.caller = caller
            self.stt = stt
            self.dialogue = dialogue
            self.tts = tts
            self.detector = detector
        }
    }

    private final class Wakeup: @unchecked Sendable {
        var action: () -> Void = {}
    }

    private static let invariantPrefix = "invariant: "
    package let time: SimulatedTime
    package let tts: CodedSynthesiser
    package let cache = SpeechCache(byteCountMax: 1 << 20)
    package let options: ConversationOptions
    private let caller: any ClockedCaller
    private let wakeup = Wakeup()
    package private(set) var conversation: Conversation?

    // The network.
    package var delayToMs: () -> Double = { 0 }
    package var delayFromMs: () -> Double = { 0 }
    package var frameLateMs: (Int) -> Double = { _ in 0 }
    private var lastArrivalNanos: UInt64 = 0
    private var lastReturnNanos: UInt64 = 0
    private var lastFrameNanos: UInt64 = 0
    private var timerGeneration = 0
    private var isWakeupDue = false
    private var frame = [UInt8](
        repeating: CodedSpeech.silence, count: CallAudio.telephone.byteCount(ms: 20))

    // The other side's buffer.
    package private(set) var played: [Played] = []
    private var playEndNanos: UInt64 = 0
    /// When each clear was sent, and when it came; its order among all that was sent.
    package private(set) var clears: [(sentNanos: UInt64, arrivalNanos: UInt64, order: Int)] = []
    private var sentCount = 0
    private var pendingMarks: [(id: Int, name: MarkName)] = []
    private var markCount = 0

    // What happened.
    package private(set) var records: [TurnRecord] = []
    package private(set) var events: [(ms: Double, event: ConversationEvent)] = []
    package private(set) var ending: ConversationEnding?
    package private(set) var endMs: Double?
    package private(set) var clearMs: [Double] = []
    package private(set) var frameMs: [Double] = []
    package private(set) var marks: [MarkName] = []
    package var violations: [String] = []
    /// Gaps inside a reply are wrong where all its speech is there at once.
    package var allowsGaps = true
    /// What is broken on purpose, to see that it is found.
    package var mutation: Mutation?
    private var sentEndNanos: UInt64 = 0
    private var isCleared = false
    private var clearedTurn: TurnID?
    private var currentTurn: TurnID?
    private var corkDepth = 0
    package var sentenceTurns: [String: TurnID] = [:]

    package init(
        _ parts: Parts, greeting: SpeechClip?, options: ConversationOptions
    ) {
        time = parts.time
        tts = parts.tts
        caller = parts.caller
        self.options = options
        let time = time
        let wakeup = wakeup
        conversation = Conversation(
            options: options, call: CallInfo(callSid: "CA1", assistantID: "test"),
            stages: ConversationStages(
                stt: parts.stt, dialogue: parts.dialogue, tts: parts.tts,
                detector: parts.detector, cache: cache),
            greeting: greeting, transport: self, observer: self,
            onAudio: { wakeup.action() }, clock: { time.nowNanos })
        wakeup.action = { [unowned self] in wake() }
        conversation?.onBrokenInvariant = { [unowned self] broken in
            // The first says what went wrong; what follows from it is not counted.
            guard !violations.contains(where: { $0.hasPrefix(Self.invariantPrefix) }) else {
                return
            }
            violations.append("\(Self.invariantPrefix)\(broken) at \(time.nowMs)")
        }
    }

    /// Runs the call to its end or to `throughMs`, when the caller hangs up.
    package func run(throughMs: Int) {
        time.after(ms: 0) { [self] in
            conversation?.start(nowNanos: time.nowNanos)
            tick(0, throughMs / 20)
        }
        time.run(untilMs: Double(throughMs))
        hangUp()
    }

    /// The caller hangs up.
    package func hangUp() {
        guard endMs == nil else { return }
        endMs = time.nowMs
        conversation?.end(nowNanos: time.nowNanos)
    }

    private func tick(_ index: Int, _ count: Int) {
        guard index < count else { return }
        time.at(time.nanos(atMs: Double(index + 1) * 20)) { [self] in
            guard endMs == nil else { return }
            for byte in frame.indices { frame[byte] = CodedSpeech.silence }
            caller.speak(frame: index, of: self, into: &frame)
            lastFrameNanos = max(
                lastFrameNanos, time.nowNanos + UInt64(frameLateMs(index) * 1e6))
            let bytes = CodedSpeech.bytes(frame, in: options.audio)
            if lastFrameNanos == time.nowNanos {
                receive(bytes)
            } else {
                time.at(lastFrameNanos) { [self] in
                    guard endMs == nil else { return }
                    receive(bytes)
                }
            }
            tick(index + 1, count)
        }
    }

    private func receive(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { conversation?.receive($0, nowNanos: frameNanos) }
    }

    /// The time that a frame is said to have come.
    private var frameNanos: UInt64 {
        mutation == .clockRunsBack ? time.nowNanos - 300_000_000 : time.nowNanos
    }

    private func wake() {
        guard !isWakeupDue else { return }
        isWakeupDue = true
        time.after(ms: 0.03) { [self] in
            isWakeupDue = false
            conversation?.audioArrived(nowNanos: time.nowNanos)
        }
    }

    // MARK: - Transport

    private func arrive(_ body: @escaping () -> Void) {
        lastArrivalNanos = max(
            lastArrivalNanos, time.nowNanos + UInt64(delayToMs() * 1e6))
        time.at(lastArrivalNanos, body)
    }

    package func sendMedia(_ speech: UnsafeBufferPointer<UInt8>) {
        let audio = options.audio
        let codes = CodedSpeech.codes(Array(speech), in: audio)
        let now = time.nowNanos
        if endMs != nil { violations.append("media after the end") }
        if corkDepth != 1 { violations.append("media outside a cork") }
        if speech.count != audio.byteCount(ms: options.frameMs) {
            violations.append("frame of \(speech.count) bytes")
        }
        frameMs.append(time.nowMs)
        let word = codes.lazy.compactMap { CodedSpeech.code(of: $0) }.first
            .flatMap { tts.word($0) }
        let turn = word.flatMap { sentenceTurns[$0] }
        noteSent(turn, at: now)
        sentCount += 1
        let order = sentCount
        let length = UInt64(audio.nanos(byteCount: Int64(speech.count)))
        sentEndNanos = max(sentEndNanos, now) + length
        if sentEndNanos - now > UInt64(options.leadMs) * 1_000_000 {
            violations.append("lead exceeded at \(time.nowMs)")
        }
        arrive { [self] in
            let start = max(playEndNanos, time.nowNanos)
            played.append(
                Played(
                    startNanos: start, sentNanos: now, order: order, codes: codes,
                    sampleRate: audio.sampleRate, turn: turn, word: word))
            playEndNanos = start + length
        }
    }

    private func noteSent(_ turn: TurnID?, at now: UInt64) {
        if isCleared {
            if let turn, turn == clearedTurn {
                violations.append("audio of turn \(turn) after clear at \(time.nowMs)")
            }
            if turn != nil { isCleared = false }
        } else if !allowsGaps, let turn, turn == currentTurn, now > sentEndNanos {
            violations.append("gap in turn \(turn) at \(time.nowMs)")
        }
        if let turn { currentTurn = turn }
    }

    package func sendMark(_ name: MarkName) {
        if marks.contains(name) { violations.append("mark \(name) twice") }
        marks.append(name)
        if mutation == .marksAtOnce {
            time.after(ms: 0) { [self] in
                conversation?.markReturned(name, nowNanos: time.nowNanos)
            }
            return
        }
        arrive { [self] in
            markCount += 1
            let id = markCount
            pendingMarks.append((id, name))
            time.at(max(playEndNanos, time.nowNanos)) { [self] in
                guard let index = pendingMarks.firstIndex(where: { $0.id == id }) else { return }
                pendingMarks.remove(at: index)
                comeBack(name)
            }
        }
    }

    private func comeBack(_ name: MarkName) {
        lastReturnNanos = max(lastReturnNanos, time.nowNanos + UInt64(delayFromMs() * 1e6))
        time.at(lastReturnNanos) { [self] in
            conversation?.markReturned(name, nowNanos: time.nowNanos)
        }
    }

    package func sendClear() {
        clearMs.append(time.nowMs)
        isCleared = true
        clearedTurn = currentTurn
        sentEndNanos = min(sentEndNanos, time.nowNanos)
        let sent = time.nowNanos
        sentCount += 1
        let order = sentCount
        arrive { [self] in
            let now = time.nowNanos
            clears.append((sent, now, order))
            guard mutation != .ignoresClear else { return }
            while let last = played.last, last.startNanos >= now { played.removeLast() }
            if let last = played.last {
                let heard = (now - last.startNanos) * UInt64(last.sampleRate) / 1_000_000_000
                let count = min(Int(heard), last.codes.count)
                played[played.count - 1].codes.removeLast(last.codes.count - count)
            }
            playEndNanos = min(playEndNanos, now)
            let flushed = pendingMarks
            pendingMarks.removeAll()
            for mark in flushed { comeBack(mark.name) }
        }
    }

    package func cork() { corkDepth += 1 }
    package func uncork() { corkDepth -= 1 }

    package func setTimer(atNanos: UInt64?) {
        timerGeneration += 1
        let generation = timerGeneration
        guard let atNanos else { return }
        time.at(atNanos) { [self] in
            guard generation == timerGeneration else { return }
            conversation?.advance(nowNanos: time.nowNanos)
        }
    }

    package func conversationEnded(_ ending: ConversationEnding) {
        if self.ending != nil { violations.append("ended twice") }
        self.ending = ending
        endMs = time.nowMs
    }

    // MARK: - Observer

    package func conversation(_ event: ConversationEvent) {
        events.append((time.nowMs, event))
        if case .playoutResumed = event {
            isCleared = false
            sentEndNanos = max(sentEndNanos, time.nowNanos)
        }
    }

    package func turnFinished(_ record: TurnRecord) { records.append(record) }
}
