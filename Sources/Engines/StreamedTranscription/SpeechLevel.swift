/// Tells sound from silence, coarsely: see ``WhisperAudio``.
enum SpeechLevel {
    /// The end of the last 20 ms, or of the rest, that is loud enough to be speech; nil where none
    /// is. Does not allocate.
    /// - Parameter samples: linear, at 8 kHz.
    static func soundEnd(_ samples: UnsafeBufferPointer<Int16>) -> Int? {
        let floor = WhisperAudio.soundLevelMin * WhisperAudio.soundLevelMin
        var end: Int?
        var start = 0
        while start < samples.count {
            let next = min(start + WhisperAudio.blockSampleCount, samples.count)
            var energy = 0
            for sample in samples[start..<next] { energy += Int(sample) * Int(sample) }
            if energy >= floor * (next - start) { end = next }
            start = next
        }
        return end
    }
}
