import DSP
import Pipelines

/// Understands the words of which it was fed all but a twentieth; answers after a while.
package final class CodedRecogniser: SpeechToTextSession {
    private let sounds: SpokenSounds
    private let time: SimulatedTime
    private var counts = [Int](repeating: 0, count: CodedSpeech.codeCount)
    private var generation = 0
    private var transcripts: [[Int]] = []
    package var latencyMs: () -> Double = { 20 }
    /// Asked once per request.
    package var failure: () -> StageError? = { nil }
    /// True when ``sounds(of:)`` can tell what a transcript was made of.
    package var numbersTranscripts = false
    /// Answers before the request returns.
    package var isImmediate = false
    package private(set) var requests = 0
    package private(set) var isClosed = false

    package init(_ sounds: SpokenSounds, _ time: SimulatedTime) {
        self.sounds = sounds
        self.time = time
    }

    package func beginUtterance() {
        counts = [Int](repeating: 0, count: CodedSpeech.codeCount)
        generation += 1
    }

    package func feed(_ samples: UnsafeBufferPointer<Int16>) {
        for index in stride(from: 0, to: samples.count, by: 8) where samples[index] != 0 {
            if let code = CodedSpeech.code(of: G711.encodeMuLaw(samples[index])) {
                counts[code] += 1
            }
        }
    }

    private var transcript: Transcript {
        let sounds = sounds.script.sounds
        var text = ""
        var said: [Int] = []
        for index in max(0, sounds.count - CodedSpeech.codeCount)..<sounds.count {
            let sound = sounds[index]
            guard let word = sound.word,
                counts[sound.code] * 100 >= (sound.toMs - sound.fromMs) * 95
            else { continue }
            text += text.isEmpty ? word : " " + word
            said.append(index)
        }
        guard numbersTranscripts else { return Transcript(text: text) }
        transcripts.append(said)
        return Transcript(text: text, confidence: Double(transcripts.count) / 1e9)
    }

    /// The sounds, by their place in the script, that a transcript was made of. They are found by
    /// its confidence, which is different for each and goes unchanged through the conversation.
    package func sounds(of transcript: Transcript) -> [Int] {
        let number = Int(((transcript.confidence ?? 0) * 1e9).rounded())
        return transcripts.indices.contains(number - 1) ? transcripts[number - 1] : []
    }

    package func requestTranscript(
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

    package func cancelRequest() { generation += 1 }
    package func close() { isClosed = true }
}
