import CSndfile

/// Reads whole audio files as mono samples: WAV, FLAC, AIFF, AU, Ogg Vorbis, Ogg Opus and what else
/// libsndfile knows, and headerless µ-law at 8 kHz if the name ends in `.ulaw` or `.ul`.
///
/// Blocks on the disk and allocates: not for an event loop's thread.
public struct AudioFile: Sendable {
    /// Samples of −1…1, channels averaged.
    public let samples: [Float]
    /// Samples per second.
    public let sampleRate: Int
    /// Channels in the file, before they were mixed.
    public let channelCount: Int

    /// Length in seconds.
    public var duration: Double { Double(samples.count) / Double(sampleRate) }

    /// Reads a whole file.
    ///
    /// - Parameter maximumSeconds: a longer file is refused before its samples are read.
    /// - Throws: `DSPError.cannotRead` or `.tooLong`.
    public static func read(
        path: String, maximumSeconds: Double = 3600
    ) throws(DSPError) -> AudioFile {
        var info = SF_INFO()
        if path.hasSuffix(".ulaw") || path.hasSuffix(".ul") {
            info.format = Int32(SF_FORMAT_RAW | SF_FORMAT_ULAW)
            info.samplerate = 8_000
            info.channels = 1
        }
        guard let file = sf_open(path, Int32(SFM_READ), &info) else {
            throw .cannotRead(path: path, reason: lastError(nil))
        }
        defer { sf_close(file) }
        let rate = Int(info.samplerate)
        let channels = Int(info.channels)
        guard rate > 0, channels > 0, info.frames >= 0 else {
            throw .cannotRead(path: path, reason: "its header makes no sense")
        }
        let seconds = Double(info.frames) / Double(rate)
        guard seconds <= maximumSeconds else {
            throw .tooLong(path: path, seconds: seconds, maximumSeconds: maximumSeconds)
        }
        let samples = try mono(file, path, frames: Int(info.frames), channels: channels)
        return AudioFile(samples: samples, sampleRate: rate, channelCount: channels)
    }

    /// Reads a whole file and brings it to the given rate with the best resampler.
    ///
    /// - Throws: `DSPError.cannotRead`, `.tooLong` or `.unsupportedRates`.
    public static func read(
        path: String, resampledTo rate: Int, maximumSeconds: Double = 3600
    ) throws(DSPError) -> [Float] {
        let file = try read(path: path, maximumSeconds: maximumSeconds)
        return try StreamingResampler.resample(file.samples, from: file.sampleRate, to: rate)
    }

    /// The samples at 16 bits, rounded and saturated.
    public var samples16: [Int16] {
        samples.map { SampleConversion.int16($0 * 32_768) }
    }

    private static func mono(
        _ file: OpaquePointer, _ path: String, frames: Int, channels: Int
    ) throws(DSPError) -> [Float] {
        var samples: [Float] = []
        samples.reserveCapacity(frames)
        let blockFrames = 4096
        var block = [Float](repeating: 0, count: blockFrames * channels)
        let scale = 1 / Float(channels)
        while true {
            // The count in the header may be wrong: what can be read decides.
            let count = Int(sf_readf_float(file, &block, sf_count_t(blockFrames)))
            guard count > 0 else { break }
            for frame in 0..<count {
                var sum: Float = 0
                for channel in 0..<channels { sum += block[frame * channels + channel] }
                samples.append(sum * scale)
            }
        }
        guard sf_error(file) == Int32(SF_ERR_NO_ERROR) else {
            throw .cannotRead(path: path, reason: lastError(file))
        }
        return samples
    }

    static func lastError(_ file: OpaquePointer?) -> String {
        var text = sf_strerror(file).map { String(cString: $0) } ?? "unknown error"
        while let last = text.last, last.isWhitespace || last == "." { text.removeLast() }
        return text
    }
}
