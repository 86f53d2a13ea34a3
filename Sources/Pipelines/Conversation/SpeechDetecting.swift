import VAD

/// An event that a speech detector finds in the caller's audio; positions count samples at 8 kHz
/// from the start of the call.
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
    /// The utterance is over or was none: what comes next is judged as a beginning.
    func endUtterance()
    /// True when our own voice is being played, and how loud its loudest 10 ms were, in dBFS.
    func setPlayout(isActive: Bool, peakDBFS: Float)
}

/// Cleans the caller's audio before anything listens to it: noise, gain, echo. Bound to the call's
/// loop; does not allocate, lock or wait.
public protocol CallerAudioFilter: AnyObject {
    /// Changes samples at 8 kHz in place; a filter that delays them keeps their number.
    func process(_ samples: UnsafeMutableBufferPointer<Int16>)
    /// Speech that was sent, as the reference of an echo canceller: samples at 8 kHz, valid during the call.
    func played(_ samples: UnsafeBufferPointer<Int16>)
    /// What was sent and has not been played was thrown away: it makes no echo.
    func playoutCleared()
}

/// The Silero network with an energy gate.
public final class SileroSpeechDetecting: SpeechDetecting {
    private var detector: SpeechDetector

    /// Makes a detector of one call; allocates. `options.preRollMs` is ignored: positions are those
    /// of the speech itself, and ``ConversationOptions/preRollMs`` says what is heard before it.
    public init(model: SileroModel, options: SpeechDetectorOptions = SpeechDetectorOptions()) {
        var exact = options
        exact.preRollMs = 0
        detector = SpeechDetector(model: model, options: exact)
    }

    public func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (CallerSpeechEvent) -> Void
    ) {
        let through = detector.position + Int64(samples.count)
        detector.process(samples) { event in
            switch event {
            case .onset(let start, let detected):
                emit(.started(startSample: start, detectedSample: detected))
            case .resumed(let start):
                emit(.started(startSample: start, detectedSample: through))
            case .pause(let end): emit(.paused(endSample: end))
            }
        }
    }

    public func endUtterance() { detector.endUtterance() }

    public func setPlayout(isActive: Bool, peakDBFS: Float) {
        detector.setPlayout(active: isActive, peakDBFS: peakDBFS)
    }
}
