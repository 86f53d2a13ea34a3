import CallSimulator
import DSP
import Language
import Pipelines
import StreamTesting
import TestSupport
import VAD

/// Plays the recorded callers through the real speech detector on the settable clock, with a
/// transcriber that knows the words spoken so far: what adaptive endpointing does with real pauses.
struct FixtureReplay {
    /// A clip with the time at which each of its words is over.
    struct Clip {
        var name: String
        var kind: String
        var muLaw: [UInt8]
        var words: [(text: String, endMs: Int)]
        var startMs: Int
        var endMs: Int
        var longestPauseMs: Int
        var question: String
    }

    struct Result {
        var responseMs: Double?
        var isCutIn: Bool
        var heardText: String
    }

    private static let kinds: Set<String> = ["speech", "pauses", "backchannel", "cough", "noise"]
    static let leadInMs = 800

    let model: SileroModel
    let clips: [Clip]

    init(folder: String, modelPath: String) throws {
        model = try SileroModel(weightsPath: modelPath)
        let library = try FixtureLibrary(folder: folder)
        var clips: [Clip] = []
        for clip in library.clips
        where Self.kinds.contains(clip.kind) {
            let speech = clip.speechMs ?? 0..<clip.sampleCount / 8
            let utterance = try library.utterance(clip)
            clips.append(
                Clip(
                    name: clip.file, kind: clip.kind, muLaw: utterance.muLaw,
                    words: Self.words(of: clip.text, in: speech, pausesMs: clip.pausesMs),
                    startMs: speech.lowerBound, endMs: speech.upperBound,
                    longestPauseMs: clip.pausesMs.map(\.count).max() ?? 0,
                    question: Self.question(before: clip.text)))
        }
        self.clips = clips
    }

    /// Words fill the sounding parts in proportion to their letters, and none lies across a pause.
    static func words(
        of text: String, in speech: Range<Int>, pausesMs: [Range<Int>]
    ) -> [(text: String, endMs: Int)] {
        let words = text.split(separator: " ").map(String.init)
        let letters = words.map { Double($0.filter(\.isLetter).count + 1) }
        let whole = letters.reduce(0, +)
        let sounding = Double(speech.count - pausesMs.reduce(0) { $0 + $1.count })
        var result: [(text: String, endMs: Int)] = []
        var done = 0.0
        var pauses = pausesMs[...]
        var shift = 0.0
        for (word, length) in zip(words, letters) {
            done += length
            let end = Double(speech.lowerBound) + done / whole * sounding + shift
            var endMs = Int(end)
            let half = Int(length / 2 / whole * sounding)
            if let pause = pauses.first, endMs > pause.lowerBound - half {
                // The word before the pause ends with it.
                endMs = pause.lowerBound
                shift += Double(pause.count)
                pauses = pauses.dropFirst()
            }
            result.append((word, min(endMs, speech.upperBound)))
        }
        if !result.isEmpty { result[result.count - 1].endMs = speech.upperBound }
        return result
    }

    /// What a receptionist would have asked before.
    static func question(before text: String) -> String {
        let words = Set(HeardWords.split(text))
        func has(_ any: String...) -> Bool { any.contains { words.contains($0) } }
        if has("yes", "no", "thats") { return "Shall I book that for you?" }
        if has("name", "john", "sarah") { return "What name is it under?" }
        if has("number") || has("one") && has("five") { return "What is your phone number?" }
        if has("table", "reservation", "pizza", "dishes", "open", "someone", "cancel", "again") {
            return "How can I help you?"
        }
        if has("people", "party") || words == ["four"] { return "How many people will you be?" }
        if has("tomorrow", "friday", "sunday", "june", "saturday") {
            return has("at", "pm") || words == ["tomorrow"]
                ? "What day and what time would you like?" : "What day would you like?"
        }
        if has("seven", "quarter", "oclock") { return "What time would you like?" }
        return "How can I help you?"
    }

    private static func text(_ input: CallerInput?) -> String? {
        if case .speech(let transcript) = input { transcript.text } else { nil }
    }

    /// One call in which the clip is the only thing said.
    func play(_ clip: Clip, policy: CallPolicy, profile: ServiceProfile, seed: UInt64) -> Result {
        var dice = SeededGenerator(seed: seed)
        let time = SimulatedTime()
        // Speech does not begin where a frame does.
        let offset = Self.leadInMs * 8 + dice.pick(0...159)
        let stt = KnownTranscriber(clip, offsetMs: Double(offset) / 8, time, profile, dice.next())
        let dialogue = CheckedDialogue(time) { _, _ in
            .init(
                parts: [.sentence("Certainly.")], firstMs: Double(dice.pick(profile.firstTokenMs)))
        }
        let expectation = AnswerExpectation(askedBy: clip.question)
        dialogue.judge = {
            policy.judgesWords
                ? AnswerJudge.completeness(of: $0, expecting: expectation) : .unknown
        }
        let tts = CodedSynthesiser(time)
        tts.firstMs = { Double(dice.pick(profile.firstByteMs)) }
        let background = ComfortNoise(seed: seed, level: -65)
        var options = ConversationOptions()
        options.turn = policy.options
        let call = ClockedCall(
            .init(
                time: time, caller: ClipCaller(clip.muLaw, offset: offset, noise: background),
                stt: stt, dialogue: dialogue, tts: tts,
                detector: SileroSpeechDetecting(model: model)),
            greeting: nil, options: options)
        call.run(throughMs: (offset + clip.muLaw.count) / 8 + 2500)
        let end = Double(offset) / 8 + Double(clip.endMs)
        let first = call.frameMs.first
        return Result(
            responseMs: first.map { $0 - end }, isCutIn: first.map { $0 < end - 30 } ?? false,
            heardText: dialogue.commitMs.keys.min().flatMap { Self.text(dialogue.inputs[$0]) } ?? ""
        )
    }
}

/// Plays a clip once, over the noise of a quiet line.
final class ClipCaller: ClockedCaller {
    private let muLaw: [UInt8]
    private let offset: Int
    private var noise: ComfortNoise
    private var samples = [Int16](repeating: 0, count: 160)

    init(_ muLaw: [UInt8], offset: Int, noise: consuming ComfortNoise) {
        self.muLaw = muLaw
        self.offset = offset
        self.noise = noise
    }

    func speak(frame index: Int, of call: ClockedCall, into frame: inout [UInt8]) {
        samples.withUnsafeMutableBufferPointer { noise.fill($0) }
        for position in 0..<160 {
            let place = index * 160 + position - offset
            let isClip = muLaw.indices.contains(place)
            let spoken = isClip ? Int32(G711.decodeMuLaw(muLaw[place])) : 0
            let sum = spoken + Int32(samples[position])
            frame[position] = G711.encodeMuLaw(Int16(clamping: sum))
        }
    }
}

/// Knows the words that were over when it was asked.
final class KnownTranscriber: SpeechToTextSession {
    private let clip: FixtureReplay.Clip
    private let offsetMs: Double
    private let time: SimulatedTime
    private let profile: ServiceProfile
    private var dice: SeededGenerator
    private var generation = 0

    init(
        _ clip: FixtureReplay.Clip, offsetMs: Double, _ time: SimulatedTime,
        _ profile: ServiceProfile, _ seed: UInt64
    ) {
        self.clip = clip
        self.offsetMs = offsetMs
        self.time = time
        self.profile = profile
        dice = SeededGenerator(seed: seed)
    }

    func beginUtterance() { generation += 1 }
    func feed(_ samples: UnsafeBufferPointer<Int16>) {}

    func requestTranscript(_ completion: @escaping (Result<Transcript, StageError>) -> Void) {
        generation += 1
        let asked = generation
        let heardMs = time.nowMs - offsetMs
        let text = clip.words.filter { Double($0.endMs) <= heardMs }.map(\.text)
            .joined(separator: " ")
        time.after(ms: Double(dice.pick(profile.sttMs))) { [weak self] in
            guard let self, generation == asked else { return }
            generation += 1
            completion(.success(Transcript(text: text)))
        }
    }

    func cancelRequest() { generation += 1 }
    func close() { generation += 1 }
}
