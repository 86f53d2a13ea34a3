/// The network is asked every 32 ms. While our own voice is played and there is a sound that may be
/// the caller's, it is asked at the end of every frame as well, and what it says is added up: who
/// interrupts is heard sooner than by the thresholds for a single chunk.
extension SpeechDetector {
    /// Samples at 8 kHz before what is judged: they fill the upsampler's memory, and their end is
    /// the network's context.
    static let leadCount = 96
    /// Shorter sounds are never evident.
    private static let evidentMs = 100

    /// The evidence of speech in the sound under way.
    struct Evidence {
        /// The sound it is about.
        var soundStart: Int64 = -1
        /// Where the former glance ended.
        var position: Int64 = 0
        /// 1 is enough.
        var sum: Float = 0
    }

    mutating func glance(_ emit: (SpeechEvent) -> Void) {
        guard phase == .idle, isGateOpen, isPlayout, let soundStart else { return }
        let isBetweenChunks =
            position - (chunkEnd - Int64(Self.chunkCount8kHz)) >= Self.samples(5)
        let probability = isBetweenChunks ? probabilityNow() : probability
        weigh(probability, of: soundStart)
        decideOnset(
            probability: probability,
            speechLikeStart: speechLikeStart ?? position - Int64(Self.chunkCount8kHz),
            isEvident: evidence.sum >= 1 && position - soundStart >= Self.samples(Self.evidentMs),
            emit)
    }

    /// A voice of which the network is only half sure is evident in the end, and so is an "s", at
    /// whose sound it shrugs until the vowel comes. Most coughs and bangs are neither: of the first
    /// 140 ms of them the network says less than 0.1.
    private mutating func weigh(_ probability: Float, of soundStart: Int64) {
        if evidence.soundStart != soundStart {
            evidence = Evidence(soundStart: soundStart, position: soundStart)
        }
        let frames = Float(min(position - evidence.position, Int64(Self.chunkCount8kHz))) / 160
        evidence.position = position
        let voice = 0.7 * max(0, probability - 0.45) / 0.55
        evidence.sum += frames * max(voice, isSibilant ? 0.25 : 0)
    }

    /// True when the last 20 ms are such noise as only an "s" or "sh" is: nearly all of it above
    /// 2.5 kHz. The energy of differences of neighbours is 2 times the signal's for white noise, 4
    /// times at 4 kHz; of sibilants it is 2.8 (telephone) to 3.8 times, of coughs up to 1.6.
    private var isSibilant: Bool {
        let recent = recentSamples(160)
        var energy: Float = 0
        var differences: Float = 0
        for index in 1..<recent.count {
            let sample = Float(recent[index])
            let step = sample - Float(recent[index - 1])
            energy += sample * sample
            differences += step * step
        }
        return levels.currentDB > soundThresholdDB && differences > 2.7 * energy
    }

    /// Of the last 32 ms, wherever the rhythm of chunks stands.
    private mutating func probabilityNow() -> Float {
        let count = Self.leadCount + Self.chunkCount8kHz
        let recent = recentSamples(count)
        let rate = upsampler == nil ? 1 : 2
        if let glancer {
            glancer.reset()
            glancer.process(recent, into: glanced)
        } else {
            for index in 0..<count { glanced[index] = Float(recent[index]) * (1 / 32_768) }
        }
        networkRunCount += 1
        let heard = rate * Self.chunkCount8kHz + network.contextCount
        return network.glance(
            at: UnsafeBufferPointer(rebasing: glanced[(rate * count - heard)..<(rate * count)]))
    }
}
