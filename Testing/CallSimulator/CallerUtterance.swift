import DSP

/// Something the caller says: µ-law at 8000 Hz, with the place of the speech in it.
public struct CallerUtterance: Sendable {
    /// What is said, for reports.
    public var text: String
    /// G.711 µ-law, one byte a sample.
    public var muLaw: [UInt8]
    /// The first sample of speech.
    public var speechStart: Int
    /// The sample after the last one of speech.
    public var speechEnd: Int
    /// True when an answer is due: not for a cough or a "mhm" over the agent's words.
    public var expectsReply: Bool

    /// - Parameters: a speech range inside the samples, not empty.
    public init(
        text: String, muLaw: [UInt8], speechStart: Int = 0, speechEnd: Int? = nil,
        expectsReply: Bool = true
    ) {
        let end = speechEnd ?? muLaw.count
        precondition(
            0 <= speechStart && speechStart < end && end <= muLaw.count,
            "the speech of \"\(text)\" must lie inside its \(muLaw.count) samples")
        self.text = text
        self.muLaw = muLaw
        self.speechStart = speechStart
        self.speechEnd = end
        self.expectsReply = expectsReply
    }
}

/// What the line carries while the caller says nothing. One second, repeated.
public struct CallerBackground: Sendable {
    let muLaw: [UInt8]

    /// Nothing at all.
    public static let digitalSilence = CallerBackground(
        muLaw: [UInt8](repeating: G711.muLawSilence, count: 8000))

    /// Line noise at a level in dBFS, -90…0.
    public static func noise(level: Float, seed: UInt64 = 1) -> CallerBackground {
        var noise = ComfortNoise(seed: seed, level: level)
        var samples = [Int16](repeating: 0, count: 8000)
        samples.withUnsafeMutableBufferPointer { noise.fill($0) }
        return CallerBackground(muLaw: G711.encodedMuLaw(samples))
    }
}
