/// An event that a ``SpeechDetector`` noticed. Positions are samples at 8 kHz from the start of the
/// call.
public enum SpeechEvent: Sendable, Equatable {
    /// The caller began to speak. `startSample` is where speech began, less the pre-roll;
    /// `detectedSample` is how far the audio was heard when that became certain.
    case onset(startSample: Int64, detectedSample: Int64)
    /// Speech stopped at `endSample`, which lies in the past: the turn's silence counts from there.
    case pause(endSample: Int64)
    /// The same utterance went on at `atSample`: the pause was one inside it.
    case resumed(atSample: Int64)
}
