import Configuration
import DSP
import Pipelines

/// Noise suppression, gain and echo cancellation on one caller's audio, where they are switched on.
final class CallerFilter: CallerAudioFilter {
    private let processing: AudioProcessing
    private let echo: EchoReference?

    /// Nil when nothing is switched on: the audio then goes through untouched.
    init?(_ settings: AudioSettings, leadMs: Int) throws(DSPError) {
        var options = AudioProcessingOptions()
        options.highPass = settings.highPass
        options.noiseSuppression = Self.strength(settings.noiseSuppression)
        options.automaticGain = settings.automaticGain ? .init() : nil
        options.echoControl = settings.echoCancellation ? .full(.moderate) : nil
        options.echoDelayMs = EchoReference.searchedMs
        guard options.isActive else { return nil }
        processing = try AudioProcessing(options: options)
        echo =
            settings.echoCancellation
            ? EchoReference(leadMs: leadMs, firstDelayMs: settings.echoDelayMs) : nil
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
            let frame = UnsafeMutableBufferPointer(rebasing: samples[start..<start + count])
            if let echo { processing.analyse(far: echo.next(near: UnsafeBufferPointer(frame))) }
            processing.process(near: frame)
            start += count
        }
    }

    func played(_ samples: UnsafeBufferPointer<Int16>) { echo?.append(samples) }

    func playoutCleared() { echo?.clear() }
}
