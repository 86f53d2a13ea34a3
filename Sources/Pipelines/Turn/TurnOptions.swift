import VAD

/// The numbers that turn-taking goes by: the `turn` section of the configuration, whose keys are called
/// alike. Milliseconds.
public struct TurnOptions: Sendable, Equatable {
    /// The kinds of endpointing: what the silence that ends a turn depends on.
    public enum Endpointing: String, Sendable, CaseIterable {
        /// On the words, on what was asked, and on how this caller pauses.
        case adaptive
        /// On nothing: it is always `endpointMs`.
        case fixed
    }

    // MARK: End of turn

    public var endpointing = Endpointing.adaptive
    /// Silence after the last word that ends a turn when nothing speaks for more or less, and that
    /// always does with fixed endpointing.
    public var endpointMs = 400
    /// The same once the words are complete for what was asked.
    public var endpointMinMs = 230
    /// The same while the words are incomplete; halfway to it when none were understood.
    public var endpointMaxMs = 1200
    /// Silence after which the utterance so far is transcribed and a reply begun; 0 turns
    /// speculation off, and the transcript is asked for at `endpointMs`.
    public var speculateAfterMs = 80
    /// The least time between two speculations of one utterance.
    public var speculateIntervalMs = 250
    /// How long the end of a turn waits for caller audio that the network is late with.
    public var lateAudioMs = 250
    /// Caller audio that stops coming in the middle of speech counts as a pause after this time.
    public var audioStallMs = 800
    /// How long a caller who goes on after the end of the turn, before hearing the reply, is taken
    /// to continue the same turn.
    public var mergeMs = 2000
    /// Speech that begins within this time of the reply's first frame was begun without hearing it.
    public var mergeHeardMs = 150
    /// An utterance longer than this is answered although the caller has not stopped.
    public var utteranceMaxMs = 30_000
    /// Speech shorter than this in which no words were understood is not a turn at all.
    public var unintelligibleMs = 300

    // MARK: Barge-in

    /// Speech over the agent that stops playout: what the detector takes for an onset there.
    public var bargeInMs = SpeechDetectorOptions().playoutOnsetMs
    /// The same during the first `earlyPlayoutMs` of a reply, when an echo is likeliest.
    public var bargeInEarlyMs = 100
    public var earlyPlayoutMs = 300
    /// Speech over the agent that is an interruption whatever the words.
    public var bargeInConfirmMs = 700
    /// A shorter sound over the agent is taken for noise: speech resumes without waiting for words.
    public var noiseMs = 120
    /// Silence after a sound over the agent at which speech resumes though no transcript came.
    public var resumeAfterMs = 450
    /// From the start of the greeting, how long the caller cannot stop it.
    public var greetingUninterruptibleMs = 0
    /// As many words in a row that the agent has just said are its own echo; 0 turns the check off.
    public var echoWords = 3
    /// What listeners say without taking the turn.
    public var backchannels = TurnOptions.defaultBackchannels

    // MARK: Silence and limits

    /// Silence of both sides after which the dialogue is told.
    public var idlePromptMs = 8000
    /// The same once the caller has asked us to wait.
    public var holdMs = 60_000
    /// After as many silences in a row the call is ended even if the dialogue does not.
    public var idlePromptsMax = 3
    /// A keyed number ends after this pause, with `#`, or when it is complete for what was asked.
    public var dtmfGapMs = 2000
    /// The longest keyed number; keys beyond it are dropped and counted.
    public var dtmfDigitsMax = 32
    /// Silence after the caller's last word, or in the middle of a reply, after which a filler is said
    /// while the reply is not there; 0 for none.
    public var fillerAfterMs = 1350
    /// A reply that is still not audible after this time is given up with a spoken apology.
    public var replyTimeoutMs = 8000
    /// A transcript that takes longer counts as failed.
    public var transcriptTimeoutMs = 5000
    /// As many turns in a row that failed, or were not understood because no engine answered, end the
    /// call.
    public var failuresMax = 3
    /// The longest call, in seconds; it ends with a spoken goodbye.
    public var callSeconds = 600
    /// The longest that goodbye may take.
    public var goodbyeMs = 10_000

    public init() {}

    public static let defaultBackchannels = [
        "mhm", "mm", "mmm", "mm-hmm", "mm-mm", "hm", "hmm", "uh-huh", "uh", "um", "ah", "oh", "aha",
        "ok", "okay", "right", "alright", "all right", "sure", "yeah", "yep", "yes", "i see",
        "got it", "great", "good", "fine", "cool", "nice", "perfect",
    ]
}
