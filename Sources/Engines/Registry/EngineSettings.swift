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
    package func patience(_ stage: String) -> Patience {
        let usual = Patience.usual[stage] ?? Patience.other
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

    package static let usual = [
        "stt": Patience(
            connectMs: 500, firstByteMs: 1200, totalMs: 3000, stallMs: 800, answerMs: 600),
        "llm": Patience(
            connectMs: 500, firstByteMs: 1000, totalMs: 20_000, stallMs: 1000, answerMs: 2500),
        "tts": other,
    ]
    package static let other = Patience(
        connectMs: 500, firstByteMs: 800, totalMs: 30_000, stallMs: 500, answerMs: 900)
}

/// An engine that the configuration can name: where it can stand, what it takes, what it needs.
package struct EngineKind {
    package var name: String
    package var list: String
    package var keys: [String]
    package var required: [String] = []

    private static let times = ["connectMs", "firstByteMs", "totalMs"]
    private static let remote = ["baseURL", "apiKeyEnv", "model"] + times
    private static let chat = remote + ["prompt", "temperature", "tokensMax"]

    package static let all = [
        EngineKind(
            name: "whisper", list: "stt",
            keys: [
                "model", "threads", "workers", "queueMax", "language", "prompt", "vocabularyMax",
            ]),
        EngineKind(
            name: "openai", list: "stt", keys: remote + ["language", "prompt", "sampleRate"],
            required: ["model"]),
        EngineKind(
            name: "openai-realtime", list: "stt", keys: remote + ["language", "prompt"],
            required: ["model"]),
        EngineKind(
            name: "deepgram", list: "stt",
            keys: remote + [
                "language", "prompt", "sampleRate", "endpointingMs", "endOfTurnThreshold",
                "earlyEndOfTurnThreshold",
            ]),
        EngineKind(
            name: "concya", list: "stt",
            keys: ["baseURL", "apiKeyEnv", "language"] + times),
        EngineKind(name: "fixed", list: "stt", keys: ["text", "delayMs"]),
        EngineKind(name: "scripted", list: "llm", keys: []),
        EngineKind(name: "openai", list: "llm", keys: chat, required: ["model"]),
        EngineKind(name: "ollama", list: "llm", keys: chat, required: ["model"]),
        EngineKind(name: "anthropic", list: "llm", keys: chat, required: ["model"]),
        EngineKind(
            name: "concya", list: "llm", keys: ["baseURL", "apiKeyEnv", "language"] + times),
        EngineKind(name: "fixed", list: "llm", keys: ["text", "delayMs"]),
        EngineKind(name: "flite", list: "tts", keys: ["voice", "workers"]),
        EngineKind(
            name: "openai", list: "tts",
            keys: remote + ["voice", "format", "sampleRate", "rate", "requestsMax"],
            required: ["model", "voice"]),
        EngineKind(name: "espeak", list: "tts", keys: ["voice", "language", "rate"]),
        EngineKind(
            name: "elevenlabs", list: "tts",
            keys: remote + ["voice", "sampleRate", "rate", "requestsMax", "spares"],
            required: ["voice"]),
        EngineKind(
            name: "deepgram", list: "tts", keys: remote + ["requestsMax"], required: ["model"]),
        EngineKind(
            name: "piper", list: "tts",
            keys: ["baseURL", "apiKeyEnv", "voice", "rate", "requestsMax"] + times),
        EngineKind(
            name: "concya", list: "tts",
            keys: ["baseURL", "apiKeyEnv", "voice", "requestsMax"] + times),
        EngineKind(name: "fixed", list: "tts", keys: ["clipMs", "voice", "workers"]),
    ]

    package static func of(_ list: String) -> [EngineKind] { all.filter { $0.list == list } }

    /// Whether an address may be one of a WebSocket.
    package var takesWebSocketAddress: Bool {
        list == "stt" && ["deepgram", "openai-realtime", "concya"].contains(name)
    }

    /// All keys that an entry may have.
    package var allKeys: [String] { ["engine"] + keys + ["answerMs", "stallMs"] }
}
