import Options

/// How long an engine may take for what, in milliseconds, as its entry says it: 0 for the stage's own,
/// see `Patience`.
public struct EngineTimes: Sendable, Equatable {
    public var connectMs = 0
    public var firstByteMs = 0
    public var totalMs = 0
    public var answerMs = 0
    public var stallMs = 0

    public init() {}

    /// Of engines behind a network alone.
    static let remoteKeys: Set = ["connectMs", "firstByteMs", "totalMs"]

    static let options: [ConfigurationOption<EngineTimes>] = [
        .integer(
            "connectMs", \.connectMs, 0...60_000, unit: "ms", "For name, TCP and TLS; 0 means 500."),
        .integer(
            "firstByteMs", \.firstByteMs, 0...60_000, unit: "ms",
            "From the request to the answer's first byte; 0 means stt 1200, llm 1000, tts 800."),
        .integer(
            "totalMs", \.totalMs, 0...300_000, unit: "ms",
            "To the answer's end; 0 means stt 3000, llm 20000, tts 30000."),
        .integer(
            "answerMs", \.answerMs, 0...60_000, unit: "ms",
            "In a chain, from the request to a transcript, a sentence or audio, before the next engine "
                + "is asked (stt: beside this one, and who answers first is believed); 0 means stt "
                + "600, llm 2500, tts 900."),
        .integer(
            "stallMs", \.stallMs, 0...60_000, unit: "ms",
            "Silence of a streamed answer, or audio that falls behind the clock, before it is given up; "
                + "0 means stt 800, llm 1000, tts 500."),
    ]

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
