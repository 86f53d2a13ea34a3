/// One entry of `stt`, `llm` or `tts`. Times of 0 stand for the stage's own, see `Patience`.
public struct EngineSettings: Sendable, Equatable {
    public enum SpeechFormat: String, CaseIterable, Sendable { case pcm, wav, opus }

    public var engine: String
    public var model = ""
    public var threads = 1
    public var workers = 0
    public var queueMax = 64
    public var language = "en"
    public var prompt = ""
    public var vocabularyMax = 0
    public var voice = ""
    public var text = ""
    public var delayMs = 0
    public var clipMs = 3000

    public var baseURL = ""
    public var apiKeyEnv = ""
    public var sampleRate = 0
    public var endpointingMs = 0
    public var endOfTurnThreshold = 0.0
    public var earlyEndOfTurnThreshold = 0.5
    public var format = SpeechFormat.pcm
    public var rate = 1.0
    public var temperature = -1.0
    public var tokensMax = 300
    public var requestsMax = 64
    public var spares = 2
    public var connectMs = 0
    public var firstByteMs = 0
    public var totalMs = 0
    public var stallMs = 0
    public var answerMs = 0

    public init(engine: String) { self.engine = engine }

    /// What is set, and what the stage has for the rest.
    package func patience(_ stage: EngineStage) -> Patience {
        let usual = Patience.usual(stage)
        func chosen(_ own: Int, _ usual: Int) -> Int { own > 0 ? own : usual }
        return Patience(
            connectMs: chosen(connectMs, usual.connectMs),
            firstByteMs: chosen(firstByteMs, usual.firstByteMs),
            totalMs: chosen(totalMs, usual.totalMs), stallMs: chosen(stallMs, usual.stallMs),
            answerMs: chosen(answerMs, usual.answerMs))
    }
}

/// How long an engine may take for what, in milliseconds.
package struct Patience: Sendable, Equatable {
    package var connectMs: Int
    package var firstByteMs: Int
    package var totalMs: Int
    package var stallMs: Int
    package var answerMs: Int

    /// What a stage has where its entry says nothing.
    package static func usual(_ stage: EngineStage) -> Patience {
        switch stage {
        case .stt:
            Patience(connectMs: 500, firstByteMs: 1200, totalMs: 3000, stallMs: 800, answerMs: 600)
        case .llm:
            Patience(
                connectMs: 500, firstByteMs: 1000, totalMs: 20_000, stallMs: 1000, answerMs: 2500)
        case .tts:
            Patience(connectMs: 500, firstByteMs: 800, totalMs: 30_000, stallMs: 500, answerMs: 900)
        }
    }
}
