import DSP
import Pipelines

/// What a caller says and when; times in milliseconds from the start of the call.
struct CallerScript {
    struct Sound {
        var fromMs: Int
        var toMs: Int
        /// nil is a noise.
        var word: String?
        var code = 0
    }

    var sounds: [Sound] = []

    mutating func say(_ words: [String], fromMs: Int, wordMs: Int = 300) {
        var from = fromMs
        for word in words {
            add(word, from, from + wordMs)
            from += wordMs
        }
    }

    mutating func noise(fromMs: Int, toMs: Int) { add(nil, fromMs, toMs) }

    mutating func add(_ word: String?, _ from: Int, _ to: Int) {
        precondition(sounds.last.map { $0.toMs <= from } ?? true, "sounds in order")
        sounds.append(
            Sound(fromMs: from, toMs: to, word: word, code: sounds.count % CodedSpeech.codeCount))
    }

    var endMs: Int { sounds.last?.toMs ?? 0 }

    /// Runs of sound that are less than 80 ms apart: what a detector takes for one.
    var runs: [(fromMs: Int, toMs: Int)] {
        var runs: [(fromMs: Int, toMs: Int)] = []
        for sound in sounds {
            if let last = runs.last, sound.fromMs - last.toMs < 80 {
                runs[runs.count - 1].toMs = sound.toMs
            } else {
                runs.append((sound.fromMs, sound.toMs))
            }
        }
        return runs
    }

    /// The call's audio.
    func muLaw(throughMs ms: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: CodedSpeech.silence, count: ms * 8)
        for sound in sounds {
            let byte = sound.word == nil ? CodedSpeech.noise : CodedSpeech.byte(code: sound.code)
            for index in sound.fromMs * 8..<min(sound.toMs * 8, bytes.count) { bytes[index] = byte }
        }
        return bytes
    }
}

/// Says what the script has, late as a real detector is.
final class ScriptedDetector: SpeechDetecting {
    private let runs: [(fromMs: Int, toMs: Int)]
    private var position: Int64 = 0
    private var started = 0
    private var paused = 0
    private(set) var utteranceEnds = 0
    private(set) var playoutChanges: [Bool] = []

    init(_ script: CallerScript) { runs = script.runs }

    func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void
    ) {
        position += Int64(samples.count)
        while true {
            if paused < started, position >= Int64(runs[paused].toMs + 80) * 8 {
                emit(.paused(endSample: Int64(runs[paused].toMs) * 8))
                paused += 1
            } else if started == paused, started < runs.count,
                position >= Int64(runs[started].fromMs + 50) * 8
            {
                emit(
                    .started(
                        startSample: Int64(runs[started].fromMs) * 8, detectedSample: position))
                started += 1
            } else {
                return
            }
        }
    }

    func endUtterance() { utteranceEnds += 1 }

    func setPlayout(isActive: Bool, peakDBFS: Float) {
        if playoutChanges.last != isActive { playoutChanges.append(isActive) }
    }
}

/// Understands the words of which it was fed all but a twentieth; answers after a while.
final class CodedTranscriber: SpeechToTextSession {
    private let script: CallerScript
    private let time: SimulatedTime
    private var counts = [Int](repeating: 0, count: CodedSpeech.codeCount)
    private var generation = 0
    var latencyMs: () -> Double = { 20 }
    /// Asked once per request.
    var failure: () -> StageError? = { nil }
    /// Answers before the request returns.
    var isImmediate = false
    private(set) var requests = 0
    private(set) var isClosed = false

    init(_ script: CallerScript, _ time: SimulatedTime) {
        self.script = script
        self.time = time
    }

    func beginUtterance() {
        counts = [Int](repeating: 0, count: CodedSpeech.codeCount)
        generation += 1
    }

    func feed(_ samples: UnsafeBufferPointer<Int16>) {
        for index in stride(from: 0, to: samples.count, by: 8) where samples[index] != 0 {
            if let code = CodedSpeech.code(of: G711.encodeMuLaw(samples[index])) {
                counts[code] += 1
            }
        }
    }

    private var transcript: Transcript {
        let heard = script.sounds.filter {
            $0.word != nil && counts[$0.code] * 100 >= ($0.toMs - $0.fromMs) * 95
        }
        return Transcript(text: heard.compactMap(\.word).joined(separator: " "))
    }

    func requestTranscript(
        _ completion: @escaping (Result<Transcript, StageError>) -> Void
    ) {
        requests += 1
        generation += 1
        let asked = generation
        let result: Result<Transcript, StageError> =
            failure().map { .failure($0) } ?? .success(transcript)
        if isImmediate {
            completion(result)
            return
        }
        time.after(ms: latencyMs()) { [weak self] in
            guard let self, generation == asked, !isClosed else { return }
            generation += 1
            completion(result)
        }
    }

    func cancelRequest() { generation += 1 }
    func close() { isClosed = true }
}
