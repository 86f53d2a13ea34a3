import CStreamD

/// High-pass filter, noise suppression, gain and echo control for one mono stream, by the audio
/// processor of WebRTC.
///
/// One per call, used by one thread at a time; frames of 10 ms, or several in one block. The
/// library takes an uncontended lock of its own around every frame. `init` allocates.
public final class AudioProcessing {
    /// What runs.
    public let options: AudioProcessingOptions
    /// Samples in a frame of 10 ms: 80 or 160.
    public let frameCount: Int
    /// Frames that the library refused since the start, passed on unchanged; 0 unless it is broken.
    public private(set) var refusedFrameCount = 0

    private let processor: OpaquePointer

    /// Makes the state of one stream.
    ///
    /// - Throws: `DSPError.audioProcessing` naming the option outside its range.
    public init(options: AudioProcessingOptions) throws(DSPError) {
        guard options.sampleRate == 8_000 || options.sampleRate == 16_000 else {
            throw .audioProcessing(option: "the sample rate \(options.sampleRate) Hz", code: 0)
        }
        guard (0...500).contains(options.echoDelayMs) else {
            throw .audioProcessing(option: "the echo delay \(options.echoDelayMs) ms", code: 0)
        }
        var plain = Self.plainOptions(options)
        var code: Int32 = 0
        var refused: UnsafePointer<CChar>?
        guard let processor = streamd_audio_create(&plain, &code, &refused) else {
            let name = refused.map { String(cString: $0) } ?? "its options"
            throw .audioProcessing(option: name, code: Int(code))
        }
        self.processor = processor
        self.options = options
        frameCount = options.sampleRate / 100
    }

    deinit {
        streamd_audio_destroy(processor)
    }

    /// Processes the near signal in place; the block holds whole frames of 10 ms, or it traps.
    ///
    /// With echo control, `analyse(far:)` of the same 10 ms comes first.
    public func process(near samples: UnsafeMutableBufferPointer<Int16>) {
        precondition(samples.count % frameCount == 0, "a block holds whole frames of 10 ms")
        guard let start = samples.baseAddress else { return }
        for offset in stride(from: 0, to: samples.count, by: frameCount)
        where streamd_audio_process(processor, start + offset) != 0 {
            refusedFrameCount += 1
        }
    }

    /// Takes what the caller is about to hear as the reference of echo control; the block holds
    /// whole frames of 10 ms, or it traps. Without echo control it does nothing.
    public func analyse(far samples: UnsafeBufferPointer<Int16>) {
        precondition(samples.count % frameCount == 0, "a block holds whole frames of 10 ms")
        guard options.echoControl != nil, let start = samples.baseAddress else { return }
        for offset in stride(from: 0, to: samples.count, by: frameCount)
        where streamd_audio_analyse(processor, start + offset) != 0 {
            refusedFrameCount += 1
        }
    }

    private static func plainOptions(_ options: AudioProcessingOptions) -> streamd_audio_options {
        var plain = streamd_audio_options()
        plain.sample_rate_hz = Int32(options.sampleRate)
        plain.high_pass = options.highPass
        plain.noise_suppression =
            switch options.noiseSuppression {
            case nil: 0
            case .low: 1
            case .moderate: 2
            case .high: 3
            case .veryHigh: 4
            }
        if let gain = options.automaticGain {
            plain.gain_mode = gain.adaptive ? 1 : 2
            plain.gain_target_dbfs = Int32(clamping: gain.targetDecibelsBelowFullScale)
            plain.gain_compression_db = Int32(clamping: gain.compressionDecibels)
            plain.gain_limiter = gain.limiter
        }
        switch options.echoControl {
        case nil:
            break
        case .full(let suppression):
            plain.echo_mode = 1
            plain.echo_suppression = suppression.rawValue
        case .mobile(let routing):
            plain.echo_mode = 2
            plain.echo_suppression = routing.rawValue
        }
        plain.echo_delay_ms = Int32(options.echoDelayMs)
        plain.echo_delay_agnostic = true
        return plain
    }
}
