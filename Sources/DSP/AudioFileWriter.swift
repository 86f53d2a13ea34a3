import CSndfile

/// Writes an audio file piece by piece, such as the recording of a call: caller left, agent right.
///
/// One per file, used by one thread at a time. Blocks on the disk: not for an event loop's thread.
public final class AudioFileWriter {
    /// Container and coding.
    public enum Format: String, Sendable, CaseIterable {
        /// WAV with 16-bit samples.
        case wav
        /// WAV with G.711 µ-law.
        case wavMuLaw
        /// Ogg with Opus; 8, 12, 16, 24 or 48 kHz.
        case oggOpus
        /// MPEG layer III; one of its rates, from 8 to 48 kHz.
        case mp3

        var code: Int32 {
            let parts =
                switch self {
                case .wav: (SF_FORMAT_WAV, SF_FORMAT_PCM_16)
                case .wavMuLaw: (SF_FORMAT_WAV, SF_FORMAT_ULAW)
                case .oggOpus: (SF_FORMAT_OGG, SF_FORMAT_OPUS)
                case .mp3: (SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III)
                }
            return Int32(parts.0 | parts.1)
        }
    }

    /// Where it goes.
    public let path: String
    /// Container and coding.
    public let format: Format
    /// Samples per second and channel.
    public let sampleRate: Int
    /// 1 or 2.
    public let channelCount: Int
    /// Frames (one sample per channel) written so far.
    public private(set) var frameCount = 0

    private var file: OpaquePointer?

    /// Creates the file, or empties the one that is there.
    ///
    /// - Throws: `DSPError.unsupportedFormat` for a rate or channel count that the format has not,
    ///   `.cannotWrite` if the file cannot be made.
    public init(
        path: String, format: Format, sampleRate: Int, channelCount: Int = 1
    ) throws(DSPError) {
        guard channelCount == 1 || channelCount == 2 else {
            throw .unsupportedFormat(
                path: path, reason: "it would have \(channelCount) channels; give 1 or 2")
        }
        let opusRates = [8_000, 12_000, 16_000, 24_000, 48_000]
        guard (1...384_000).contains(sampleRate),
            format != .oggOpus || opusRates.contains(sampleRate)
        else {
            throw .unsupportedFormat(
                path: path,
                reason: "\(sampleRate) Hz does not go with \(format.rawValue); "
                    + "give 8000, 16000 or 48000 Hz")
        }
        var info = SF_INFO()
        info.samplerate = Int32(sampleRate)
        info.channels = Int32(channelCount)
        info.format = format.code
        guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
            throw .cannotWrite(path: path, reason: AudioFile.lastError(nil))
        }
        self.file = file
        self.path = path
        self.format = format
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        // Floats beyond full scale saturate instead of wrapping round.
        sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    }

    deinit {
        if let file { sf_close(file) }
    }

    /// Appends 16-bit samples; two channels alternate, left first.
    ///
    /// - Throws: `DSPError.cannotWrite`, for instance when the disk is full or the file is closed.
    public func write(_ samples: UnsafeBufferPointer<Int16>) throws(DSPError) {
        try append(samples.count) { sf_writef_short($0, samples.baseAddress, $1) }
    }

    /// Appends floats of −1…1, saturating; two channels alternate, left first.
    ///
    /// - Throws: `DSPError.cannotWrite`.
    public func write(_ samples: UnsafeBufferPointer<Float>) throws(DSPError) {
        try append(samples.count) { sf_writef_float($0, samples.baseAddress, $1) }
    }

    /// Appends µ-law codes as they are; only for `wavMuLaw`, or it traps.
    ///
    /// - Throws: `DSPError.cannotWrite`.
    public func write(muLaw codes: UnsafeBufferPointer<UInt8>) throws(DSPError) {
        precondition(format == .wavMuLaw, "codes go only into a µ-law file")
        let channels = sf_count_t(channelCount)
        try append(codes.count) { file, frames in
            sf_write_raw(file, codes.baseAddress, frames * channels) / channels
        }
    }

    /// Appends 16-bit samples; two channels alternate, left first.
    ///
    /// - Throws: `DSPError.cannotWrite`.
    public func write(_ samples: [Int16]) throws(DSPError) {
        try append(samples.count) { sf_writef_short($0, samples, $1) }
    }

    /// Appends floats of −1…1, saturating; two channels alternate, left first.
    ///
    /// - Throws: `DSPError.cannotWrite`.
    public func write(_ samples: [Float]) throws(DSPError) {
        try append(samples.count) { sf_writef_float($0, samples, $1) }
    }

    /// Brings header and data on disk up to date, so that a crash leaves a file that plays.
    public func synchronise() {
        guard let file else { return }
        sf_command(file, Int32(SFC_UPDATE_HEADER_NOW), nil, 0)
        sf_write_sync(file)
    }

    /// Completes the file; a second call does nothing.
    ///
    /// - Throws: `DSPError.cannotWrite` if the last of it could not be written.
    public func close() throws(DSPError) {
        guard let open = file else { return }
        file = nil
        guard sf_close(open) == 0 else {
            throw .cannotWrite(path: path, reason: "the end of it could not be written")
        }
    }

    private func append(
        _ sampleCount: Int, _ write: (OpaquePointer, sf_count_t) -> sf_count_t
    ) throws(DSPError) {
        precondition(sampleCount % channelCount == 0, "a frame has one sample per channel")
        guard let file else { throw .cannotWrite(path: path, reason: "it is closed already") }
        let frames = sf_count_t(sampleCount / channelCount)
        guard frames > 0 else { return }
        guard write(file, frames) == frames else {
            throw .cannotWrite(path: path, reason: AudioFile.lastError(file))
        }
        frameCount += Int(frames)
    }
}
