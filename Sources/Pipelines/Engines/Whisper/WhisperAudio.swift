import DSP

/// Brings a call's audio into the form that Whisper was trained on.
enum WhisperAudio {
    /// The decoder refuses anything much shorter than this.
    static let sampleCountMin = 16_000

    /// - Parameter samples8k: linear samples at 8 kHz.
    /// - Returns: 16 kHz, −1…1, at least one second.
    static func prepare(_ samples8k: [Int16]) -> [Float] {
        var upsampler = Upsampler8to16()
        var samples = upsampler.process(samples8k.map { Float($0) / 32_768 })
        if samples.count < sampleCountMin {
            samples += [Float](repeating: 0, count: sampleCountMin - samples.count)
        }
        return samples
    }
}
