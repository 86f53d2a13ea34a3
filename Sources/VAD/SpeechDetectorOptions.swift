/// How a ``SpeechDetector`` decides. Times in milliseconds, levels in decibels; "dBFS" is the root
/// mean square relative to full scale, above 150 Hz.
public struct SpeechDetectorOptions: Sendable, Equatable {
    /// Probability from which sound that has lasted `coughMs` counts as speech. 0…1.
    public var onsetThreshold: Float = 0.5
    /// Probability from which shorter sound counts as speech: coughs and bangs can look a little
    /// like it. 0…1, at least `onsetThreshold`.
    public var earlyOnsetThreshold: Float = 0.8
    /// See the thresholds. 0…1000.
    public var coughMs = 180
    /// Probability below which a chunk speaks against speech. 0…1, at most `onsetThreshold`.
    public var offsetThreshold: Float = 0.35
    /// How long there must have been sound before it can be an onset; keeps clicks out. Speech is
    /// not noticed before it has lasted this long. 10…500.
    public var onsetMs = 50
    /// How far before the beginning of speech `startSample` lies, so that a soft first consonant is
    /// not cut. 0…1000.
    public var preRollMs = 200
    /// Sound must have been away this long to be a pause. Shorter ones are the closures of
    /// consonants. 20…500.
    public var pauseMs = 80
    /// How long sound must have been back for the utterance to go on. 5…500.
    public var resumeMs = 40
    /// The same within `shortResumeWindowMs` of the end, where it is the release of a consonant.
    public var shortResumeMs = 10
    /// See `shortResumeMs`. 0…500.
    public var shortResumeWindowMs = 150
    /// A pause this long ends the utterance by itself; what follows is a new onset. The consumer
    /// ends it earlier with ``SpeechDetector/endUtterance()``. 100…10000.
    public var utteranceEndMs = 2_000

    /// How far above the mean of the noise a sound must be to be one, at least. 1…20.
    public var aboveNoiseDB: Float = 3
    /// How many mean deviations of the noise above its mean a sound must be, when that is more.
    public var noiseDeviations: Float = 4
    /// The most that `noiseDeviations` can ask for, in dB.
    public var aboveNoiseMaxDB: Float = 10
    /// Nothing softer than this is a sound. −80…−30.
    public var silenceDBFS: Float = -58
    /// What is this much softer than the loudest of the utterance is not part of it. 20…60.
    public var belowPeakDB: Float = 33
    /// The last 20 ms of it at most are a ring where they are this much softer than the loudest. 20…60.
    public var ringBelowLoudestDB: Float = 33

    /// How far above the noise a sound must be to wake the network. 1…20.
    public var gateDB: Float = 3.5
    /// The network sleeps again when there was no sound for this long. 100…5000.
    public var gateHoldMs = 320

    /// The two onset thresholds while our own voice is played, where they are higher. 0…1.
    public var playoutThreshold: Float = 0.7
    /// A mistake made now silences us, made in silence it costs nothing. 0…1.
    public var playoutEarlyThreshold: Float = 0.85
    /// How long there must have been sound to be an onset while our own voice is played. 10…500.
    public var playoutOnsetMs = 60
    /// While our own voice is played, an onset must be louder than its peak level plus this: what
    /// comes back from the caller's phone is softer. −60…0.
    public var playoutEchoDB: Float = -16
    /// How long the rules of playout stay after its end, for the way to the phone and back. 0…2000.
    public var playoutTailMs = 300

    public init() {}
}
