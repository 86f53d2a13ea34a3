import Pipelines

/// Hears sound in coded speech, late as a real detector is, and takes some noises for speech.
package final class CodedDetector: SpeechDetecting {
    private let onsetMs: () -> Int
    private let takesNoise: () -> Bool
    private var position: Int64 = 0
    private var soundStart: Int64?
    private var soundEnd: Int64 = 0
    private var isSpeaking = false
    private var isNoiseIgnored = false
    private var neededMs = 50
    /// Added to the positions that are told; only to break something on purpose.
    package var aheadSamples: Int64 = 0

    /// - Parameters:
    ///   - onsetMs: how much speech it takes to be noticed; asked once a sound.
    ///   - takesNoise: whether this noise passes for speech; asked once a noise.
    package init(onsetMs: @escaping () -> Int, takesNoise: @escaping () -> Bool) {
        self.onsetMs = onsetMs
        self.takesNoise = takesNoise
    }

    package func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void
    ) {
        // Sounds begin and end at whole milliseconds.
        for index in stride(from: 0, to: samples.count, by: 8) {
            let at = position + Int64(index)
            switch CodedSpeech.sound(of: samples[index]) {
            case .silence:
                isNoiseIgnored = false
                if let start = soundStart, at - soundEnd >= 80 * 8 { end(start, emit) }
            case .noise: if isHeardNoise() { sound(at, emit) }
            case .word: sound(at, emit)
            }
        }
        position += Int64(samples.count)
    }

    private func isHeardNoise() -> Bool {
        if isNoiseIgnored { return false }
        if soundStart == nil, !takesNoise() { isNoiseIgnored = true }
        return !isNoiseIgnored
    }

    private func sound(_ at: Int64, _ emit: (CallerSpeechEvent) -> Void) {
        if soundStart == nil {
            soundStart = at
            neededMs = onsetMs()
        }
        soundEnd = at + 8
        if let start = soundStart, !isSpeaking, soundEnd - start >= Int64(neededMs) * 8 {
            isSpeaking = true
            emit(
                .started(
                    startSample: start + aheadSamples, detectedSample: soundEnd + aheadSamples))
        }
    }

    private func end(_ start: Int64, _ emit: (CallerSpeechEvent) -> Void) {
        if isSpeaking { emit(.paused(endSample: soundEnd + aheadSamples)) }
        isSpeaking = false
        soundStart = nil
    }

    package func endUtterance() {}
    package func setPlayout(isActive: Bool, peakDBFS: Float) {}
}
