import Pipelines

/// A whole call on a settable clock: caller, network, the telephone company's playback buffer, and
/// the conversation in between. Notes everything that must not happen.
final class SimulatedCall: ConversationTransport, ConversationObserver {
    /// Speech as it came out at the caller's ear.
    struct Played {
        var startNanos: UInt64
        var bytes: [UInt8]
    }

    final class Wakeup: @unchecked Sendable {
        var action: () -> Void = {}
    }

    let time = SimulatedTime()
    let script: CallerScript
    let stt: CodedTranscriber
    let dialogue: CheckedDialogue
    let tts: CodedVoice
    let detector: ScriptedDetector
    let cache = SpeechCache(byteCountMax: 1 << 20)
    let options: ConversationOptions
    private let wakeup = Wakeup()
    private(set) var conversation: Conversation?

    // The network.
    var delayToMs: () -> Double = { 0 }
    var delayFromMs: () -> Double = { 0 }
    var frameLateMs: (Int) -> Double = { _ in 0 }
    private var lastArrivalNanos: UInt64 = 0
    private var lastReturnNanos: UInt64 = 0
    private var lastFrameNanos: UInt64 = 0
    private var timerGeneration = 0
    private var isWakeupDue = false

    // The other side's buffer.
    private(set) var played: [Played] = []
    private var playEndNanos: UInt64 = 0
    private var pendingMarks: [(id: Int, name: MarkName)] = []
    private var markCount = 0

    // What happened.
    private(set) var records: [TurnRecord] = []
    private(set) var events: [(ms: Double, event: ConversationEvent)] = []
    private(set) var ending: ConversationEnding?
    private(set) var clearMs: [Double] = []
    private(set) var frameMs: [Double] = []
    private(set) var marks: [MarkName] = []
    private(set) var violations: [String] = []
    /// Gaps inside a reply are wrong where all its speech is there at once.
    var allowsGaps = true
    private var sentEndNanos: UInt64 = 0
    private var isCleared = false
    private var clearedTurn: TurnID?
    private var corkDepth = 0
    var sentenceTurns: [String: TurnID] = [:]

    init(
        _ script: CallerScript, greeting: String? = nil,
        answer: @escaping (CallerInput, TurnID) -> CheckedDialogue.Answer,
        change: (inout ConversationOptions) -> Void = { _ in }
    ) {
        self.script = script
        var options = ConversationOptions()
        change(&options)
        self.options = options
        stt = CodedTranscriber(script, time)
        dialogue = CheckedDialogue(time, answer: answer)
        tts = CodedVoice(time)
        detector = ScriptedDetector(script)
        let time = time
        let wakeup = wakeup
        conversation = Conversation(
            options: options, call: CallInfo(callSid: "CA1", assistantID: "test"),
            stages: ConversationStages(
                stt: stt, dialogue: dialogue, tts: tts, detector: detector, cache: cache),
            greeting: greeting.map { tts.finished($0) }, transport: self, observer: self,
            onAudio: { wakeup.action() }, clock: { time.nowNanos })
        wakeup.action = { [unowned self] in wake() }
    }

    func run(throughMs: Int) {
        let audio = script.muLaw(throughMs: throughMs)
        time.after(ms: 0) { [self] in
            conversation?.start(nowNanos: time.nowNanos)
            receive(0, audio)
        }
        time.run(untilMs: Double(throughMs))
        if ending == nil { conversation?.end(nowNanos: time.nowNanos) }
        violations += dialogue.violations
    }

    private func receive(_ index: Int, _ audio: [UInt8]) {
        guard (index + 1) * 160 <= audio.count, ending == nil else { return }
        let ideal = time.nanos(atMs: Double(index + 1) * 20 + frameLateMs(index))
        lastFrameNanos = max(lastFrameNanos, ideal)
        time.at(lastFrameNanos) { [self] in
            audio[index * 160..<index * 160 + 160].withUnsafeBufferPointer {
                conversation?.receive(muLaw: $0, nowNanos: time.nowNanos)
            }
            receive(index + 1, audio)
        }
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

    func sendMedia(_ muLaw: UnsafeBufferPointer<UInt8>) {
        let bytes = Array(muLaw)
        let now = time.nowNanos
        if ending != nil { violations.append("media after the end") }
        if corkDepth != 1 { violations.append("media outside a cork") }
        if bytes.count != options.frameMs * 8 { violations.append("frame of \(bytes.count) bytes") }
        frameMs.append(time.nowMs)
        let turn = bytes.lazy.compactMap { CodedSpeech.code(of: $0) }.first
            .flatMap { tts.word($0) }.flatMap { sentenceTurns[$0] }
        if isCleared {
            if let turn, turn == clearedTurn {
                violations.append("audio of turn \(turn) after clear at \(time.nowMs)")
            }
            if turn != nil { isCleared = false }
        } else if !allowsGaps, let turn, turn == currentTurn, now > sentEndNanos {
            violations.append("gap in turn \(turn) at \(time.nowMs)")
        }
        if let turn { currentTurn = turn }
        let length = UInt64(bytes.count) * 125_000
        sentEndNanos = max(sentEndNanos, now) + length
        if sentEndNanos - now > UInt64(options.leadMs) * 1_000_000 {
            violations.append("lead exceeded at \(time.nowMs)")
        }
        arrive { [self] in
            let start = max(playEndNanos, time.nowNanos)
            played.append(Played(startNanos: start, bytes: bytes))
            playEndNanos = start + length
        }
    }
    private var currentTurn: TurnID?

    func sendMark(_ name: MarkName) {
        if marks.contains(name) { violations.append("mark \(name) twice") }
        marks.append(name)
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

    func sendClear() {
        clearMs.append(time.nowMs)
        isCleared = true
        clearedTurn = currentTurn
        sentEndNanos = min(sentEndNanos, time.nowNanos)
        arrive { [self] in
            let now = time.nowNanos
            while let last = played.last, last.startNanos >= now { played.removeLast() }
            if let last = played.last {
                let count = Int(min((now - last.startNanos) / 125_000, UInt64(last.bytes.count)))
                played[played.count - 1].bytes.removeLast(last.bytes.count - count)
            }
            playEndNanos = min(playEndNanos, now)
            let flushed = pendingMarks
            pendingMarks.removeAll()
            for mark in flushed { comeBack(mark.name) }
        }
    }

    func cork() { corkDepth += 1 }
    func uncork() { corkDepth -= 1 }

    func setTimer(atNanos: UInt64?) {
        timerGeneration += 1
        let generation = timerGeneration
        guard let atNanos else { return }
        time.at(atNanos) { [self] in
            guard generation == timerGeneration else { return }
            conversation?.advance(nowNanos: time.nowNanos)
        }
    }

    func conversationEnded(_ ending: ConversationEnding) {
        if self.ending != nil { violations.append("ended twice") }
        self.ending = ending
    }

    // MARK: - Observer

    func conversation(_ event: ConversationEvent) {
        events.append((time.nowMs, event))
        if case .playoutResumed = event {
            isCleared = false
            sentEndNanos = max(sentEndNanos, time.nowNanos)
        }
    }

    func turnFinished(_ record: TurnRecord) { records.append(record) }

    // MARK: - At the caller's ear

    /// How many coded bytes of each word were played.
    var playedByteCounts: [String: Int] {
        var counts = [Int](repeating: 0, count: 256)
        for piece in played {
            for byte in piece.bytes { counts[Int(byte)] += 1 }
        }
        var words: [String: Int] = [:]
        for (byte, count) in counts.enumerated() where count > 0 {
            if let code = CodedSpeech.code(of: UInt8(byte)), let word = tts.word(code) {
                words[word] = count
            }
        }
        return words
    }

    /// The words in the order in which they were heard.
    var playedWords: [String] {
        var words: [String] = []
        var last: UInt8 = CodedSpeech.silence
        for piece in played {
            for byte in piece.bytes where byte != last {
                last = byte
                if let code = CodedSpeech.code(of: byte), let word = tts.word(code) {
                    words.append(word)
                }
            }
        }
        return words
    }

    /// Silence inside what was played, in milliseconds, between the given times.
    func gaps() -> [Double] {
        zip(played, played.dropFirst()).compactMap { first, second in
            let end = first.startNanos + UInt64(first.bytes.count) * 125_000
            return second.startNanos > end ? Double(second.startNanos - end) / 1e6 : nil
        }
    }
}
