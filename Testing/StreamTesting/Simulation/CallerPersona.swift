import TestSupport

/// How one simulated caller behaves; drawn once for each call.
package struct CallerPersona: Sendable {
    /// Of a hundred places where a speaker may pause, how many they do.
    package var pausePercent: Int
    /// The pause they make most often; longer and shorter ones lie around it.
    package var pauseMs: Int
    package var hesitatesPercent: Int
    package var reactionMs: ClosedRange<Int>
    package var correctsPercent: Int
    package var interruptsPercent: Int
    package var backchannelPercent: Int
    /// Coughs and bangs in ten seconds, times a hundred.
    package var noisePercent: Int
    /// Keys numbers rather than say them.
    package var keysPercent: Int
    /// Falls silent instead of answering.
    package var silentPercent: Int
    /// Stops when the agent talks into what they say.
    package var yieldsPercent = 60

    package init(_ dice: inout SeededGenerator) {
        // A third of callers speak in one go, the others think while they speak.
        let isFluent = dice.chance(35)
        pausePercent = isFluent ? dice.pick(0...15) : dice.pick(30...80)
        pauseMs = dice.pick(180...620)
        hesitatesPercent = isFluent ? 0 : dice.pick(0...25)
        let quick = dice.pick(150...500)
        reactionMs = quick...(quick + dice.pick(100...700))
        correctsPercent = dice.pick(0...12)
        interruptsPercent = dice.pick(0...25)
        backchannelPercent = dice.pick(0...50)
        noisePercent = dice.chance(70) ? dice.pick(0...30) : dice.pick(30...200)
        keysPercent = dice.chance(20) ? 80 : 0
        silentPercent = dice.pick(0...4)
    }

    /// A pause inside a sentence: mostly near the usual one, now and then much longer.
    package func pause(_ dice: inout SeededGenerator) -> Int {
        var factor = 1.0
        // The product of evenly drawn factors is nearly log-normal.
        for _ in 0..<4 { factor *= Double(dice.pick(70...142)) / 100 }
        return max(90, min(1500, Int(Double(pauseMs) * factor)))
    }
}
