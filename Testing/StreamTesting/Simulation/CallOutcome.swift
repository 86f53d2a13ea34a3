/// The outcome of one simulated call. Milliseconds, seconds where the name says so.
package struct CallOutcome: Sendable {
    package var seed: UInt64
    /// What must not happen, and did.
    package var problems: [String] = []
    package var callSeconds = 0.0
    package var turns = 0
    /// From the end of what the caller said to the first of the reply at their ear, network
    /// included.
    package var responseMs: [Double] = []
    package var answers = 0
    /// The agent spoke into an answer.
    package var cutIns = 0
    /// The turn was taken inside an answer, heard or not.
    package var earlyCommits = 0
    /// The words after which it was.
    package var earlyTexts: [String] = []
    /// No reply within three seconds.
    package var missedEnds = 0
    package var interruptions = 0
    /// The agent spoke on for more than a second.
    package var missedBargeIns = 0
    package var soundsOverAgent = 0
    /// The agent stopped for a noise or a "mhm", and went on.
    package var falseStops = 0
    /// How long each of these silences was.
    package var stopMs: [Double] = []
    /// Words said a second time after one of them, as far as the first time was nearly whole.
    package var repeatedWords = 0
    /// What happened when, where it is kept.
    package var history: [(ms: Double, what: String)] = []
    /// A noise or a "mhm" ended the reply.
    package var falseBargeIns = 0
    /// Silence of both sides beyond two seconds.
    package var deadAirSeconds = 0.0
    package var wastedReplies = 0
    package var wastedTranscripts = 0
    package var speculations = 0
    /// Speech that was made and not played.
    package var wastedSpeechSeconds = 0.0

    package init(seed: UInt64) { self.seed = seed }
}
