import DSP

/// Brings a call's audio into the form that Whisper was trained on.
enum WhisperAudio {
    /// The decoder refuses anything much shorter than this.
    static let sampleCountMin = 16_000

    /// - Parameter samples8k: linear samples at 8 kHz.
    /// - Returns: 16 kHz, −1…1, at least one second.
    static func prepare(_ samples8k: [Int16]) -> [Float] {
        let upsampler = Upsampler8to16()
        let count = max(sampleCountMin, samples8k.count * 2)
        return [Float](unsafeUninitializedCapacity: count) { output, written in
            output.initialize(repeating: 0)
            samples8k.withUnsafeBufferPointer { _ = upsampler.process($0, into: output) }
            written = count
        }
    }
}
