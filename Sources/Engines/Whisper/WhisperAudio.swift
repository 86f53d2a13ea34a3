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

    /// 20 ms.
    static let blockSampleCount = 160
    /// About −50 dBFS: 20 dB under a quiet speaker on a bad line.
    static let soundLevelMin = 100

    /// True when any 20 ms are loud enough to be speech: silence needs no decoder, which would hear
    /// "you" in it.
    /// - Parameter samples8k: linear samples at 8 kHz.
    static func hasSound(_ samples8k: [Int16]) -> Bool {
        var start = 0
        while start < samples8k.count {
            let block = samples8k[start..<min(start + blockSampleCount, samples8k.count)]
            let energy = block.reduce(0) { $0 + Int($1) * Int($1) }
            if energy >= soundLevelMin * soundLevelMin * block.count { return true }
            start += blockSampleCount
        }
        return false
    }
}
