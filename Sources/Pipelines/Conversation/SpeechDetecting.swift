/// What a speech detector finds in the caller's audio; positions count samples at 8 kHz from the
/// start of the call.
public enum CallerSpeechEvent: Sendable, Equatable {
    /// Speech began at `startSample`, or began again; certain once the audio had come to
    /// `detectedSample`.
    case started(startSample: Int64, detectedSample: Int64)
    /// Speech ended at `endSample`.
    case paused(endSample: Int64)
}

/// Finds speech in one caller's audio. Bound to the call's loop; does not allocate, lock or wait.
public protocol SpeechDetecting: AnyObject {
    /// Takes the next samples, any number, and emits what they show.
    func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void)
}

/// Cleans the caller's audio before anything listens to it: noise, gain, echo. Bound to the call's
/// loop; does not allocate, lock or wait.
public protocol CallerAudioFilter: AnyObject {
    /// Changes samples at 8 kHz in place; a filter that delays them keeps their number.
    func process(_ samples: UnsafeMutableBufferPointer<Int16>)
    /// Speech that was sent, as the reference of an echo canceller.
    func played(_ muLaw: UnsafeBufferPointer<UInt8>)
}
