/// The errors outside the audio path: opening and writing files, making processors.
///
/// Each case says what failed, where, and `description` ends with what to do about it.
public enum DSPError: Error, Equatable, CustomStringConvertible {
    /// A file could not be opened for reading.
    case cannotRead(path: String, reason: String)
    /// A file could not be created or written.
    case cannotWrite(path: String, reason: String)
    /// Bytes that should be coded audio are not, or not such as can be read.
    case cannotDecode(what: String, reason: String)
    /// A file holds more audio than the caller allows.
    case tooLong(path: String, seconds: Double, maximumSeconds: Double)
    /// The combination of format, rate and channels cannot be written.
    case unsupportedFormat(path: String, reason: String)
    /// A resampler between these rates cannot be made.
    case unsupportedRates(from: Int, to: Int)
    /// The audio processor refused an option.
    case audioProcessing(option: String, code: Int)

    /// One sentence of what and where, one of the remedy.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason):
            "cannot read the audio file \(path): \(reason). "
                + "Give a readable WAV, FLAC, AIFF, AU or Ogg file."
        case .cannotWrite(let path, let reason):
            "cannot write the audio file \(path): \(reason). "
                + "Check that its folder exists, may be written to and has space."
        case .cannotDecode(let what, let reason):
            "cannot decode \(what): \(reason). "
                + "Check what the sender makes of it."
        case .tooLong(let path, let seconds, let maximum):
            "the audio file \(path) lasts \(Int(seconds.rounded(.up))) s, more than the "
                + "\(Int(maximum)) s allowed. Cut it or raise the limit."
        case .unsupportedFormat(let path, let reason):
            "cannot write the audio file \(path) so: \(reason)."
        case .unsupportedRates(let from, let to):
            "cannot resample from \(from) to \(to) Hz. "
                + "Both must be positive, and neither more than 256 times the other."
        case .audioProcessing(let option, let code):
            "the audio processor refused \(option) (its code is \(code)). "
                + "Switch that option off or choose another value."
        }
    }
}
