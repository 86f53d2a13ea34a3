import DSP
import VAD

/// The options of a conversation: sections `turn` and `buffers` of the configuration, whose keys are
/// called alike, and the texts
/// that are said without the dialogue. Milliseconds.
public struct ConversationOptions: Sendable, Equatable {
    public var turn = TurnOptions()

    /// The form of the call's audio, both ways; what carries the call says it.
    public var audio = CallAudio.telephone
    /// How far ahead of real time speech is sent.
    public var leadMs = 200
    /// One outbound message holds this much speech.
    public var frameMs = 20
    /// A mark follows at least every so much speech.
    public var markMs = 500
    /// A reply whose last mark does not return counts as heard this long after its computed end.
    public var markGraceMs = 1000
    /// Speech that may be synthesised ahead of playout.
    public var playoutMs = 60_000
    /// Caller audio from before the detected onset that belongs to the utterance.
    public var preRollMs = SpeechDetectorOptions().preRollMs
    /// Sentences that may wait to be spoken; more in one reply are dropped.
    public var sentencesMax = 64
    /// Sentences that are synthesised at the same time.
    public var synthesesMax = 2

    /// True when the greeting is said; false where the caller has heard one already.
    public var greets = true

    /// True when words of which the dialogue cannot say how complete they are, are judged by
    /// themselves and by what the agent has asked: see ``AnswerJudge``.
    public var judgesWords = false

    /// What the caller must hear to its end, such as that the call is recorded: a sentence that holds
    /// one of these cannot be interrupted by voice.
    public var notices: [String] = []

    /// The voice, as the text-to-speech engine names it.
    public var voice: String?
    public var fillerText = "One moment, please."
    public var apologyText = "I'm sorry, something went wrong. Could you say that again?"
    /// In place of the apology, when it is the last thing said.
    public var failedText =
        "I'm sorry, I have technical trouble. Please call again later. Goodbye."
    public var goodbyeText = "I'm sorry, we have reached the time limit for this call. Goodbye."

    public init() {}

    /// All that is said without the dialogue; to be made before the first call, since it is wanted
    /// when something has failed.
    public var localTexts: [String] { [fillerText, apologyText, failedText, goodbyeText] }

    func isNotice(_ sentence: String) -> Bool {
        notices.contains { !$0.isEmpty && sentence.contains($0) }
    }
}
