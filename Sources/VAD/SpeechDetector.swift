import DSP

/// Finds where a caller begins, pauses and goes on speaking. One per call.
///
/// Sound is judged in two ways: the level of every 5 ms against the line's noise says exactly when
/// something begins and ends, the Silero network says every 32 ms whether it is speech. While there
/// is no sound the network sleeps; it is woken with the last 320 ms, as if it had listened.
///
/// One thread at a time. Nothing but the initialiser allocates, nothing blocks.
public struct SpeechDetector: ~Copyable {
    enum Phase { case idle, speaking, paused }

    public let options: SpeechDetectorOptions
    let network: SileroDetector
    /// Of models for 16 kHz; nil for 8 kHz.
    let upsampler: Upsampler8to16?
    private let upsampled: UnsafeMutableBufferPointer<Float>
    /// The same for glances, which begin anew each time.
    let glancer: Upsampler8to16?
    let glanced: UnsafeMutableBufferPointer<Float>
    /// The last samples, stored twice, so that any run of up to 1024 of them lies in one piece.
    private let history: UnsafeMutablePointer<Int16>
    var levels = LevelHistory()
    var noise: NoiseLevel

    var phase = Phase.idle
    /// Samples heard since the start of the call.
    public private(set) var position: Int64 = 0
    /// The network's last word, 0…1; 0 while it sleeps.
    public internal(set) var probability: Float = 0

    var isGateOpen = false
    private var gateQuietCount = 0
    var chunkEnd: Int64 = 0

    /// Where the sound under way began; nil in silence.
    var soundStart: Int64?
    var soundLast: Int64 = 0
    var soundPeakDB = LevelHistory.floorDB
    /// Where the first chunk of the present row of speech-like ones began.
    var speechLikeStart: Int64?
    var unlikelyCount = 0
    var evidence = Evidence()
    /// The utterance: where its last sound ended, its loudest level, and what counts as sound in
    /// it.
    var utteranceStart: Int64 = 0
    var lastActive: Int64 = 0
    var peakDB = LevelHistory.floorDB
    /// The same, never forgotten.
    var loudestDB = LevelHistory.floorDB
    var raisedThresholdDB = LevelHistory.floorDB
    var resumeStart: Int64?

    var isPlaying = false
    var playoutEnd: Int64 = .min / 2
    var playoutPeakDB: Float = 0

    /// How often the network ran, and how many chunks of 32 ms were heard in all.
    public internal(set) var networkRunCount: Int64 = 0
    public var chunkCount: Int64 { position / Int64(Self.chunkCount8kHz) }

    /// 32 ms, what the network takes at once.
    static let chunkCount8kHz = 256
    private static let historyCount = 4_096
    private static let preRollChunkCount = 10

    /// Makes a detector that has heard nothing. Allocates.
    public init(model: SileroModel, options: SpeechDetectorOptions = SpeechDetectorOptions()) {
        precondition(options.offsetThreshold <= options.onsetThreshold, "offset above onset")
        self.options = options
        network = SileroDetector(model: model)
        upsampler = model.sampleRate == 16_000 ? Upsampler8to16() : nil
        upsampled = .allocate(capacity: model.chunkSampleCount)
        upsampled.initialize(repeating: 0)
        glancer = model.sampleRate == 16_000 ? Upsampler8to16() : nil
        glanced = .allocate(capacity: 2 * (Self.leadCount + Self.chunkCount8kHz))
        glanced.initialize(repeating: 0)
        noise = NoiseLevel(meanDB: options.silenceDBFS - options.aboveNoiseDB)
        history = .allocate(capacity: 2 * Self.historyCount)
        history.initialize(repeating: 0, count: 2 * Self.historyCount)
    }

    deinit {
        history.deallocate()
        upsampled.deallocate()
        glanced.deallocate()
    }

    /// True from an onset to the next pause, and again after the utterance went on.
    public var isSpeech: Bool { phase == .speaking }
    /// True from an onset to the end of the utterance, pauses included.
    public var isInUtterance: Bool { phase != .idle }
    /// The line's noise as estimated, in dBFS.
    public var noiseDBFS: Float { noise.meanDB }

    /// Hears the next samples (linear, 8 kHz), any number, and reports what they showed, in order,
    /// before it returns. `emit` is called at most a few times, mostly not at all.
    public mutating func process(
        _ samples: UnsafeBufferPointer<Int16>, emit: (SpeechEvent) -> Void
    ) {
        var index = 0
        while index < samples.count {
            var count = min(samples.count - index, levels.missingCount)
            if isGateOpen { count = min(count, Int(chunkEnd - position)) }
            let part = UnsafeBufferPointer(rebasing: samples[index..<(index + count)])
            remember(part)
            let isSubframeComplete = levels.append(part)
            position += Int64(count)
            index += count
            if isSubframeComplete { moveGate() }
            var isChunkComplete = false
            if isGateOpen, position == chunkEnd {
                hear(chunkBefore: position)
                chunkEnd = position + Int64(Self.chunkCount8kHz)
                isChunkComplete = true
            }
            if isSubframeComplete { judgeLevel() }
            if isChunkComplete { judgeProbability() }
            if isSubframeComplete || isChunkComplete { decide(emit) }
        }
        glance(emit)
    }

    /// The consumer has decided that the caller's turn is over: the next speech is a new onset.
    public mutating func endUtterance() {
        phase = .idle
        soundStart = nil
        speechLikeStart = nil
        raisedThresholdDB = LevelHistory.floorDB
    }

    /// Tells when our own voice is played to the caller, and how loud its loudest 10 ms are, in
    /// dBFS: onsets must then be more certain, and louder than the echo can be. Cheap; call it as
    /// often as it changes.
    public mutating func setPlayout(active: Bool, peakDBFS: Float = -10) {
        if isPlaying, !active { playoutEnd = position }
        isPlaying = active
        if active { playoutPeakDB = peakDBFS }
    }

    // MARK: - Gate and network

    private func remember(_ samples: UnsafeBufferPointer<Int16>) {
        var slot = Int(position % Int64(Self.historyCount))
        for sample in samples {
            history[slot] = sample
            history[slot + Self.historyCount] = sample
            slot = slot + 1 == Self.historyCount ? 0 : slot + 1
        }
    }

    private mutating func moveGate() {
        let thresholdDB = max(options.silenceDBFS, noise.meanDB + options.gateDB)
        let isSound = levels.currentDB > thresholdDB
        if !isGateOpen {
            if isSound { openGate() }
            return
        }
        gateQuietCount = isSound ? 0 : gateQuietCount + 1
        let quietMs = gateQuietCount * 5
        if phase != .speaking, quietMs >= options.gateHoldMs, soundStart == nil {
            isGateOpen = false
            probability = 0
            speechLikeStart = nil
        }
    }

    /// Wakes the network as if it had been awake for the last 320 ms.
    private mutating func openGate() {
        isGateOpen = true
        gateQuietCount = 0
        network.reset()
        upsampler?.reset()
        let length = Int64(Self.chunkCount8kHz)
        var back = min(Int64(Self.preRollChunkCount), position / length)
        while back > 0 {
            back -= 1
            hear(chunkBefore: position - back * length)
        }
        chunkEnd = position + length
    }

    /// The last samples, zeros before the first; at most half of the history.
    func recentSamples(_ count: Int, before end: Int64? = nil) -> UnsafeBufferPointer<Int16> {
        let length = Int64(Self.historyCount)
        let start = Int(((end ?? position) - Int64(count) + length) % length)
        return UnsafeBufferPointer(start: history + start, count: count)
    }

    private mutating func hear(chunkBefore end: Int64) {
        let chunk = recentSamples(Self.chunkCount8kHz, before: end)
        if let upsampler {
            upsampler.process(chunk, into: upsampled)
            probability = network.probability(of: UnsafeBufferPointer(upsampled))
        } else {
            probability = network.probability(of: chunk)
        }
        networkRunCount += 1
    }
}
