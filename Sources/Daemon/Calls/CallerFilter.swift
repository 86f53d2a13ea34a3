import DSP
import Pipelines

/// Noise suppression, gain and echo cancellation on one caller's audio, where they are switched on.
///
/// What is sent runs ahead of what is heard by the lead. The reference of the echo canceller is
/// therefore kept in order and given out at the pace of the caller's audio, as the telephone plays it.
final class CallerFilter: CallerAudioFilter {
    private let processing: AudioProcessing
    private let far: UnsafeMutableBufferPointer<Int16>
    private var farRead = 0
    private var farCount = 0
    private let frame: UnsafeMutableBufferPointer<Int16>
    private let hasEcho: Bool

    /// Nil when nothing is switched on: the audio then goes through untouched.
    init?(_ settings: AudioSettings, leadMs: Int) throws(DSPError) {
        var options = AudioProcessingOptions()
        options.highPass = settings.highPass
        options.noiseSuppression = Self.strength(settings.noiseSuppression)
        options.automaticGain = settings.automaticGain ? .init() : nil
        options.echoControl = settings.echoCancellation ? .full(.moderate) : nil
        options.echoDelayMs = settings.echoDelayMs
        guard options.isActive else { return nil }
        hasEcho = settings.echoCancellation
        processing = try AudioProcessing(options: options)
        far = .allocate(capacity: (leadMs + 1000) * 8)
        frame = .allocate(capacity: processing.frameCount)
    }

    deinit {
        far.deallocate()
        frame.deallocate()
    }

    private static func strength(
        _ setting: AudioSettings.NoiseSuppression
    ) -> AudioProcessingOptions.NoiseSuppression? {
        switch setting {
        case .off: nil
        case .low: .low
        case .moderate: .moderate
        case .high: .high
        case .veryHigh: .veryHigh
        }
    }

    /// Frames of 10 ms are treated; a rest, which Twilio's 20 ms messages do not have, stays as it is.
    func process(_ samples: UnsafeMutableBufferPointer<Int16>) {
        let count = processing.frameCount
        var start = 0
        while start + count <= samples.count {
            if hasEcho {
                takeFarFrame()
                processing.analyse(far: UnsafeBufferPointer(frame))
            }
            processing.process(near: .init(rebasing: samples[start..<start + count]))
            start += count
        }
    }

    func played(_ muLaw: UnsafeBufferPointer<UInt8>) {
        guard hasEcho else { return }
        for code in muLaw where farCount < far.count {
            far[(farRead + farCount) % far.count] = G711.decodeMuLaw(code)
            farCount += 1
        }
    }

    func playoutCleared() { farCount = 0 }

    private func takeFarFrame() {
        for index in 0..<frame.count {
            guard farCount > 0 else {
                frame[index] = 0
                continue
            }
            frame[index] = far[farRead]
            farRead = (farRead + 1) % far.count
            farCount -= 1
        }
    }
}
