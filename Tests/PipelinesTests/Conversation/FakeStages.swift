import Pipelines

/// Answers with given sentences and checks that it is treated as the contract says.
final class CheckedDialogue: DialogueSession {
    struct Answer {
        var parts: [ReplyPart]
        var firstMs = 0.0
        var nextMs = 0.0
        var failsAfter: Int?
        /// Parts from here on wait for the turn's commitment.
        var heldFrom: Int?
    }

    enum Call: Equatable {
        case respond(CallerInput, TurnID)
        case commit(TurnID)
        case cancel(TurnID)
        case heard(TurnID, String)
        case close
    }

    var greeting: String?
    var answer: (CallerInput, TurnID) -> Answer
    var judge: (String) -> Completeness = { _ in .unknown }
    private let time: SimulatedTime
    private(set) var calls: [Call] = []
    private(set) var commitMs: [TurnID: Double] = [:]
    private(set) var inputs: [TurnID: CallerInput] = [:]
    private(set) var violations: [String] = []
    private var live: TurnID?
    private var generation = 0
    private var held: (() -> Void)?
    private var cancelled: Set<TurnID> = []
    private var heardTurns: Set<TurnID> = []

    init(_ time: SimulatedTime, answer: @escaping (CallerInput, TurnID) -> Answer) {
        self.time = time
        self.answer = answer
    }

    func completeness(of text: String) -> Completeness { judge(text) }

    func respond(
        to input: CallerInput, turn: TurnID,
        output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        calls.append(.respond(input, turn))
        if commitMs[turn] != nil { violations.append("respond to committed turn \(turn)") }
        generation += 1
        live = turn
        inputs[turn] = input
        held = nil
        let answer = answer(input, turn)
        send(answer, 0, isDue: false, generation, turn, output)
    }

    private func send(
        _ answer: Answer, _ index: Int, isDue: Bool, _ sent: Int, _ turn: TurnID,
        _ output: @escaping (Result<ReplyPart, StageError>) -> Void
    ) {
        guard generation == sent, index <= answer.parts.count else { return }
        if let from = answer.heldFrom, index >= from, commitMs[turn] == nil {
            held = { [weak self] in
                self?.send(answer, index, isDue: isDue, sent, turn, output)
            }
            return
        }
        let delay = index == 0 ? answer.firstMs : answer.nextMs
        if !isDue, delay > 0 {
            time.after(ms: delay) { [weak self] in
                self?.send(answer, index, isDue: true, sent, turn, output)
            }
            return
        }
        if answer.failsAfter == index {
            generation += 1
            output(.failure(.failed(stage: "dialogue", reason: "simulated")))
            return
        }
        output(.success(index < answer.parts.count ? answer.parts[index] : .end))
        send(answer, index + 1, isDue: false, sent, turn, output)
    }

    func commit(turn: TurnID) {
        calls.append(.commit(turn))
        if commitMs[turn] != nil { violations.append("turn \(turn) committed twice") }
        if live != turn { violations.append("turn \(turn) committed without a reply") }
        commitMs[turn] = time.nowMs
        let waiting = held
        held = nil
        waiting?()
    }

    func cancel(turn: TurnID) {
        calls.append(.cancel(turn))
        if live == turn {
            generation += 1
            live = nil
            held = nil
        }
        cancelled.insert(turn)
    }

    func heard(turn: TurnID, text: String) {
        calls.append(.heard(turn, text))
        if turn > 0, commitMs[turn] == nil { violations.append("heard uncommitted turn \(turn)") }
        if !heardTurns.insert(turn).inserted { violations.append("turn \(turn) heard twice") }
    }

    func close() {
        if calls.contains(.close) { violations.append("closed twice") }
        calls.append(.close)
    }

    func heardText(_ turn: TurnID) -> String? {
        for call in calls { if case .heard(turn, let text) = call { return text } }
        return nil
    }
}

/// Speaks words of 300 ms, 260 of them coded and 40 silent, as fast as it is told to.
final class CodedVoice: TextToSpeech, @unchecked Sendable {
    static let wordByteCount = 2400
    static let codedByteCount = 2080
    let name = "coded"
    private let time: SimulatedTime
    /// Before the first byte, and per second of speech after it.
    var firstMs: () -> Double = { 0 }
    var msPerSecond: () -> Double = { 0 }
    var failure: () -> StageError? = { nil }
    private(set) var clips: [SpeechClip] = []
    private var codes: [String: Int] = [:]
    private var words: [Int: String] = [:]

    init(_ time: SimulatedTime) { self.time = time }

    func word(_ code: Int) -> String? { words[code] }

    private func code(of word: String) -> Int {
        if let code = codes[word] { return code }
        let code = codes.count % CodedSpeech.codeCount
        codes[word] = code
        words[code] = word
        return code
    }

    func bytes(of text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in text.split(separator: " ") {
            let byte = CodedSpeech.byte(code: code(of: String(word)))
            bytes += [UInt8](repeating: byte, count: Self.codedByteCount)
            bytes += [UInt8](
                repeating: CodedSpeech.silence, count: Self.wordByteCount - Self.codedByteCount)
        }
        return bytes
    }

    func finished(_ text: String) -> SpeechClip {
        let clip = SpeechClip(text: text)
        bytes(of: text).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.finish()
        return clip
    }

    func synthesize(
        _ text: String, voice: String?, onAudio: @escaping @Sendable () -> Void
    ) -> SpeechClip {
        let clip = SpeechClip(text: text)
        clips.append(clip)
        let first = firstMs()
        let pace = msPerSecond()
        let failure = failure()
        let bytes = bytes(of: text)
        grow(clip, bytes, from: 0, first, pace, failure, onAudio)
        return clip
    }

    private func grow(
        _ clip: SpeechClip, _ bytes: [UInt8], from: Int, _ delay: Double, _ pace: Double,
        _ failure: StageError?, _ onAudio: @escaping @Sendable () -> Void
    ) {
        guard delay > 0 else {
            let count = pace > 0 ? min(800, bytes.count - from) : bytes.count - from
            bytes[from..<from + count].withUnsafeBufferPointer { _ = clip.append($0) }
            if let failure {
                clip.fail(failure)
            } else if from + count == bytes.count {
                clip.finish()
            } else {
                grow(clip, bytes, from: from + count, pace / 10, pace, nil, onAudio)
            }
            onAudio()
            return
        }
        time.after(ms: delay) { [self] in
            guard !clip.isCancelled else { return }
            grow(clip, bytes, from: from, 0, pace, failure, onAudio)
        }
    }
}
